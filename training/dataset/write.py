"""Writes a dataset where Ultralytics finds it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from detector.files import write_lines
from detector.taxonomy import TAXONOMY
from training import labels
from training.dataset.fill import Filled
from training.formats.output import place
from training.ignore import LABEL_NAMES, as_region
from training.sources import Side

DATA_FILE = "data.yaml"
Counts = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Listed:
    """A picture of the dataset: its source, file and labels, and how often it is listed."""

    source: str
    key: str
    picture: Path
    side: Side
    filled: Filled
    times: int = 1


def write(items: Iterable[Listed], out: Path) -> Counts:
    """Writes images/, labels/, train.txt, val.txt and data.yaml into a folder without these.

    Returns counts by side. Pictures are linked, not copied, where the disk can.
    """
    for name in ("images", "labels"):
        (out / name).mkdir(parents=True)
    listed: dict[str, list[str]] = {"train": [], "val": []}
    counts: dict[str, Counter[str]] = {"train": Counter(), "val": Counter()}
    for item in items:
        for name in _names(item):
            place(item.picture, out / "images" / f"{name}.jpg", link=True)
            _write_labels(out / "labels" / f"{name}.txt", item)
            listed[item.side].append(f"./images/{name}.jpg")
        counts[item.side] += _count(item)
    for side, lines in listed.items():
        write_lines(out / f"{side}.txt", (f"{line}\n" for line in sorted(lines)))
    _write_data_file(out)
    return {side: dict(sorted(count.items())) for side, count in counts.items()}


def _names(item: Listed) -> tuple[str, ...]:
    return (item.key, *(f"{item.key}__r{number}" for number in range(1, item.times)))


def _write_labels(path: Path, item: Listed) -> None:
    boxes = (*item.filled.own, *item.filled.added)
    # Ultralytics' own validation knows nothing of regions.
    regions = map(as_region, item.filled.ignored) if item.side == "train" else ()
    labels.write(path, (*boxes, *regions))


def _count(item: Listed) -> Counter[str]:
    count: Counter[str] = Counter({"pictures": item.times, f"pictures {item.source}": item.times})
    for what, boxes in (
        ("labelled", item.filled.own),
        ("added", item.filled.added),
        ("ignored", item.filled.ignored),
    ):
        for box in boxes:
            count[f"{TAXONOMY.class_names[box.class_id]} {what}"] += item.times
    return count


def _write_data_file(out: Path) -> None:
    # Without a path Ultralytics counts from the file: the folder may be moved.
    data = {
        "train": "train.txt",
        "val": "val.txt",
        "names": dict(enumerate(LABEL_NAMES)),
    }
    write_lines(out / DATA_FILE, [yaml.safe_dump(data, sort_keys=False)])
