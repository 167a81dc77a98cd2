"""CVAT for images 1.1: one XML file for many pictures, boxes and polygons in pixels."""

from __future__ import annotations

import math
from pathlib import Path
from xml.etree.ElementTree import Element

from training.choices import Format
from training.errors import DataError
from training.formats.boxes import Edges, add_box, around, as_shares
from training.formats.folder import Pictures, checked_size, label_files, shown
from training.formats.reading import FaultKind, NamedBox, NamedPicture, Reading
from training.formats.schema import read_xml

_AREAS = frozenset({"box", "polygon", "ellipse"})


def read_cvat(path: Path) -> Reading:
    """Reads the `annotations.xml` files of a folder, or one file."""
    reading = Reading(Format.CVAT, path if path.is_dir() else path.parent)
    pictures = Pictures(reading)
    declared: dict[str, None] = {}
    seen: dict[Path, NamedPicture] = {}
    for file in label_files(path, ".xml"):
        root = read_xml(file)
        if root.tag != "annotations" or root.find("track") is not None:
            raise DataError(f"{file} is not 'CVAT for images 1.1': export the task in that format")
        declared |= dict.fromkeys(
            (label.text or "").strip() for label in root.iterfind(".//meta//labels/label/name")
        )
        for entry in root.iterfind("image"):
            _read_image(reading, pictures, seen, file, entry)
    reading.pictures += seen.values()
    reading.unlabelled = pictures.left()
    reading.use_names(tuple(name for name in declared if name))
    return reading


def _read_image(
    reading: Reading, pictures: Pictures, seen: dict[Path, NamedPicture], file: Path, entry: Element
) -> None:
    where = f"{shown(file, reading.root)} image {entry.get('id')}"
    picture = pictures.find(reading, entry.get("name", ""), file, where)
    if picture is None:
        return
    if picture in seen:
        reading.fault(FaultKind.BAD_LABEL, where, f"{picture.name} is listed twice")
        return
    try:
        stated = (float(entry.get("width", "")), float(entry.get("height", "")))
    except ValueError:
        stated = None
    size = checked_size(reading, picture, stated, where)
    if size is not None:
        seen[picture] = NamedPicture(picture, tuple(_boxes(reading, entry, size, where)))


def _boxes(
    reading: Reading, entry: Element, size: tuple[float, float], where: str
) -> list[NamedBox]:
    boxes: list[NamedBox] = []
    for number, shape in enumerate(entry, start=1):
        place = f"{where} shape {number}"
        name = shape.get("label", "").strip()
        if shape.tag not in _AREAS:
            reading.skipped += 1
            continue
        edges = _edges(shape)
        if edges is None or not name:
            reading.fault(FaultKind.BAD_LABEL, place, f"a <{shape.tag}> without a label or numbers")
            continue
        add_box(reading, boxes, name, as_shares(edges, *size), place)
    return boxes


def _edges(shape: Element) -> Edges | None:
    try:
        if shape.tag == "polygon":
            pairs = [pair.split(",") for pair in shape.get("points", "").split(";")]
            points = [(float(x), float(y)) for x, y in pairs]
            return around(points) if len(points) >= 3 else None
        if shape.tag == "ellipse":
            x, y, rx, ry = (float(shape.get(key, "")) for key in ("cx", "cy", "rx", "ry"))
            edges = (x - rx, y - ry, x + rx, y + ry)
        else:
            left, top, right, bottom = (
                float(shape.get(key, "")) for key in ("xtl", "ytl", "xbr", "ybr")
            )
            edges = (left, top, right, bottom)
        return _turned(edges, float(shape.get("rotation", "0")))
    except ValueError:
        return None


def _turned(edges: Edges, degrees: float) -> Edges:
    """The upright box round a box that is turned about its centre."""
    if degrees == 0 or not math.isfinite(degrees):
        return edges
    left, top, right, bottom = edges
    cos, sin = abs(math.cos(math.radians(degrees))), abs(math.sin(math.radians(degrees)))
    x, y, width, height = (left + right) / 2, (top + bottom) / 2, right - left, bottom - top
    half_w, half_h = (width * cos + height * sin) / 2, (width * sin + height * cos) / 2
    return x - half_w, y - half_h, x + half_w, y + half_h
