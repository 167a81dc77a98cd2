"""Zones seen at full size, and looks that a motion gate saves: what is found, missed and spent.

    python -m benchmarks.parts [--model FILE] [--out FILE]

Recall is measured on pictures of 1920 x 1080 made of real labelled ones: those of garbage whose
scenes the released model was not trained on, frames from a motorcycle and of a traffic camera (both
trained on, so only the differences say something), shrunk until what is labelled is about 40 px
wide, and laid on an enlarged street. Zones are drawn loosely around what is labelled, and one in
each picture where nothing is. What stands in a zone counts, and nothing else. The peer is
supervision's InferenceSlicer on the whole picture. For the gate see `benchmarks.parts_gate`.
"""

from __future__ import annotations

import argparse
import math
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from time import process_time
from typing import TypeAlias

import numpy as np
import supervision as sv
from numpy.typing import NDArray

from benchmarks.machine import describe_machine, write_result
from benchmarks.parts_gate import measure_gate
from benchmarks.parts_noticed import noticed
from benchmarks.parts_scenes import Watched, scenes
from benchmarks.pictures import SHARED
from benchmarks.slices import Scene, Tally, by_bin, class_ids, judge, sliced_by_peer, total
from detector.geometry.zone import Zone
from detector.geometry.zones import foot_share
from detector.looks import Boxes, Picture, Size
from detector.model import Model, load_model
from detector.model.mosaic import Mosaic
from detector.scene.looking import regions_of

RESULTS = Path(__file__).parent / "results" / "parts.json"
WIDTHS_PX = (16.0, 32.0, 48.0, 64.0, 128.0, math.inf)
GARBAGE = ("garbage_pile", "garbage_bin", "garbage_overflow")
TRAFFIC = ("car", "bus", "motorcycle", "bicycle", "person", "truck")
PEER = "InferenceSlicer, IOU"

See: TypeAlias = Callable[[Watched, Mosaic], Boxes]


def main(argv: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--out", type=Path, default=RESULTS)
    args = parser.parse_args(argv)
    if not SHARED.is_dir():
        raise SystemExit(f"no pictures at {SHARED}: lay the shared material beside the checkout")
    model = load_model(args.model)
    result: dict[str, object] = {
        "machine": describe_machine(),
        "model": {"version": model.version, "sha256": model.sha256, "engine": model.engine},
        "input_size_px": model.input_size,
        "confidence": "the release thresholds",
        "match_iou": 0.5,
    }
    for name, classes in (("garbage", GARBAGE), ("street", TRAFFIC), ("camera", TRAFFIC)):
        result[name] = measure(name, model, list(scenes(name)), classes)
    result["gate"] = measure_gate(model)
    result["noticed_by_the_gate"] = noticed(model.input_size)
    write_result(args.out, result)


def measure(
    name: str, model: Model, pictures: list[Watched], classes: Sequence[str]
) -> dict[str, object]:
    """Recall in the zones, false boxes there and core time of each contestant."""
    # Made once for a camera, so their time is none of a look's.
    mosaics = [mosaic_for(model, it) for it in pictures]
    calls: Counter[str] = Counter()
    rows: dict[str, dict[str, object]] = {}
    spent: dict[str, float] = {}
    for who, see in contesting(model, calls).items():
        see(pictures[0], mosaics[0])
        seconds, tallies = [], []
        for it, mosaic in zip(pictures, mosaics, strict=True):
            started = process_time()
            boxes = see(it, mosaic)
            seconds.append(process_time() - started)
            tallies.append(judge(standing(boxes, it.zones), _truth(it), class_ids(classes)))
        rows[who] = _row(total(tallies), len(pictures))
        spent[who] = sum(seconds) / len(seconds)
    print(f"{name}: {len(pictures)} pictures")
    for who, row in rows.items():
        row["core_ms_a_look"] = round(spent[who] * 1000, 1)
        row["core_time_ratio"] = round(spent[who] / spent["whole picture"], 2)
        print(f"  {who:<24} {row}")
    return {
        "pictures": len(pictures),
        "zones": sum(len(it.zones) for it in pictures),
        "canvases_a_look": round(float(np.mean([len(it.canvases) for it in mosaics])), 2),
        "median_scale": round(median(it.scale for it in mosaics), 3),
        "at_native_resolution": sum(it.scale == 1 and it.whole is None for it in mosaics),
        "contestants": rows,
    }


def contesting(model: Model, calls: Counter[str]) -> dict[str, See]:
    """Who looks; the peer counts its calls of the network in `calls`."""
    peer = sliced_by_peer(model, sv.OverlapMetric.IOU, PEER, calls)
    return {
        "whole picture": lambda it, _: model.detect_boxes([it.scene.bgr])[0],
        "zone parts": lambda it, mosaic: _parts(model, it, mosaic),
        "whole and zone parts": lambda it, mosaic: _parts(model, it, mosaic.with_whole()),
        "whole and all tiles": lambda it, _: model.detect_boxes([it.scene.bgr], slices=True)[0],
        PEER: lambda it, _: peer(it.scene.bgr),
    }


def _parts(model: Model, it: Watched, mosaic: Mosaic) -> Boxes:
    return mosaic.merge(model.detect_boxes(mosaic.cut(Picture.from_bgr(it.scene.bgr))))


def mosaic_for(model: Model, it: Watched) -> Mosaic:
    """What the model sees of a picture's zones."""
    size = Size(it.scene.bgr.shape[1], it.scene.bgr.shape[0])
    regions = regions_of(it.zones, size, model.input_size)
    return Mosaic.of(size, regions, model.input_size, model.fixed_input)


def standing(boxes: Boxes, zones: Sequence[Zone]) -> Boxes:
    """The boxes that stand in a zone."""
    inside = _inside(boxes.xyxy, zones)
    return Boxes(boxes.xyxy[inside], boxes.class_id[inside], boxes.confidence[inside])


def _truth(it: Watched) -> Scene:
    inside = _inside(it.scene.xyxy, it.zones)
    return Scene(it.scene.bgr, it.scene.xyxy[inside], it.scene.class_id[inside])


def _inside(xyxy: NDArray[np.floating], zones: Sequence[Zone]) -> NDArray[np.bool_]:
    shares = [foot_share(xyxy, zone.polygon) >= zone.least_foot_share for zone in zones]
    return np.asarray(np.any(shares, axis=0), dtype=np.bool_)


def _row(tally: Tally, pictures: int) -> dict[str, object]:
    hits = int(tally.found.sum())
    return {
        "recall": round(hits / len(tally.found), 3),
        "recall_by_width_px": by_bin(tally.widths_px, tally.found, WIDTHS_PX),
        "precision": round(hits / max(1, hits + tally.doubles + tally.false), 3),
        "doubles_a_picture": round(tally.doubles / pictures, 2),
        "false_a_picture": round(tally.false / pictures, 2),
    }


if __name__ == "__main__":
    main()
