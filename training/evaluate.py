"""Measures a model through the run-time API on every set of truth.py and proposes thresholds.

python -m training.evaluate MODEL --data DATA [--input-size 640] [--precision f32]
        [--quiet FOLDER ...] [--out FILE]
"""

from __future__ import annotations

import argparse
import platform
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detector.taxonomy import TAXONOMY
from training import coco, thresholds
from training.coco import Boxes
from training.pictures import read_picture
from training.report import ClassFigures, Report, SetFigures, table
from training.sources import PICTURE_SUFFIXES, class_id, load_source, samples_of
from training.truth import DATASETS, CheckSet, check_sets

if TYPE_CHECKING:
    from detector.model import Model

MIN_CONFIDENCE = 0.001
CHUNK = 8
ALARMS = tuple(
    class_id(name) for name in ("stall", "garbage_overflow", "garbage_pile", "exposed_cable")
)
# At most 5 % of ordinary pictures may raise a false alarm of any kind: four kinds share it.
MOST_ALARMS = 0.05
MOST_ALARMS_EACH = MOST_ALARMS / len(ALARMS)


def detect(model: Model, pictures: Sequence[NDArray[np.uint8]]) -> list[Boxes]:
    """All boxes down to a confidence of 0.001."""
    return [
        Boxes(found.xyxy, found.class_id, found.confidence)
        for found in model.detect_boxes(pictures, min_confidence=MIN_CONFIDENCE)
    ]


def detect_files(model: Model, files: Iterable[Path]) -> list[Boxes]:
    """As `detect`, from picture files, few at a time in memory."""
    listed = list(files)
    found: list[Boxes] = []
    for start in range(0, len(listed), CHUNK):
        found += detect(model, [read_picture(path) for path in listed[start : start + CHUNK]])
    return found


def known_boxes(check: CheckSet) -> list[Boxes]:
    """The labels of a set in pixels of its pictures."""
    boxes: list[Boxes] = []
    for truth in check.truths:
        _, xyxy, ids = truth.read()
        boxes.append(Boxes(xyxy, ids, np.ones(len(ids), dtype=np.float32)))
    return boxes


def measure(
    check: CheckSet,
    known: Sequence[Boxes],
    found: Sequence[Boxes],
    balances: dict[int, thresholds.Balance],
) -> SetFigures:
    """Figures of one set; adds to `balances` the best of classes that have none yet."""
    scores = coco.score(known, found, check.classes, check.iou)
    if check.iou is None:
        for number in scores:
            balances.setdefault(number, thresholds.best(thresholds.balances(known, found, number)))
    return SetFigures(
        name=check.name,
        note=check.note,
        pictures=len(check.truths),
        iou=check.iou,
        classes={
            TAXONOMY.class_names[number]: ClassFigures(labels=s.labels, ap50=s.ap50, ap=s.ap)
            for number, s in scores.items()
        },
    )


def quiet_files(data: Path, folders: Sequence[Path]) -> dict[str, list[Path]]:
    """Pictures without a violation, by set: the negatives and the folders that are given."""
    negatives = samples_of(load_source(DATASETS / "negatives.yaml"), data)
    sets = {"negatives (seen in training)": [sample.picture for sample in negatives]}
    for folder in folders:
        sets[folder.name] = sorted(
            p for p in folder.iterdir() if p.suffix.lower() in PICTURE_SUFFIXES
        )
    return sets


def alarm_shares(
    quiet: dict[str, list[Boxes]], chosen: dict[int, float]
) -> dict[str, dict[str, float]]:
    """By quiet set: the share of pictures with a false alarm, of each kind and of any."""
    shares: dict[str, dict[str, float]] = {}
    for name, pictures in quiet.items():
        each = {
            TAXONOMY.class_names[c]: round(thresholds.alarm_share(pictures, c, chosen[c]), 4)
            for c in ALARMS
        }
        any_kind = np.mean(
            [any(thresholds.alarm_share([p], c, chosen[c]) for c in ALARMS) for p in pictures]
        )
        shares[name] = each | {"any": round(float(any_kind), 4)}
    return shares


def evaluate(model: Model, data: Path, folders: Sequence[Path] = ()) -> Report:
    """Everything about one model."""
    balances: dict[int, thresholds.Balance] = {}
    sets: list[SetFigures] = []
    for check in check_sets(data):
        found = detect_files(model, [truth.sample.picture for truth in check.truths])
        sets.append(measure(check, known_boxes(check), found, balances))
    quiet = {name: detect_files(model, files) for name, files in quiet_files(data, folders).items()}
    everything = [boxes for pictures in quiet.values() for boxes in pictures]
    classes = range(len(TAXONOMY.class_names))
    chosen = thresholds.choose(balances, everything, classes, ALARMS, MOST_ALARMS_EACH)
    names = TAXONOMY.class_names
    return Report(
        model=model.path.name,
        sha256=model.sha256,
        engine=model.engine,
        precision=model.precision,
        input_size=model.input_size,
        machine=f"{platform.machine()}, {platform.processor() or platform.system()}",
        sets=tuple(sets),
        best_balance={names[c]: (b.threshold, b.precision, b.recall) for c, b in balances.items()},
        thresholds={names[c]: threshold for c, threshold in chosen.items()},
        alarms=alarm_shares(quiet, chosen),
    )


def main(argv: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="training.evaluate", description="measure a model")
    parser.add_argument("model", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds the sources")
    parser.add_argument(
        "--input-size", type=int, help="longer side in pixels; by default the model's own"
    )
    parser.add_argument(
        "--engine", choices=("auto", "openvino", "onnxruntime", "ultralytics"), default="auto"
    )
    parser.add_argument("--precision", choices=("auto", "f32", "bf16"), default="f32")
    parser.add_argument(
        "--quiet", type=Path, nargs="*", default=[], help="folders of pictures without a violation"
    )
    parser.add_argument("--out", type=Path, help="write the report as JSON")
    args = parser.parse_args(argv)
    from detector.model import load_model

    model = load_model(
        args.model, engine=args.engine, precision=args.precision, input_size=args.input_size
    )
    report = evaluate(model, args.data, args.quiet)
    print(table(report))
    if args.out:
        args.out.write_text(report.model_dump_json(indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
