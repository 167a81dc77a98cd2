"""What the command measures on: a labelled folder, or a side of a described source."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from detector.taxonomy import TAXONOMY
from training.dataset.choose import left_out
from training.errors import DataError
from training.label_files import boxes_of
from training.labelled import Collection, Labelled
from training.recipe import DataPart
from training.sources import PICTURE_SUFFIXES, Sample, Source, TableSplit, load_source, samples_of
from training.splits import read_table, sides_of


@dataclass(frozen=True)
class Subject:
    """Labelled pictures, the ids of the classes that count there, and the group of each picture."""

    name: str
    collection: Collection
    classes: tuple[int, ...]
    groups: tuple[str, ...] | None


def folder_subject(
    folder: Path, class_map: Path | None, classes: Sequence[str], groups: Path | None
) -> Subject:
    """A labelled folder in any format that `data import` reads.

    Where `classes` names none, those count that have a label. `groups` is a CSV file with the
    columns picture (file name) and group. Raises DataError.
    """
    from training.formats import read_collection

    collection = read_collection(folder, class_map)
    counted = counted_ids(collection, classes)
    names = [it.picture.name for it in collection.pictures]
    return Subject(
        folder.name or str(folder),
        collection,
        counted,
        None if groups is None else read_groups(groups, names),
    )


def source_subject(
    path: Path,
    data: Path,
    side: str,
    classes: Sequence[str],
    part: DataPart | None = None,
    only: Sequence[str] = ("*",),
) -> Subject:
    """The pictures of a source file of `datasets/` on one side of its split ("all": both).

    With `part` those that a recipe's data leave out, whatever their side; of these the ones that
    match one of `only` (source/folder/picture). Groups are those of the split table. DataError.
    """
    source = load_source(path)
    kept = [
        sample
        for sample in _kept(source, data, side, part)
        if any(fnmatchcase(sample.address, pattern) for pattern in only)
    ]
    pictures = tuple(_labelled(source, sample) for sample in kept)
    where = f"side {side!r}" if part is None else "list of what the recipe leaves out"
    if not kept:
        raise DataError(f"{source.name} has no pictures on the {where}: choose another")
    labelled = frozenset(source.class_map().values())
    collection = Collection(TAXONOMY.class_names, pictures, labelled)
    return Subject(
        f"{source.name} {side if part is None else 'left out'}",
        collection,
        counted_ids(collection, classes),
        _groups(source, kept, data),
    )


def _kept(source: Source, data: Path, side: str, part: DataPart | None) -> list[Sample]:
    samples = samples_of(source, data)
    sides = sides_of(source, samples, data)
    if part is not None:
        return [sample for sample in samples if left_out(sample, part)]
    return [sample for sample in samples if side == "all" or sides[sample.key] == side]


def class_ids(names: Sequence[str]) -> tuple[int, ...]:
    """Ids of class names or aliases; DataError names the first unknown one."""
    ids = []
    for name in names:
        class_id = TAXONOMY.class_id(name)
        if class_id is None:
            raise DataError(
                f"{name!r} is not a class: choose from {', '.join(TAXONOMY.class_names)}"
            )
        ids.append(class_id)
    return tuple(sorted(set(ids)))


def counted_ids(collection: Collection, names: Sequence[str]) -> tuple[int, ...]:
    """Ids of the classes that count: those named, else those that the collection labels.

    Where it says that every class is labelled, those that have a label. DataError for a named
    class that it does not label.
    """
    known = collection.labelled_classes
    labelled = class_ids([collection.class_names[class_id] for class_id in sorted(known)])
    if names:
        wanted = class_ids(names)
        missing = [TAXONOMY.class_names[it] for it in wanted if it not in labelled]
        if missing:
            raise DataError(f"{', '.join(missing)} is not labelled there: leave it out of --class")
        return wanted
    if len(labelled) < len(TAXONOMY.class_names):
        return labelled
    present = {box.class_id for it in collection.pictures for box in it.boxes}
    return class_ids([collection.class_names[class_id] for class_id in sorted(present)])


def read_groups(path: Path, pictures: Sequence[str]) -> tuple[str, ...]:
    """The group of each picture from a CSV file; DataError where one is missing."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        groups = {row["picture"]: row["group"] for row in rows if row["group"]}
    except (OSError, ValueError, KeyError, csv.Error) as error:
        raise DataError(
            f"{path} is not a table with the columns picture and group: {error}"
        ) from error
    missing = [name for name in pictures if name not in groups]
    if missing:
        raise DataError(
            f"{path} names no group for {len(missing)} pictures, first {missing[0]}: add them"
        )
    return tuple(groups[name] for name in pictures)


def quiet_pictures(folder: Path) -> tuple[Path, ...]:
    """Every picture in a folder and those below it, by path; DataError where there is none."""
    if not folder.is_dir():
        raise DataError(f"there is no folder {folder}: check --quiet")
    found = tuple(sorted(it for it in folder.rglob("*") if it.suffix.lower() in PICTURE_SUFFIXES))
    if not found:
        raise DataError(f"{folder} holds no pictures: check --quiet")
    return found


def quiet_sources(path: Path, data: Path, part: DataPart | None) -> dict[str, tuple[Path, ...]]:
    """The pictures of a source file that shows no violation, by folder.

    With `part` those that a recipe's data leave out. Raises DataError.
    """
    sets: dict[str, list[Path]] = {}
    for sample in _kept(load_source(path), data, "all", part):
        sets.setdefault(sample.address.split("/")[1], []).append(sample.picture)
    if not sets:
        raise DataError(f"{path} has no pictures that the recipe leaves out: check --quiet")
    return {name: tuple(pictures) for name, pictures in sorted(sets.items())}


def _labelled(source: Source, sample: Sample) -> Labelled:
    own, _ = boxes_of(source, sample)
    return Labelled(sample.picture, own)


def _groups(source: Source, samples: Sequence[Sample], data: Path) -> tuple[str, ...] | None:
    """What is resampled together: scenes of the split table, or what the stems have in common."""
    rule = source.split
    if isinstance(rule, TableSplit):
        groups = {row.stem: row.group for row in read_table(rule, data)}
        return tuple(groups[sample.picture.stem] for sample in samples)
    if source.group is None:
        return None
    found = [re.search(source.group, sample.picture.stem) for sample in samples]
    return tuple(
        match.group() if match else sample.picture.stem
        for match, sample in zip(found, samples, strict=True)
    )
