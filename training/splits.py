"""Which pictures train and which measure: pure functions that never part a group."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from training.errors import DataError
from training.sources import AllSplit, OrderSplit, Sample, Side, Source, TableSplit


class SplitError(DataError):
    """A split table that would put one group on both sides, or that misses pictures."""


def by_table(rows: Iterable[Mapping[str, str]], rule: TableSplit) -> dict[str, Side]:
    """Side by picture stem. SplitError where a group lies on two sides."""
    sides: dict[str, Side] = {}
    group_side: dict[str, str] = {}
    for row in rows:
        group, side = row[rule.group], _side(row[rule.side])
        if group_side.setdefault(group, side) != side:
            raise SplitError(f"group {group} of {rule.file} lies on both sides: mend the table")
        sides[Path(row[rule.picture]).stem] = side
    return sides


def by_order(stems: Sequence[str], train_share: float) -> dict[str, Side]:
    """The first `train_share` of the sorted stems train, the rest are val."""
    ordered = sorted(stems)
    cut = round(train_share * len(ordered))
    return {stem: "train" if place < cut else "val" for place, stem in enumerate(ordered)}


def sides_of(source: Source, samples: Sequence[Sample], root: Path) -> dict[str, Side]:
    """Side by sample key, after the source's rule. SplitError where a picture has no side."""
    rule = source.split
    if isinstance(rule, AllSplit):
        return {sample.key: rule.side for sample in samples}
    if isinstance(rule, OrderSplit):
        sides = by_order([sample.picture.stem for sample in samples], rule.train_share)
    else:
        with (root / rule.file).open(encoding="utf-8", newline="") as file:
            sides = by_table(csv.DictReader(file), rule)
    missing = [sample.picture.name for sample in samples if sample.picture.stem not in sides]
    if missing:
        raise SplitError(
            f"{len(missing)} pictures of {source.name} have no side, first {missing[0]}"
        )
    return {sample.key: sides[sample.picture.stem] for sample in samples}


def thinned(samples: Sequence[Sample], every: int) -> tuple[Sample, ...]:
    """Every n-th sample in the order of their keys."""
    return tuple(sorted(samples, key=lambda sample: sample.key))[::every]


def _side(text: str) -> Side:
    if text == "train":
        return "train"
    if text == "val":
        return "val"
    if text == "check":
        return "check"
    raise SplitError(f"{text!r} is not a side of a split (train, val, check)")
