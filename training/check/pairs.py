"""What it means that two pictures look alike: a leak, a contradiction, or a copy to drop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from training.check.crops import one_view
from training.check.doubles import Pair
from training.check.finding import Finding
from training.check.subject import Item
from training.labels import LabelBox, iou

# Two boxes that overlap this much (IoU) are drawn round the same thing.
_SAME_THING_IOU = 0.5


def pair_findings(items: Sequence[Item], pairs: Iterable[Pair]) -> Iterator[Finding]:
    """One finding per pair of near-duplicates, but one per camera for fixed views."""
    fixed: Counter[str] = Counter()
    for pair in pairs:
        first, second = items[pair.first], items[pair.second]
        if one_view(first, second):
            fixed[first.source] += first.side != second.side
            continue
        keys = (first.key, second.key)
        text = _describe(pair)
        where = (
            f"{_place(first)} = {_place(second)}"
            if pair.same
            else " ~ ".join(map(_place, (first, second)))
        )
        yield Finding(_kind(first, second), where, text, keys)
        if pair.same and not pair.mirrored and _contradict(first, second):
            yield Finding("contradiction", where, text, keys)
    for source, count in fixed.items():
        if count:
            text = f"{count} near-duplicate pairs on two sides of the split by time"
            yield Finding("fixed_view", source, text)


def crop_findings(
    items: Sequence[Item], crops: Iterable[tuple[int, int, int]], known: Iterable[Finding]
) -> Iterator[Finding]:
    """One finding per pair of perhaps one photograph, but for pairs that are `known`."""
    told = {frozenset(finding.keys) for finding in known if len(finding.keys) == 2}
    for first, second, count in crops:
        keys = (items[first].key, items[second].key)
        if frozenset(keys) not in told:
            where = f"{_place(items[first])} ~ {_place(items[second])}"
            yield Finding("crop_across", where, f"{count} features in common", keys)


def _kind(first: Item, second: Item) -> str:
    if first.side and second.side and first.side != second.side:
        return "double_across"
    apart = first.source != second.source or first.picture.parent != second.picture.parent
    return "double_sources" if apart else "double_within"


def _place(item: Item) -> str:
    return f"{item.key} ({item.side})" if item.side else item.key


def _describe(pair: Pair) -> str:
    what = "same picture" if pair.same else "same scene"
    mirrored = ", mirrored" if pair.mirrored else ""
    return f"{what}{mirrored}, {pair.bits} bits, correlation {pair.correlation:.2f}"


def _contradict(first: Item, second: Item) -> bool:
    """Whether copies of one picture differ in boxes of a class that both say they label."""
    both = first.labelled & second.labelled
    ours = [box for box in first.boxes if box.class_id in both]
    theirs = [box for box in second.boxes if box.class_id in both]
    return len(ours) != len(theirs) or not all(_has(theirs, box) for box in ours)


def _has(boxes: Iterable[LabelBox], wanted: LabelBox) -> bool:
    return any(
        box.class_id == wanted.class_id and iou(box, wanted) >= _SAME_THING_IOU for box in boxes
    )
