"""YOLO labels: one text file per picture, lines of `class x y width height` in shares.

supervision's reader is not used: it lists no AVIF pictures, takes pictures without a label file
for empty ones, passes over labels without a picture, and lets boxes leave the picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from training.choices import Format
from training.errors import DataError
from training.formats.boxes import add_box, around
from training.formats.folder import Pictures, files_under, read_bytes, shown
from training.formats.reading import FaultKind, NamedBox, NamedPicture, Reading
from training.formats.schema import read_yaml
from training.sources import PICTURE_SUFFIXES

DATA_FILES = ("data.yaml", "data.yml", "dataset.yaml")
NAME_LISTS = ("classes.txt", "obj.names", "labels.txt", "_darknet.labels")
# Text files of exports that are no labels.
_NO_LABELS = frozenset({*NAME_LISTS, "train.txt", "val.txt", "valid.txt", "test.txt"})


class _DataYaml(BaseModel):
    model_config = ConfigDict(extra="ignore")

    names: list[str] | dict[Annotated[int, Field(ge=0, le=9_999)], str]
    kpt_shape: tuple[int, int] | None = None

    def by_number(self) -> dict[int, str]:
        return self.names if isinstance(self.names, dict) else dict(enumerate(self.names))


def read_yolo(path: Path) -> Reading:
    """Reads images/ with labels/, flat folders, train/valid/test folders of both."""
    root = path if path.is_dir() else path.parent
    reading = Reading(Format.YOLO, root)
    names, keypoint_values = _names(root)
    pictures = Pictures(reading)
    by_label = {_label_of(picture, root): picture for picture in pictures.all()}
    for file in _label_files(root):
        picture = by_label.get(file)
        where = shown(file, root)
        if picture is None:
            reading.fault(FaultKind.NO_PICTURE, where, "labels for no picture")
            continue
        pictures.take(picture)
        boxes = read_label_file(reading, file, names, keypoint_values)
        reading.pictures.append(NamedPicture(picture, tuple(boxes)))
    reading.unlabelled = pictures.left()
    reading.use_names(tuple(dict.fromkeys(names[number] for number in sorted(names))))
    return reading


def holds_yolo(root: Path) -> bool:
    """Whether a folder has YOLO's files: a class list, labels/ or text files beside pictures."""
    return any((root / name).is_file() for name in (*DATA_FILES, *NAME_LISTS)) or bool(
        _label_files(root)
    )


def _names(root: Path) -> tuple[dict[int, str], int]:
    """The class names by number, and how many keypoint values follow each box."""
    for name in DATA_FILES:
        if (root / name).is_file():
            data = read_yaml(root / name, _DataYaml)
            shape = data.kpt_shape or (0, 0)
            return data.by_number(), max(0, shape[0] * shape[1])
    for name in NAME_LISTS:
        if (root / name).is_file():
            text = read_bytes(root / name).decode("utf-8-sig", "replace")
            return dict(enumerate(line.strip() for line in text.splitlines() if line.strip())), 0
    return {}, 0


def _label_of(picture: Path, root: Path) -> Path:
    """The label file of a picture: the last `images` folder becomes `labels`, else beside it."""
    parts = list(picture.relative_to(root).parts)
    for place in reversed(range(len(parts) - 1)):
        if parts[place] == "images":
            parts[place] = "labels"
            break
    return (root / Path(*parts)).with_suffix(".txt")


def _label_files(root: Path) -> list[Path]:
    """Text files in a labels/ folder, and those in folders that hold pictures."""
    texts: list[Path] = []
    with_pictures: set[Path] = set()
    for file in files_under(root):
        if file.suffix.lower() in PICTURE_SUFFIXES:
            with_pictures.add(file.parent)
        elif file.suffix == ".txt" and not _is_note(file.name):
            texts.append(file)
    return [
        file
        for file in texts
        if file.parent in with_pictures or "labels" in file.relative_to(root).parent.parts
    ]


def _is_note(name: str) -> bool:
    return name in _NO_LABELS or name.lower().startswith("readme")


def read_label_file(
    reading: Reading, file: Path, names: Mapping[int, str] | None = None, keypoint_values: int = 0
) -> list[NamedBox]:
    """The boxes of one label file, faults noted; without names, a class is called its number."""
    boxes: list[NamedBox] = []
    where = shown(file, reading.root)
    try:
        text = read_bytes(file).decode("utf-8-sig")
    except (UnicodeDecodeError, DataError):
        reading.fault(FaultKind.BAD_LABEL, where, "is no text")
        return boxes
    for number, line in enumerate(text.splitlines(), start=1):
        parts = line.split()
        if parts:
            _add_line(reading, boxes, parts, names, keypoint_values, f"{where} line {number}")
    return boxes


def _add_line(
    reading: Reading,
    boxes: list[NamedBox],
    parts: list[str],
    names: Mapping[int, str] | None,
    keypoint_values: int,
    where: str,
) -> None:
    try:
        class_number = float(parts[0])
        values = [float(part) for part in parts[1:]]
    except ValueError:
        values, class_number = [], -1.0
    if len(values) < 4 or class_number < 0 or not class_number.is_integer():
        reading.fault(
            FaultKind.BAD_LABEL,
            where,
            f"expected 'class x y width height', got {' '.join(parts)[:60]!r}",
        )
        return
    number = int(class_number)
    if names and number not in names:
        reading.fault(
            FaultKind.BAD_LABEL, where, f"class {number} is not among the {len(names)} named ones"
        )
        return
    name = names[number] if names else str(number)
    is_box = len(values) <= 5 or (keypoint_values and len(values) == 4 + keypoint_values)
    if is_box:
        x, y, width, height = values[:4]
        edges = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    elif len(values) % 2:
        reading.fault(FaultKind.BAD_LABEL, where, "a polygon with an odd count of numbers")
        return
    else:
        edges = around(list(zip(values[::2], values[1::2], strict=True)))
    add_box(reading, boxes, name, edges, where)
