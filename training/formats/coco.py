"""COCO json: one file for many pictures, boxes as left, top, width, height in pixels.

supervision's reader is not used: it accepts pictures that are not there and boxes of another
picture's size, and turns every polygon into a dense mask, gigabytes for a large set.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from training.choices import Format
from training.formats.boxes import Edges, add_box, around, as_shares
from training.formats.folder import Pictures, checked_size, label_files, shown
from training.formats.reading import FaultKind, NamedBox, NamedPicture, Reading
from training.formats.schema import looks_like, read_json

Id = int | str


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Picture(_Lenient):
    id: Id
    file_name: str
    width: float | None = None
    height: float | None = None


class _Category(_Lenient):
    id: Id
    name: str


class _Annotation(_Lenient):
    id: Id | None = None
    image_id: Id
    category_id: Id
    bbox: list[float] | None = None
    segmentation: object = None
    iscrowd: int = 0


class _Coco(_Lenient):
    images: list[_Picture]
    categories: list[_Category]
    annotations: list[_Annotation]


def is_coco(path: Path) -> bool:
    """Whether a JSON file holds COCO's tables."""
    return looks_like(path, "images", "annotations", "categories")


def read_coco(path: Path) -> Reading:
    """Reads every COCO file of a folder (one per split is usual), or one file."""
    reading = Reading(Format.COCO, path if path.is_dir() else path.parent)
    pictures = Pictures(reading)
    declared: dict[str, None] = {}
    files = [file for file in label_files(path, ".json") if file == path or is_coco(file)]
    for file in files:
        coco = read_json(file, _Coco)
        names = {category.id: category.name for category in coco.categories}
        declared |= dict.fromkeys(names[key] for key in sorted(names, key=_order))
        _read_file(reading, pictures, file, coco, names)
    reading.unlabelled = pictures.left()
    reading.use_names(tuple(declared))
    return reading


def _order(key: Id) -> tuple[bool, Id]:
    return isinstance(key, str), key


def _read_file(
    reading: Reading, pictures: Pictures, file: Path, coco: _Coco, names: dict[Id, str]
) -> None:
    where = shown(file, reading.root)
    by_picture: dict[Id, list[_Annotation]] = defaultdict(list)
    for annotation in coco.annotations:
        by_picture[annotation.image_id].append(annotation)
    found: dict[Path, NamedPicture] = {}
    for entry in coco.images:
        annotations = by_picture.pop(entry.id, [])
        place = f"{where} image {entry.id}"
        picture = pictures.find(reading, entry.file_name, file, place)
        if picture is None:
            continue
        if picture in found:
            reading.fault(FaultKind.BAD_LABEL, place, f"{entry.file_name} is listed twice")
            continue
        stated = (entry.width, entry.height) if entry.width and entry.height else None
        size = checked_size(reading, picture, stated, place)
        if size is not None:
            boxes = _boxes(reading, annotations, names, size, where)
            found[picture] = NamedPicture(picture, tuple(boxes))
    reading.pictures += found.values()
    for orphan in by_picture:
        reading.fault(FaultKind.NO_PICTURE, where, f"boxes for image {orphan}, which is not listed")


def _boxes(
    reading: Reading,
    annotations: list[_Annotation],
    names: dict[Id, str],
    size: tuple[float, float],
    where: str,
) -> list[NamedBox]:
    boxes: list[NamedBox] = []
    for annotation in annotations:
        place = f"{where} annotation {annotation.id}"
        if annotation.category_id not in names:
            reading.fault(
                FaultKind.BAD_LABEL, place, f"category {annotation.category_id} is not declared"
            )
            continue
        if annotation.iscrowd:
            reading.skipped += 1
            continue
        edges = _edges(annotation)
        if edges is None:
            reading.fault(FaultKind.BAD_LABEL, place, "has neither a box nor a polygon")
            continue
        add_box(reading, boxes, names[annotation.category_id], as_shares(edges, *size), place)
    return boxes


def _edges(annotation: _Annotation) -> Edges | None:
    if annotation.bbox is not None and len(annotation.bbox) == 4:
        left, top, width, height = annotation.bbox
        return left, top, left + width, top + height
    if not isinstance(annotation.segmentation, list):
        return None
    numbers: list[float] = []
    for polygon in annotation.segmentation:
        if not isinstance(polygon, list) or len(polygon) % 2:
            return None
        numbers += [number for number in polygon if isinstance(number, int | float)]
    if len(numbers) < 6 or len(numbers) % 2:
        return None
    return around(list(zip(numbers[::2], numbers[1::2], strict=True)))
