"""The label files of our own sources, in our classes."""

from __future__ import annotations

from pathlib import Path

from training.choices import Format
from training.errors import DataError
from training.formats.reading import Reading
from training.formats.yolo import read_label_file
from training.labels import LabelBox, mapped
from training.sources import Sample, Source

# Label files have six; what the way over edges adds to them goes.
DECIMALS = 9


def read(path: Path) -> tuple[LabelBox, ...]:
    """Boxes of a YOLO label file; DataError names its first fault with file and line."""
    reading = Reading(Format.YOLO, path.parent)
    boxes = read_label_file(reading, path)
    if reading.faults:
        raise DataError(
            f"{path.parent}/{reading.faults[0]}; mend it, `streetwarden data check` lists all"
        )
    return tuple(
        LabelBox(
            int(box.name), *(round(it, DECIMALS) for it in (box.x, box.y, box.width, box.height))
        )
        for box in boxes
    )


def boxes_of(source: Source, sample: Sample) -> tuple[tuple[LabelBox, ...], tuple[LabelBox, ...]]:
    """Boxes of a picture in our classes, and those of classes that we do not have (source ids).

    DataError as for `read`.
    """
    return mapped(read(sample.labels) if sample.labels else (), source.class_map())
