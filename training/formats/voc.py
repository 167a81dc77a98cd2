"""Pascal VOC: one XML file per picture, box corners as pixel indices that count from 1.

supervision's reader is not used: it lists no AVIF pictures, decodes every picture for its size,
and takes pictures without an XML file for empty ones.
"""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element

from training.choices import Format
from training.errors import DataError
from training.formats.boxes import add_box, as_shares
from training.formats.folder import Pictures, checked_size, label_files, shown
from training.formats.reading import FaultKind, NamedBox, NamedPicture, Reading
from training.formats.schema import read_xml


def read_voc(path: Path) -> Reading:
    """Reads the XML files of a folder, or one file."""
    reading = Reading(Format.VOC, path if path.is_dir() else path.parent)
    pictures = Pictures(reading)
    seen: dict[Path, NamedPicture] = {}
    for file in label_files(path, ".xml"):
        where = shown(file, reading.root)
        try:
            root = read_xml(file)
        except DataError as error:
            reading.fault(FaultKind.BAD_LABEL, where, str(error).removeprefix(f"{file} "))
            continue
        if root.tag != "annotation":
            reading.fault(
                FaultKind.BAD_LABEL, where, f"<{root.tag}> where <annotation> was expected"
            )
            continue
        picture = pictures.find(reading, _picture_name(root, file, pictures), file, where)
        if picture is None:
            continue
        if picture in seen:
            reading.fault(FaultKind.BAD_LABEL, where, f"a second file for {picture.name}")
            continue
        size = checked_size(reading, picture, _size(root), where)
        if size is not None:
            seen[picture] = NamedPicture(picture, tuple(_boxes(reading, root, size, where)))
    reading.pictures += seen.values()
    reading.unlabelled = pictures.left()
    reading.use_names(())
    return reading


def _picture_name(root: Element, file: Path, pictures: Pictures) -> str:
    """The name of the XML file where a picture has it, as label tools pair them, or `filename`."""
    if pictures.has(file.stem):
        return file.stem
    return (root.findtext("filename") or file.stem).strip()


def _size(root: Element) -> tuple[float, float] | None:
    try:
        width = float(root.findtext("size/width") or 0)
        height = float(root.findtext("size/height") or 0)
    except ValueError:
        return None
    return (width, height) if width or height else None


def _boxes(
    reading: Reading, root: Element, size: tuple[float, float], where: str
) -> list[NamedBox]:
    boxes: list[NamedBox] = []
    for number, thing in enumerate(root.iterfind("object"), start=1):
        place = f"{where} object {number}"
        name = (thing.findtext("name") or "").strip()
        corners = [thing.findtext(f"bndbox/{key}") for key in ("xmin", "ymin", "xmax", "ymax")]
        try:
            left, top, right, bottom = (float(corner or "") for corner in corners)
        except ValueError:
            reading.fault(FaultKind.BAD_LABEL, place, "has no box of four numbers")
            continue
        if not name:
            reading.fault(FaultKind.BAD_LABEL, place, "has no class name")
            continue
        # The first pixel is 1, and the last pixel belongs to the box; tools that count from 0
        # write 0, which must not become a box that leaves the picture.
        edges = (left - min(1.0, max(0.0, left)), top - min(1.0, max(0.0, top)), right, bottom)
        add_box(reading, boxes, name, as_shares(edges, *size), place)
    return boxes
