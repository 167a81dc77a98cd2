"""What a data source is: its folders, class map, split rule; read from `datasets/*.yaml`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, field_validator

from detector.taxonomy import TAXONOMY

Side = Literal["train", "val", "check"]

PICTURE_SUFFIXES = frozenset({".avif", ".jpg", ".jpeg", ".png", ".webp"})


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TableSplit(_Frozen):
    """A CSV file names each picture's group and its side of the split."""

    by: Literal["table"]
    file: str
    picture: str
    group: str
    side: str


class OrderSplit(_Frozen):
    """The first share of the pictures, in the order of their names, trains; the rest measures."""

    by: Literal["order"]
    train_share: float = Field(gt=0, lt=1)


class AllSplit(_Frozen):
    """Every picture lies on one side."""

    by: Literal["all"]
    side: Side


Split = Annotated[TableSplit | OrderSplit | AllSplit, Field(discriminator="by")]


class IgnoreArea(_Frozen):
    """A part of every picture of a source in which some classes are present but unlabelled.

    `xyxy` are shares of the picture.
    """

    classes: tuple[str, ...] = Field(min_length=1)
    xyxy: tuple[float, float, float, float]


class Source(_Frozen):
    """One data source.

    `folders` are relative to the data root; each holds `images/` and `labels/`, or pictures alone.
    `classes` maps the source's class ids to our names; ids that are not listed are left out.
    `fill` names the classes that the source leaves unlabelled and a teacher adds; `ignore` are the
    parts of a fixed view where things stand without labels; `exclude` are pictures (stems) that
    are never used.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    folders: tuple[str, ...] = Field(min_length=1)
    labelled: bool
    classes: dict[int, str]
    split: Split
    fill: tuple[str, ...] = ()
    ignore: tuple[IgnoreArea, ...] = ()
    exclude: tuple[str, ...] = ()
    repeat: int = Field(default=1, ge=1)
    train_every: int = Field(default=1, ge=1)

    @field_validator("classes")
    @classmethod
    def _known_classes(cls, classes: dict[int, str]) -> dict[int, str]:
        for name in classes.values():
            class_id(name)
        return classes

    @field_validator("fill")
    @classmethod
    def _known_fill(cls, fill: tuple[str, ...]) -> tuple[str, ...]:
        for name in fill:
            class_id(name)
        return fill

    def class_map(self) -> dict[int, int]:
        """The source's class ids to ours."""
        return {theirs: class_id(name) for theirs, name in self.classes.items()}

    def ignored(self) -> Iterator[tuple[int, tuple[float, float, float, float]]]:
        """Our class id and the edges, as shares of the picture, of each area to ignore."""
        for area in self.ignore:
            for name in area.classes:
                yield class_id(name), area.xyxy

    def fill_ids(self) -> frozenset[int]:
        """Our ids of the classes that the teacher adds."""
        return frozenset(class_id(name) for name in self.fill)


class Sample(_Frozen):
    """A picture of a source with its label file, None where the source has none for it."""

    source: str
    picture: Path
    labels: Path | None

    @property
    def key(self) -> str:
        """A name that is unique over all sources: source, folder, stem."""
        folder = self.picture.parent
        folder = folder.parent if folder.name == "images" else folder
        return f"{self.source}__{folder.name}__{self.picture.stem}"

    @property
    def address(self) -> str:
        """The key as source/folder/picture, for patterns in a recipe."""
        return self.key.replace("__", "/", 2)


def class_id(name: str) -> int:
    """Our id of a class name or alias; ValueError where the taxonomy has none."""
    found = TAXONOMY.class_id(name)
    if found is None:
        raise ValueError(
            f"{name!r} is not a class of the taxonomy ({', '.join(TAXONOMY.class_names)})"
        )
    return found


def load_source(path: Path) -> Source:
    """Reads one source file."""
    return Source.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def load_sources(folder: Path) -> tuple[Source, ...]:
    """Every source file of a folder, by name."""
    return tuple(load_source(path) for path in sorted(folder.glob("*.yaml")))


def samples_of(source: Source, root: Path) -> tuple[Sample, ...]:
    """The pictures of a source, by name, without those that a labelled source left unlabelled."""
    found: list[Sample] = []
    for name in source.folders:
        folder = root / name
        images = folder / "images" if (folder / "images").is_dir() else folder
        for picture in sorted(p for p in images.iterdir() if p.suffix.lower() in PICTURE_SUFFIXES):
            labels = folder / "labels" / f"{picture.stem}.txt"
            if picture.stem in source.exclude:
                continue
            if source.labelled and not labels.exists():
                continue
            found.append(
                Sample(
                    source=source.name, picture=picture, labels=labels if source.labelled else None
                )
            )
    if not found:
        raise FileNotFoundError(f"no pictures of source {source.name} under {root}: check --data")
    return tuple(found)
