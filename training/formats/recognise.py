"""Which format a labelled folder or file is in."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from training.choices import Format
from training.errors import DataError
from training.formats.coco import is_coco, read_coco
from training.formats.cvat import read_cvat
from training.formats.folder import files_under
from training.formats.labelme import is_labelme, read_labelme
from training.formats.reading import Reading
from training.formats.schema import read_xml
from training.formats.voc import read_voc
from training.formats.yolo import DATA_FILES, holds_yolo, read_yolo

READERS = {
    Format.YOLO: read_yolo,
    Format.COCO: read_coco,
    Format.VOC: read_voc,
    Format.LABELME: read_labelme,
    Format.CVAT: read_cvat,
}
# Files looked into before a folder of JSON or XML is called unknown.
_LOOKED_INTO = 20


def read(path: Path, fmt: Format | None = None) -> Reading:
    """Reads a labelled folder or file. DataError where it cannot be read at all."""
    if not path.exists():
        raise DataError(f"{path} is not there: check the path")
    if path.suffix.lower() in {".zip", ".tar", ".gz", ".7z"}:
        raise DataError(f"{path} is packed: unpack it and give the folder")
    path = path.resolve()
    chosen = fmt or recognise(path)
    try:
        reading = READERS[chosen](path)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error}") from error
    if not reading.pictures and not reading.faults:
        raise DataError(f"{path} holds no {chosen} labels with pictures: check path and --format")
    return reading


def recognise(path: Path) -> Format:
    """The format of a folder or file. DataError where it is none of ours, or more than one."""
    if path.is_file():
        found = _of_file(path)
        if found is None:
            raise DataError(f"{path} is in none of the formats {', '.join(Format)}")
        return found
    files = [file for file in files_under(path) if file.suffix.lower() in {".json", ".xml"}]
    kinds: set[Format] = set()
    for suffix in (".json", ".xml"):
        some = islice((file for file in files if file.suffix.lower() == suffix), _LOOKED_INTO)
        kinds.update(filter(None, map(_of_file, some)))
    if holds_yolo(path):
        kinds.add(Format.YOLO)
    if len(kinds) != 1:
        what = f"holds {' and '.join(sorted(kinds))} labels" if kinds else "holds no labels we know"
        raise DataError(f"{path} {what}: say which to read with --format ({', '.join(Format)})")
    return kinds.pop()


def _of_file(path: Path) -> Format | None:
    if path.name in DATA_FILES:
        return Format.YOLO
    if path.suffix.lower() == ".json":
        if is_coco(path):
            return Format.COCO
        return Format.LABELME if is_labelme(path) else None
    if path.suffix.lower() == ".xml":
        try:
            tag = read_xml(path).tag
        except DataError:
            return None
        return {"annotation": Format.VOC, "annotations": Format.CVAT}.get(tag)
    return None
