"""A labelled folder as a collection in our classes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from detector.taxonomy import TAXONOMY
from training.choices import Format
from training.errors import DataError
from training.formats.class_map import class_ids, load_class_map
from training.formats.reading import NamedPicture, Reading
from training.formats.recognise import read
from training.labelled import Collection, Labelled
from training.labels import LabelBox

# Faults that an error message lists before it counts the rest.
_FAULTS_SHOWN = 5


def read_collection(
    path: Path,
    class_map: Path | None = None,
    *,
    format: Format | None = None,  # noqa: A002  the word that the option has
) -> Collection:
    """Reads YOLO, COCO, Pascal VOC, LabelMe or CVAT labels into our classes.

    `class_map` is a YAML file (see `training.formats.class_map`); the format is recognised unless
    given. Pictures that have no label at all are left out. DataError names every class without a
    mapping, or the first faults of the labels with file and line or id.
    """
    reading = read(path, format)
    refuse_faults(reading, path)
    return in_our_classes(reading, load_class_map(class_map) if class_map else None)


def refuse_faults(reading: Reading, path: Path) -> None:
    """DataError where the labels have faults."""
    if not reading.faults:
        return
    first = "".join(f"\n  {fault}" for fault in reading.faults[:_FAULTS_SHOWN])
    more = len(reading.faults) - _FAULTS_SHOWN
    rest = f"\n  and {more} more; `streetwarden data check` shows all" if more > 0 else ""
    raise DataError(f"{path}: {len(reading.faults)} faults in the labels, mend them:{first}{rest}")


def in_our_classes(reading: Reading, class_map: Mapping[str, int | None] | None) -> Collection:
    """What was read, in our classes; DataError lists names that map to none.

    Labelled are the classes that the source's own ones map to; where the source lists none, those
    that the map names count too, though no picture shows them.
    """
    ids = class_ids(reading.names, class_map)
    labelled = set(ids.values())
    if class_map is not None and not reading.names_declared:
        labelled.update(class_map.values())
    return Collection(
        class_names=TAXONOMY.class_names,
        pictures=tuple(_labelled(entry, ids) for entry in reading.pictures),
        labelled_classes=frozenset(found for found in labelled if found is not None),
    )


def _labelled(entry: NamedPicture, ids: Mapping[str, int | None]) -> Labelled:
    return Labelled(
        entry.picture,
        tuple(
            LabelBox(found, box.x, box.y, box.width, box.height)
            for box in entry.boxes
            if (found := ids[box.name]) is not None
        ),
    )
