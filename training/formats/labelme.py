"""LabelMe: one JSON file per picture, shapes as points in pixels.

supervision's reader is not used: it accepts pictures that are not there and boxes outside the
picture, and turns every polygon into a dense mask.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from training.choices import Format
from training.errors import DataError
from training.formats.boxes import Edges, add_box, around, as_shares
from training.formats.folder import Pictures, checked_size, label_files, shown
from training.formats.reading import FaultKind, NamedBox, NamedPicture, Reading
from training.formats.schema import looks_like, read_json

# Points that a shape with an area has at least.
_LEAST_POINTS = {"rectangle": 2, "polygon": 3, "circle": 2}


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Shape(_Lenient):
    label: str
    points: list[tuple[float, float]]
    shape_type: str | None = None


class _LabelMe(_Lenient):
    shapes: list[_Shape]
    imagePath: str | None = None  # noqa: N815  LabelMe's own name
    imageWidth: float | None = None  # noqa: N815
    imageHeight: float | None = None  # noqa: N815


def is_labelme(path: Path) -> bool:
    """Whether a JSON file holds LabelMe's shapes."""
    return looks_like(path, "shapes", "imagePath")


def read_labelme(path: Path) -> Reading:
    """Reads the JSON files of a folder, or one file."""
    reading = Reading(Format.LABELME, path if path.is_dir() else path.parent)
    pictures = Pictures(reading)
    seen: dict[Path, NamedPicture] = {}
    for file in label_files(path, ".json"):
        where = shown(file, reading.root)
        try:
            labels = read_json(file, _LabelMe)
        except DataError as error:
            reading.fault(FaultKind.BAD_LABEL, where, str(error).removeprefix(f"{file}: "))
            continue
        picture = pictures.find(reading, labels.imagePath or file.stem, file, where)
        if picture is None:
            continue
        if picture in seen:
            reading.fault(FaultKind.BAD_LABEL, where, f"a second file for {picture.name}")
            continue
        width, height = labels.imageWidth, labels.imageHeight
        stated = (width, height) if width and height else None
        size = checked_size(reading, picture, stated, where)
        if size is not None:
            seen[picture] = NamedPicture(picture, tuple(_boxes(reading, labels, size, where)))
    reading.pictures += seen.values()
    reading.unlabelled = pictures.left()
    reading.use_names(())
    return reading


def _boxes(
    reading: Reading, labels: _LabelMe, size: tuple[float, float], where: str
) -> list[NamedBox]:
    boxes: list[NamedBox] = []
    for number, shape in enumerate(labels.shapes, start=1):
        kind = shape.shape_type or "polygon"
        place = f"{where} shape {number}"
        if kind not in _LEAST_POINTS:
            reading.skipped += 1
        elif len(shape.points) < _LEAST_POINTS[kind]:
            reading.fault(FaultKind.BAD_LABEL, place, f"a {kind} of {len(shape.points)} points")
        else:
            edges = _circle(shape.points) if kind == "circle" else around(shape.points)
            add_box(reading, boxes, shape.label, as_shares(edges, *size), place)
    return boxes


def _circle(points: list[tuple[float, float]]) -> Edges:
    """The box round a circle given by its centre and a point on it."""
    (x, y), (on_x, on_y) = points[:2]
    radius = ((on_x - x) ** 2 + (on_y - y) ** 2) ** 0.5
    return x - radius, y - radius, x + radius, y + radius
