"""Merges the sources into one dataset that Ultralytics reads.

    python -m training.build --data DATA --teacher COCO.pt [--out .cache/training/first]

Writes images/, labels/, train.txt, val.txt, data.yaml and counts.json. Runs again at no cost:
pictures and the teacher's boxes are kept.
"""

from __future__ import annotations

import argparse
import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from detector.taxonomy import TAXONOMY
from training import labels
from training.labels import LabelBox
from training.pictures import convert
from training.sources import Sample, Side, Source, load_sources, samples_of
from training.splits import sides_of, thinned
from training.teacher import Teacher, boxes_by_key, load_teacher

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Chosen:
    """A picture that goes into the dataset, with its side."""

    source: Source
    sample: Sample
    side: Side


def choose(sources: Iterable[Source], root: Path) -> tuple[Chosen, ...]:
    """The pictures that train or are val, thinned where the source says so; no `check` sources."""
    chosen: list[Chosen] = []
    for source in sources:
        samples = samples_of(source, root)
        sides = sides_of(source, samples, root)
        train = thinned([s for s in samples if sides[s.key] == "train"], source.train_every)
        val = [s for s in samples if sides[s.key] == "val"]
        chosen += [Chosen(source, sample, "train") for sample in train]
        chosen += [Chosen(source, sample, "val") for sample in val]
    return tuple(chosen)


def boxes_of(item: Chosen, teacher_boxes: Mapping[str, Sequence[LabelBox]]) -> tuple[LabelBox, ...]:
    """The labels of a picture in our classes, filled in by the teacher."""
    own = labels.read(item.sample.labels) if item.sample.labels else ()
    ours, others = labels.mapped(own, item.source.class_map())
    return labels.filled(
        ours, others, teacher_boxes.get(item.sample.key, ()), item.source.fill_ids()
    )


def copies(item: Chosen) -> tuple[str, ...]:
    """The names under which a picture is listed: scarce training pictures several times."""
    count = item.source.repeat if item.side == "train" else 1
    return (item.sample.key, *(f"{item.sample.key}__r{number}" for number in range(1, count)))


def build(
    sources: Sequence[Source], root: Path, out: Path, teacher: Teacher
) -> dict[str, dict[str, int]]:
    """Writes the dataset; returns counts of pictures and boxes by side."""
    images, label_folder = out / "images", out / "labels"
    images.mkdir(parents=True, exist_ok=True)
    label_folder.mkdir(parents=True, exist_ok=True)
    chosen = choose(sources, root)
    for item in chosen:
        convert(item.sample.picture, images / f"{item.sample.key}.jpg")
    unlabelled = [
        (item.sample.key, images / f"{item.sample.key}.jpg") for item in chosen if item.source.fill
    ]
    teacher_boxes = boxes_by_key(unlabelled, teacher, out / "teacher.json")
    return _write_lists(chosen, teacher_boxes, out)


def _write_lists(
    chosen: Iterable[Chosen], teacher_boxes: Mapping[str, Sequence[LabelBox]], out: Path
) -> dict[str, dict[str, int]]:
    counts: dict[str, Counter[str]] = {"train": Counter(), "val": Counter()}
    listed: dict[str, list[str]] = {"train": [], "val": []}
    for item in chosen:
        boxes = boxes_of(item, teacher_boxes)
        first = out / "images" / f"{item.sample.key}.jpg"
        for name in copies(item):
            _link(first, out / "images" / f"{name}.jpg")
            labels.write(out / "labels" / f"{name}.txt", boxes)
            listed[item.side].append(f"./images/{name}.jpg")
            counts[item.side].update([f"pictures {item.source.name}", "pictures"])
            counts[item.side].update(TAXONOMY.class_names[box.class_id] for box in boxes)
    for side, lines in listed.items():
        (out / f"{side}.txt").write_text("\n".join(sorted(lines)) + "\n", encoding="utf-8")
    data = {
        "path": str(out),
        "train": "train.txt",
        "val": "val.txt",
        "names": dict(enumerate(TAXONOMY.class_names)),
    }
    (out / "data.yaml").write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    result = {side: dict(sorted(count.items())) for side, count in counts.items()}
    (out / "counts.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return result


def _link(first: Path, name: Path) -> None:
    if not name.exists():
        os.link(first, name)


def main(argv: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="training.build", description="merge the sources into one dataset"
    )
    parser.add_argument("--data", type=Path, required=True, help="folder that holds the sources")
    parser.add_argument(
        "--teacher",
        type=Path,
        required=True,
        help="COCO weights (.pt) that fill in people and vehicles",
    )
    parser.add_argument(
        "--datasets", type=Path, default=PROJECT / "datasets", help="folder of source files"
    )
    parser.add_argument("--out", type=Path, default=PROJECT / ".cache" / "training" / "first")
    args = parser.parse_args(argv)
    counts = build(
        load_sources(args.datasets), args.data, args.out.resolve(), load_teacher(args.teacher)
    )
    print(json.dumps(counts, indent=1))


if __name__ == "__main__":
    main()
