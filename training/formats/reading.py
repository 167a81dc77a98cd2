"""What a labelled folder says, before its classes become ours: pictures, boxes, faults."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from training.choices import Format


class FaultKind(StrEnum):
    """What can be wrong with labels."""

    BAD_LABEL = "bad_label"
    BAD_BOX = "bad_box"
    NO_AREA = "no_area"
    NO_PICTURE = "no_picture"
    UNSAFE_PATH = "unsafe_path"
    WRONG_SIZE = "wrong_size"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong: `where` names the file and the line or id, `text` says what."""

    kind: FaultKind
    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.text}"


@dataclass(frozen=True, slots=True)
class NamedBox:
    """A labelled thing by its source's class name; centre and size as shares of the picture."""

    name: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class NamedPicture:
    """A picture that somebody labelled, without boxes where nothing is in sight."""

    picture: Path
    boxes: tuple[NamedBox, ...]


@dataclass(slots=True)
class Reading:
    """All that one labelled folder says; filled by the reader of its format.

    `names` are the classes in the source's order. `names_declared` is true where the source lists
    its classes, false where they are known only from the boxes. `unlabelled` pictures have no
    label at all, which says nothing about what they show. `clipped` boxes stuck out of the picture
    a little and were cut, `skipped` shapes (points, lines) have no box.
    """

    format: Format
    root: Path
    names: tuple[str, ...] = ()
    names_declared: bool = False
    pictures: list[NamedPicture] = field(default_factory=list)
    unlabelled: list[Path] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    clipped: int = 0
    skipped: int = 0

    def fault(self, kind: FaultKind, where: str, text: str) -> None:
        """Notes something wrong."""
        self.faults.append(Fault(kind, where, text))

    def use_names(self, declared: tuple[str, ...]) -> None:
        """Sets `names`: those that the source declares, then those that only boxes name."""
        used = {box.name for entry in self.pictures for box in entry.boxes}
        self.names = (*declared, *sorted(used.difference(declared)))
        self.names_declared = bool(declared)
