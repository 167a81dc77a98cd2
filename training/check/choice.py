"""Which pictures a contact sheet shows: a random few with a fixed seed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import TypeVar

from detector.taxonomy import TAXONOMY
from training.check.finding import KINDS, Finding
from training.check.sheets import COLUMNS, PAIR_COLUMNS, ROWS, Tile, write_sheet
from training.check.subject import Item, Subject

Thing = TypeVar("Thing")

_MOST = COLUMNS * ROWS
# Places of pairs are twice as wide.
_MOST_PAIRS = PAIR_COLUMNS * ROWS


def write_sheets(subject: Subject, findings: Sequence[Finding], out: Path, seed: int) -> list[str]:
    """Writes a sheet per source and class and one per kind of finding; their names in order."""
    out.mkdir()
    names: list[str] = []
    for name, title, tiles in (*_by_class(subject, seed), *_by_kind(subject, findings, seed)):
        file = f"{_safe(name)}.jpg"
        write_sheet(out / file, title, tiles)
        names.append(file)
    return names


def _by_class(subject: Subject, seed: int) -> Iterator[tuple[str, str, list[Tile]]]:
    groups: dict[tuple[str, int], list[Item]] = defaultdict(list)
    for item in subject.items:
        for class_id in {box.class_id for box in item.boxes}:
            groups[item.source, class_id].append(item)
    for (source, class_id), items in sorted(groups.items()):
        entry = TAXONOMY.classes[class_id]
        chosen = _few(items, _MOST, f"{seed} {source} {class_id}")
        boxes = sum(box.class_id == class_id for item in items for box in item.boxes)
        title = (
            f"{source} · {entry.zh} {entry.en}: {len(chosen)} of {len(items):,} pictures 图片, "
            f"{boxes:,} boxes 标注框"
        )
        tiles = [Tile((item,), _line(item)) for item in chosen]
        yield f"class_{source}_{entry.name}", title, tiles


def _by_kind(
    subject: Subject, findings: Sequence[Finding], seed: int
) -> Iterator[tuple[str, str, list[Tile]]]:
    by_key = {item.key: item for item in subject.items}
    groups: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.keys and all(key in by_key for key in finding.keys):
            groups[finding.kind].append(finding)
    for kind in KINDS.values():
        found = groups.get(kind.name)
        if not found:
            continue
        pairs = len(found[0].keys) == 2
        chosen = _few(found, _MOST_PAIRS if pairs else _MOST, f"{seed} {kind.name}")
        title = f"{kind.zh} {kind.en}: {len(chosen)} of {len(found):,}"
        yield f"finding_{kind.name}", title, [_tile(finding, by_key) for finding in chosen]


def _tile(finding: Finding, by_key: Mapping[str, Item]) -> Tile:
    items = tuple(by_key[key] for key in finding.keys)
    if len(items) == 2:
        return Tile(items, f"{_line(items[0])}  |  {_line(items[1])}")
    return Tile(items, str(finding).replace(items[0].key, _line(items[0]), 1))


def _line(item: Item) -> str:
    name = item.key.split("__")[-1].split("/")[-1]
    return f"{name} ({item.side})" if item.side else name


def _few(things: Sequence[Thing], most: int, seed: str) -> list[Thing]:
    if len(things) <= most:
        return list(things)
    places = Random(seed).sample(range(len(things)), most)  # noqa: S311  no secret
    return [things[place] for place in sorted(places)]


def _safe(name: str) -> str:
    return re.sub(r"[^\w.-]+", "_", name)
