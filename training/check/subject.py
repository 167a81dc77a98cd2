"""What is checked: pictures with boxes, side and scene group, from our sources or any folder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from detector.taxonomy import TAXONOMY
from training.check.finding import Finding
from training.choices import Format
from training.formats.class_map import load_class_map
from training.formats.collection import in_our_classes
from training.formats.folder import shown
from training.formats.reading import FaultKind, NamedBox, Reading
from training.formats.recognise import read
from training.formats.yolo import read_label_file
from training.labels import LabelBox
from training.sources import (
    OrderSplit,
    Sample,
    Side,
    Source,
    TableSplit,
    orphans,
    pictures_in,
    samples_of,
)
from training.splits import by_order, read_table

_SIDES: dict[str, Side] = {
    "train": "train",
    "valid": "val",
    "val": "val",
    "validation": "val",
    "test": "check",
}


@dataclass(frozen=True, slots=True)
class Item:
    """A picture under check.

    `boxes` count in our classes. `labelled` are the classes of which a missing box says that
    nothing is there. `by_time` marks a fixed view that is split by time on purpose.
    """

    key: str
    source: str
    picture: Path
    side: Side | None
    boxes: tuple[LabelBox, ...]
    labelled: frozenset[int]
    group: str | None = None
    by_time: bool = False


@dataclass(slots=True)
class Subject:
    """Everything under check, and what was found while reading the labels."""

    name: str
    items: list[Item] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def of_folder(path: Path, class_map: Path | None = None, format: Format | None = None) -> Subject:  # noqa: A002
    """A labelled folder; the sides are those that its folder names tell (train, valid, test).

    DataError where it cannot be read at all or a class has no mapping.
    """
    reading = read(path, format)
    collection = in_our_classes(reading, load_class_map(class_map) if class_map else None)
    subject = Subject(path.resolve().name)
    _add_faults(subject, reading, subject.name)
    for entry, named in zip(collection.pictures, reading.pictures, strict=True):
        place = shown(entry.picture, reading.root)
        subject.items.append(
            Item(
                key=place,
                source=subject.name,
                picture=entry.picture,
                side=_side_of(place),
                boxes=entry.boxes,
                labelled=collection.labelled_classes,
            )
        )
        if not named.boxes:
            subject.findings.append(Finding("empty", place, keys=(place,)))
    for picture in reading.unlabelled:
        place = shown(picture, reading.root)
        subject.items.append(Item(place, subject.name, picture, _side_of(place), (), frozenset()))
        subject.findings.append(Finding("unlabelled", place, keys=(place,)))
    return subject


def of_sources(sources: Iterable[Source], root: Path) -> Subject:
    """Our own sources under a data root, with the sides that their split rules give."""
    subject = Subject(root.resolve().name)
    for source in sources:
        _add_source(subject, source, root)
    return subject


def _add_source(subject: Subject, source: Source, root: Path) -> None:
    samples = samples_of(source, root)
    _missing_labels(subject, source, root)
    sides, groups = _sides(subject, source, samples, root)
    class_map = source.class_map()
    labelled = _labelled_classes(source)
    reading = Reading(Format.YOLO, root)
    for sample in samples:
        named = read_label_file(reading, sample.labels) if sample.labels else []
        subject.items.append(
            Item(
                key=sample.key,
                source=source.name,
                picture=sample.picture,
                side=sides.get(sample.picture.stem),
                boxes=_ours(named, class_map),
                labelled=labelled,
                group=groups.get(sample.picture.stem),
                by_time=isinstance(source.split, OrderSplit),
            )
        )
        if sample.labels and not named:
            subject.findings.append(Finding("empty", sample.key, keys=(sample.key,)))
    _add_faults(subject, reading, source.name)


def _labelled_classes(source: Source) -> frozenset[int]:
    """The classes of a source whose absence can be believed.

    They are those it labels and those that no teacher is asked to fill in: a source of negatives
    labels nothing, and still says that none of its unfilled classes is in sight.
    """
    labelled = frozenset(source.class_map().values())
    if not source.fill:
        return labelled
    return labelled | (frozenset(range(len(TAXONOMY.class_names))) - source.fill_ids())


def _ours(boxes: Sequence[NamedBox], class_map: dict[int, int]) -> tuple[LabelBox, ...]:
    found = ((class_map.get(int(box.name)), box) for box in boxes)
    return tuple(
        LabelBox(class_id, box.x, box.y, box.width, box.height)
        for class_id, box in found
        if class_id is not None
    )


def _missing_labels(subject: Subject, source: Source, root: Path) -> None:
    """Pictures of a labelled source without a label file, and label files without a picture."""
    if not source.labelled:
        return
    for name in source.folders:
        labels = {path.stem for path in (root / name / "labels").glob("*.txt")}
        subject.findings += [
            Finding("unlabelled", shown(picture, root))
            for picture in pictures_in(source, root / name)
            if picture.stem not in labels
        ]
    subject.findings += [
        Finding(FaultKind.NO_PICTURE, shown(path, root)) for path in orphans(source, root)
    ]


def _sides(
    subject: Subject, source: Source, samples: Sequence[Sample], root: Path
) -> tuple[dict[str, Side], dict[str, str]]:
    """Side and scene group by picture stem; what is wrong with the split becomes findings."""
    rule = source.split
    stems = [sample.picture.stem for sample in samples]
    if isinstance(rule, OrderSplit):
        return by_order(stems, rule.train_share), {}
    if not isinstance(rule, TableSplit):
        return dict.fromkeys(stems, rule.side), {}
    sides, groups = _table(subject, rule, root)
    subject.findings += [
        Finding("no_side", sample.key, f"not in {rule.file}", (sample.key,))
        for sample in samples
        if sample.picture.stem not in sides
    ]
    return sides, groups


def _table(
    subject: Subject, rule: TableSplit, root: Path
) -> tuple[dict[str, Side], dict[str, str]]:
    table = read_table(rule, root)
    of_group: dict[str, set[Side]] = defaultdict(set)
    for row in table:
        of_group[row.group].add(row.side)
    subject.findings += [
        Finding("torn_group", f"{rule.file} group {group}", " and ".join(sorted(found)))
        for group, found in of_group.items()
        if len(found) > 1
    ]
    return {row.stem: row.side for row in table}, {row.stem: row.group for row in table}


def _add_faults(subject: Subject, reading: Reading, where: str) -> None:
    subject.findings += [Finding(fault.kind, fault.where, fault.text) for fault in reading.faults]
    if reading.clipped:
        text = f"{reading.clipped} boxes stuck out of their picture by up to 2 % of its side"
        subject.findings.append(Finding("clipped_box", where, text))


def _side_of(place: str) -> Side | None:
    parts = place.lower().split("/")[:-1]
    return next((_SIDES[part] for part in parts if part in _SIDES), None)
