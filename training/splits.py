"""Which pictures train and which measure; a group is never parted."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.errors import DataError
from training.sources import AllSplit, OrderSplit, Sample, Side, Source, TableSplit

SIDES: dict[str, Side] = {"train": "train", "val": "val", "check": "check"}


class SplitError(DataError):
    """A split table that would put one group on both sides, or that misses pictures."""


@dataclass(frozen=True, slots=True)
class Row:
    """A picture of a split table: its stem, scene group and side."""

    stem: str
    group: str
    side: Side


def read_table(rule: TableSplit, root: Path) -> list[Row]:
    """The rows of a source's split table; SplitError where it cannot be read or has a fault."""
    path = root / rule.file
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows = [_row(path, reader.line_num, fields, rule) for fields in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SplitError(f"the split table {path} cannot be read: {error}") from error
    return rows


def _row(path: Path, line: int, fields: Mapping[str, str | None], rule: TableSplit) -> Row:
    if missing := {rule.picture, rule.group, rule.side} - fields.keys():
        raise SplitError(f"{path}: no column {sorted(missing)[0]}; see the source's split rule")
    values = [fields.get(column) for column in (rule.picture, rule.group, rule.side)]
    for column, value in zip((rule.picture, rule.group, rule.side), values, strict=True):
        if not value:
            raise SplitError(f"{path} line {line} says no {column}: mend the table")
    picture, group, side = map(str, values)
    if side not in SIDES:
        raise SplitError(
            f"{path} line {line}: {side!r} is not a side of a split ({', '.join(SIDES)})"
        )
    return Row(Path(picture).stem, group, SIDES[side])


def by_table(rows: Iterable[Row], table: str) -> dict[str, Side]:
    """Side by picture stem; SplitError names `table` and a group that lies on two sides."""
    sides: dict[str, Side] = {}
    group_side: dict[str, str] = {}
    for row in rows:
        if group_side.setdefault(row.group, row.side) != row.side:
            raise SplitError(f"group {row.group} of {table} lies on both sides: mend the table")
        sides[row.stem] = row.side
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
        sides = by_table(read_table(rule, root), rule.file)
    missing = [sample.picture.name for sample in samples if sample.picture.stem not in sides]
    if missing:
        raise SplitError(
            f"{len(missing)} pictures of {source.name} have no side, first {missing[0]}: "
            "add them to the split table"
        )
    return {sample.key: sides[sample.picture.stem] for sample in samples}


def thinned(samples: Sequence[Sample], every: int) -> tuple[Sample, ...]:
    """Every n-th sample in the order of their keys."""
    return tuple(sorted(samples, key=lambda sample: sample.key))[::every]
