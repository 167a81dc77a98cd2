"""Small things in large pictures: recall by width with and without slices, and what they cost.

    python -m benchmarks.slices [--layouts N] [--rounds N] [--model FILE] [--out FILE]

Two sets, both with the labels of real pictures. `mosaic` stands in for a wide camera: labelled
pictures of garbage whose scenes the released model was not trained on, shrunk by different amounts
and laid on an enlarged street without garbage, 1920 x 1080. `traffic` are frames of 960 x 540 from
a motorcycle; the released model was trained on them, so only the differences say something. The
peer is supervision's InferenceSlicer with the same model, tile size and overlap, in the same run.
"""

from __future__ import annotations

import argparse
import csv
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import TypeAlias

import cv2
import numpy as np
import supervision as sv
from numpy.typing import NDArray

from benchmarks.detect import race
from benchmarks.machine import describe_machine, write_result
from benchmarks.pictures import SHARED
from detector.geometry.boxes import iou_matrix
from detector.looks import Boxes, Pixels, Size
from detector.model import Model, load_model
from detector.model.slices import OVERLAP, Slicing
from detector.taxonomy import TAXONOMY
from training.label_files import read
from training.pictures import read_picture

RESULTS = Path(__file__).parent / "results" / "slices.json"
DATA = SHARED / "data"
SCENE = Size(1920, 1080)
CELLS = 3
SHRUNK_TO_PX = (120, 600)
SEED = 20261121
MATCH_IOU = 0.5
WIDTHS_PX = (16, 32, 64, 128, math.inf)
SHARES = (0.01, 0.02, 0.05, 0.1, math.inf)
GARBAGE = ("garbage_pile", "garbage_bin", "garbage_overflow")
TRAFFIC = ("car", "bus", "motorcycle", "bicycle", "person", "truck")
VEHICLES = ("car", "bus", "truck")

Detect: TypeAlias = Callable[[Pixels], Boxes]


@dataclass(frozen=True)
class Scene:
    """A picture, BGR, with all that is labelled in it; `class_id` -1: of no class of ours."""

    bgr: Pixels
    xyxy: NDArray[np.float64]
    class_id: NDArray[np.int64]


@dataclass(frozen=True)
class Tally:
    """`found` says for each box of the truth whether it was, `widths_px` how wide it is. `false`
    boxes met nothing labelled; `doubles` met what a surer box had already found.
    """

    widths_px: NDArray[np.float64]
    found: NDArray[np.bool_]
    doubles: int
    false: int


def main(argv: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--layouts", type=int, default=3, help="mosaics of all pictures")
    parser.add_argument("--rounds", type=int, default=5, help="of the race")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--out", type=Path, default=RESULTS)
    args = parser.parse_args(argv)
    if not DATA.is_dir():
        raise SystemExit(f"no pictures at {SHARED}: lay the shared material beside the checkout")
    model = load_model(args.model)
    sets = {
        "mosaic": ([it for n in range(args.layouts) for it in mosaics(n)], GARBAGE),
        "traffic": (list(traffic()), TRAFFIC),
    }
    result: dict[str, object] = {
        "machine": describe_machine(),
        "model": {"version": model.version, "sha256": model.sha256, "engine": model.engine},
        "input_size_px": model.input_size,
        "confidence": "the release thresholds",
        "match_iou": MATCH_IOU,
    }
    for name, (scenes, classes) in sets.items():
        result[name] = measure(name, model, scenes, classes, args.rounds)
    write_result(args.out, result)


def measure(
    name: str, model: Model, scenes: list[Scene], classes: Sequence[str], rounds: int
) -> dict[str, object]:
    """Recall, false boxes and cost of each contestant on one set of pictures of one size."""
    height, width = scenes[0].bgr.shape[:2]
    cut = Slicing.of(Size(width, height), Size(model.input_size, model.input_size))
    calls = Counter({"whole picture": len(scenes), "slices": len(scenes) * (1 + len(cut.tiles))})
    contestants = dict(contesting(model, calls))
    rows: dict[str, dict[str, object]] = {}
    core_s: dict[str, float] = {}
    for who, detect in contestants.items():
        started = process_time()
        seen = [detect(it.bgr) for it in scenes]
        core_s[who] = process_time() - started
        pairs = zip(seen, scenes, strict=True)
        tally = total([judge(boxes, it, class_ids(classes)) for boxes, it in pairs])
        rows[who] = figures(tally, len(scenes), width)
        rows[who]["network_calls_a_picture"] = round(calls[who] / len(scenes), 2)
    timed = [scene.bgr for scene in scenes[:: max(1, len(scenes) // 8)]]
    medians = race({it: _over(contestants[it], timed) for it in rows}, len(timed), rounds)
    print(f"{name}: {len(scenes)} pictures of {width} x {height}, {len(cut.tiles)} tiles each")
    for who, row in rows.items():
        row["time_ratio"] = round(medians[who] / medians["whole picture"], 2)
        # Of the seconds that the cores worked: what else runs on the machine does not count.
        row["core_time_ratio"] = round(core_s[who] / core_s["whole picture"], 2)
        print(f"  {who:<26} {row}")
    return {"pictures": len(scenes), "size": [width, height], "contestants": rows}


def contesting(model: Model, calls: Counter[str]) -> Iterator[tuple[str, Detect]]:
    """Who looks; the peers count their calls of the network in `calls`."""
    yield "whole picture", lambda bgr: model.detect_boxes([bgr])[0]
    yield "slices", lambda bgr: model.detect_boxes([bgr], slices=True)[0]
    for metric in (sv.OverlapMetric.IOU, sv.OverlapMetric.IOS):
        who = f"InferenceSlicer, {metric.name}"
        yield who, sliced_by_peer(model, metric, who, calls)


def sliced_by_peer(model: Model, metric: sv.OverlapMetric, who: str, calls: Counter[str]) -> Detect:
    """supervision's slicer; its suppression and its threshold of 0.5 are its defaults."""

    def tile(bgr: Pixels) -> sv.Detections:
        calls[who] += 1
        return model.detect([bgr])[0]

    slicer = sv.InferenceSlicer(
        tile,
        slice_wh=model.input_size,
        overlap_wh=math.ceil(model.input_size * OVERLAP),
        overlap_metric=metric,
        thread_workers=model.streams,
    )

    def detect(bgr: Pixels) -> Boxes:
        found = slicer(bgr)
        if found.class_id is None or found.confidence is None:
            return Boxes.of([])
        order = np.argsort(-found.confidence, kind="stable")
        return Boxes(
            found.xyxy[order].astype(np.float32),
            found.class_id[order].astype(np.int64),
            found.confidence[order].astype(np.float32),
        )

    return detect


def judge(boxes: Boxes, scene: Scene, classes: frozenset[int]) -> Tally:
    """Match boxes of `classes` to the truth, the surest first, each thing once.

    A mix-up among car, bus and truck does not count. A box that lies on a labelled thing of
    another class is no match, and false only where that is a class of ours.
    """
    seen = boxes.of_classes(classes)
    ours = np.isin(scene.class_id, list(classes))
    truth, kinds = scene.xyxy[ours], _merged(scene.class_id[ours])
    overlap = iou_matrix(seen.xyxy, truth) * (_merged(seen.class_id)[:, None] == kinds)
    excused = iou_matrix(seen.xyxy, scene.xyxy[~ours]).max(axis=1, initial=0) >= MATCH_IOU
    found = np.zeros(len(truth), dtype=np.bool_)
    doubles = false = 0
    for row, excuse in zip(overlap, excused, strict=True):
        free = np.where(found, 0, row)
        if free.max(initial=0) >= MATCH_IOU:
            found[free.argmax()] = True
        elif row.max(initial=0) >= MATCH_IOU:
            doubles += 1
        elif not excuse:
            false += 1
    return Tally(truth[:, 2] - truth[:, 0], found, doubles, false)


def _merged(class_id: NDArray[np.int64]) -> NDArray[np.int64]:
    """Class ids with one id for all vehicles."""
    vehicles = sorted(class_ids(VEHICLES))
    return np.where(np.isin(class_id, vehicles), vehicles[0], class_id)


def total(tallies: Sequence[Tally]) -> Tally:
    """All pictures together."""
    return Tally(
        np.concatenate([it.widths_px for it in tallies]),
        np.concatenate([it.found for it in tallies]),
        sum(it.doubles for it in tallies),
        sum(it.false for it in tallies),
    )


def figures(tally: Tally, pictures: int, width_px: int) -> dict[str, object]:
    """The numbers of one contestant; recalls are (share found, boxes), by width."""
    hits = int(tally.found.sum())
    return {
        "recall": round(hits / len(tally.found), 3),
        "recall_by_width_px": by_bin(tally.widths_px, tally.found, WIDTHS_PX),
        "recall_by_share_of_width": by_bin(tally.widths_px / width_px, tally.found, SHARES),
        "precision": round(hits / max(1, hits + tally.doubles + tally.false), 3),
        "doubles_a_picture": round(tally.doubles / pictures, 2),
        "false_a_picture": round(tally.false / pictures, 2),
    }


def by_bin(
    values: NDArray[np.float64], found: NDArray[np.bool_], edges: Sequence[float]
) -> dict[str, tuple[float | None, int]]:
    """Recall and number of boxes up to each edge, from the edge before."""
    rows: dict[str, tuple[float | None, int]] = {}
    for low, high in zip((0.0, *edges), edges, strict=False):
        inside = (values >= low) & (values < high)
        name = f"{low:g} and more" if high == edges[-1] else f"{low:g} to {high:g}"
        number = int(inside.sum())
        rows[name] = (round(float(found[inside].mean()), 3) if number else None, number)
    return rows


def mosaics(layout: int) -> Iterator[Scene]:
    """All labelled pictures of unseen garbage scenes, nine on each street; seeded by `layout`."""
    rng = np.random.default_rng(SEED + layout)
    with (DATA / "garbage" / "scenes.csv").open(encoding="utf-8", newline="") as table:
        names = [row["picture"] for row in csv.DictReader(table) if row["split"] == "val"]
    names = [names[place] for place in rng.permutation(len(names))]
    streets = sorted((DATA / "negatives" / "streets").rglob("*.avif"))
    for start in range(0, len(names), CELLS**2):
        canvas = read_picture(streets[rng.integers(len(streets))])
        bgr = np.asarray(cv2.resize(canvas, SCENE), dtype=np.uint8)
        pasted = [
            _pasted(bgr, cell, name, rng)
            for cell, name in enumerate(names[start : start + CELLS**2])
        ]
        yield Scene(
            bgr,
            np.concatenate([boxes for boxes, _ in pasted]),
            np.concatenate([ids for _, ids in pasted]),
        )


def _pasted(
    bgr: Pixels, cell: int, name: str, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Shrink a picture into its cell; its boxes and class ids in the scene."""
    picture = read_picture(DATA / "garbage" / "images" / name)
    room = Size(SCENE.width // CELLS, SCENE.height // CELLS)
    sides = Size(picture.shape[1], picture.shape[0])
    low, high = map(math.log, SHRUNK_TO_PX)
    ratio = min(
        math.exp(rng.uniform(low, high)) / max(sides),
        *(space / side for space, side in zip(room, sides, strict=True)),
        1.0,
    )
    small = Size(*(max(1, int(side * ratio)) for side in sides))
    left = cell % CELLS * room.width + int(rng.integers(room.width - small.width + 1))
    top = cell // CELLS * room.height + int(rng.integers(room.height - small.height + 1))
    bgr[top : top + small.height, left : left + small.width] = cv2.resize(
        picture, small, interpolation=cv2.INTER_AREA
    )
    xyxy, ids = _labelled(DATA / "garbage" / "labels" / f"{Path(name).stem}.txt", small, GARBAGE)
    return xyxy + np.array([left, top, left, top]), ids


def traffic() -> Iterator[Scene]:
    """The labelled frames of the motorcycle."""
    folder = DATA / "street_asia"
    for labels in sorted((folder / "labels").glob("ktmA_*.txt")):
        bgr = read_picture(folder / "images" / f"{labels.stem}.avif")
        xyxy, ids = _labelled(labels, Size(bgr.shape[1], bgr.shape[0]), TRAFFIC)
        yield Scene(bgr, xyxy, ids)


def _labelled(
    labels: Path, size: Size, names: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Boxes in pixels and class ids of a label file whose first ids mean `names`."""
    boxes = read(labels)
    xyxy = np.array([box.xyxy() for box in boxes], dtype=np.float64).reshape(-1, 4)
    known = [TAXONOMY.class_id(name) for name in names]
    ids = [known[box.class_id] if box.class_id < len(known) else None for box in boxes]
    return xyxy * [*size, *size], np.array([-1 if it is None else it for it in ids], dtype=np.int64)


def class_ids(names: Sequence[str]) -> frozenset[int]:
    """The taxonomy's ids of class names."""
    return frozenset(TAXONOMY.class_names.index(name) for name in names)


def _over(detect: Detect, pictures: Sequence[Pixels]) -> Callable[[], object]:
    return lambda: [detect(bgr) for bgr in pictures]


if __name__ == "__main__":
    main()
