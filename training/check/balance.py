"""How many pictures and boxes of each class there are, by source and side."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from detector.taxonomy import TAXONOMY
from training.check.finding import Finding
from training.check.subject import Item
from training.check.views import View

# From here on the rarest class is learnt badly beside the most frequent: boxes to boxes.
IMBALANCE = 10.0
# A source of which this share of at least so many pictures is square was squashed, most likely.
SQUARE_SHARE = 0.8
SQUARE_LEAST = 10


@dataclass(frozen=True, slots=True)
class Count:
    """Pictures with a class and its boxes, of one source on one side ("" where unsplit)."""

    source: str
    side: str
    class_name: str
    pictures: int
    boxes: int


def counts(items: Iterable[Item]) -> list[Count]:
    """The counts by source, side and class, in the order of names and class ids."""
    pictures: Counter[tuple[str, str, int]] = Counter()
    boxes: Counter[tuple[str, str, int]] = Counter()
    for item in items:
        own = Counter(box.class_id for box in item.boxes)
        for class_id, count in own.items():
            key = (item.source, item.side or "", class_id)
            pictures[key] += 1
            boxes[key] += count
    return [
        Count(source, side, TAXONOMY.class_names[class_id], pictures[key], boxes[key])
        for key in sorted(boxes)
        for source, side, class_id in (key,)
    ]


def balance_findings(table: Sequence[Count]) -> Iterator[Finding]:
    """Classes that are rare beside others, and classes that train and are never measured."""
    by_side: dict[str, Counter[str]] = defaultdict(Counter)
    for count in table:
        by_side[count.side][count.class_name] += count.boxes
    for side, boxes in sorted(by_side.items()):
        if len(boxes) < 2 or side == "check":
            continue
        (most, many), *_, (least, few) = boxes.most_common()
        if many / few > IMBALANCE:
            text = f"{most} {many:,} boxes to {least} {few:,}, {many / few:.0f} times as many"
            yield Finding("imbalance", side or "all pictures", text)
    if "val" in by_side:
        for name in sorted(by_side["train"].keys() - by_side["val"].keys()):
            text = f"{by_side['train'][name]:,} boxes train, none is val"
            yield Finding("unmeasured", name, text)


def shape_findings(items: Iterable[Item], views: Iterable[View | None]) -> Iterator[Finding]:
    """Folders whose pictures are all square."""
    square: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for item, view in zip(items, views, strict=True):
        if view is not None:
            parent = item.picture.parent
            parent = parent.parent if parent.name == "images" else parent
            square[item.source, parent.name].append(view.width == view.height)
    for (source, folder), found in sorted(square.items()):
        if len(found) >= SQUARE_LEAST and sum(found) / len(found) >= SQUARE_SHARE:
            where = source if source == folder else f"{source} {folder}"
            yield Finding("square", where, f"{sum(found):,} of {len(found):,} pictures")
