"""Looks that the motion gate saves on fixed footage, and changes that it misses.

Each picture is examined as if there were no gate, and the gate is asked beside. It misses a change
where it says that nothing changed although a box of at least 0.5 stands in a zone that was not
there, not even at 0.25, when a picture was last examined, or the other way round. Peers are
differences of smoothed pictures beyond a fixed threshold, as tutorials on motion detection have
it, and OpenCV's MOG2; what must differ is as large for them as for the gate.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import process_time
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from shapely.geometry import Polygon, box

from benchmarks.pictures import SHARED
from detector.geometry.boxes import iou_matrix
from detector.geometry.zone import Zone, ZoneKind
from detector.geometry.zones import foot_share
from detector.looks import Boxes, Picture, Pixels, Size
from detector.model import Model
from detector.scene.looking import LookPlanner, LookSettings, MotionGate, PlanKind
from detector.scene.looking.gate import DIFFERING, Levels, block_px
from detector.scene.looking.regions import watched_blocks
from detector.taxonomy import TAXONOMY
from training.pictures import read_picture

VIDEO, CAMERA = SHARED / "video", SHARED / "data" / "traffic_camera"
SURE, UNSURE, SAME_IOU = 0.5, 0.25, 0.4
FIXED_LEVELS = (10, 25)
SMOOTHED_PX = 21
CAMERA_PICTURES = 400

Ask: TypeAlias = Callable[[Picture], bool]


@dataclass(frozen=True)
class Footage:
    """Pictures of a fixed camera with their seconds, and its zones in pixels."""

    pictures: list[Pixels]
    times_s: list[float]
    zones: tuple[Zone, ...]

    @property
    def size(self) -> Size:
        """Of all pictures."""
        return Size(self.pictures[0].shape[1], self.pictures[0].shape[0])


@dataclass
class Contestant:
    """Says whether a picture differs from the last one that `examined` was told of."""

    changed: Ask
    examined: Callable[[], None]
    seconds: list[float] = field(default_factory=list)


def measure_gate(model: Model) -> dict[str, object]:
    """Looks saved and changes missed on all footage, and what is noticed in 1080p pictures."""
    result: dict[str, object] = {}
    for name, footage in fixed_footage():
        boxes = model.detect_boxes(footage.pictures, UNSURE)
        rows = {
            who: _row(contestant, footage, boxes)
            for who, contestant in contestants(footage, model.input_size).items()
        }
        rows["planner"] = planned(footage, boxes, model.input_size)
        result[name] = {"looks": len(boxes), "size": list(footage.size), "contestants": rows}
        print(f"gate, {name}: {len(boxes)} looks")
        for who, row in rows.items():
            print(f"  {who:<24} {row}")
    return result


def fixed_footage() -> Iterator[tuple[str, Footage]]:
    """Day and night time-lapse, a junction, a car park aisle, free flow and camera pictures."""
    stops = _zones_of_camera()
    for when in ("day", "night"):
        clip = f"timelapse_busstop_{when}_ourcamera"
        with (VIDEO / f"{clip}.times.csv").open(encoding="utf-8", newline="") as table:
            times = [float(row["t_s_real"]) for row in csv.DictReader(table)]
        pictures = _frames(VIDEO / f"{clip}.mp4", 1)
        yield f"time-lapse, {when}", Footage(pictures, times[: len(pictures)], stops)
    kerb = zones_of(box(335, 92, 375, 116), box(405, 102, 450, 136))
    yield "junction, kerb", _clip("signalled_road_opendatacam", 15, 0.5, kerb)
    aisle = zones_of(box(60, 200, 360, 420), box(420, 40, 740, 200))
    yield "car park aisle", _clip("parking_aisle_intel_car_detection", 5, 0.4, aisle)
    yield "traffic camera", _camera_pictures(stops)


def contestants(footage: Footage, input_px: int) -> dict[str, Contestant]:
    """Fresh ones for a camera with these zones."""
    side = block_px(footage.size)
    watched = watched_blocks(footage.zones, footage.size, input_px, side)
    mask = np.zeros(footage.size[::-1], dtype=np.uint8)
    for zone in footage.zones:
        cv2.fillPoly(mask, [np.array(zone.polygon.exterior.coords).astype(np.int32)], 1)
    fixed = {f"fixed threshold {level}": _fixed(level, mask) for level in FIXED_LEVELS}
    return {"gate": _ours(watched, footage.size), **fixed, "MOG2": _mog2(mask)}


def _ours(watched: NDArray[np.bool_], size: Size) -> Contestant:
    gate = MotionGate(watched, size)
    last: list[Levels] = []

    def changed(picture: Picture) -> bool:
        last[:] = [gate.glance(picture)]
        return gate.changed(last[0])

    return Contestant(changed, lambda: gate.examined(last[0]))


def _fixed(level: int, mask: Pixels) -> Contestant:
    """Differences of smoothed pictures in the zones, beyond a fixed threshold."""
    kept: dict[str, Pixels] = {}

    def changed(picture: Picture) -> bool:
        grey = cv2.cvtColor(picture.bgr, cv2.COLOR_BGR2GRAY)
        kept["now"] = np.asarray(cv2.GaussianBlur(grey, (SMOOTHED_PX, SMOOTHED_PX), 0), np.uint8)
        if "examined" not in kept:
            return True
        off = cv2.absdiff(kept["now"], kept["examined"])
        return _large_part(np.asarray((off > level) & (mask > 0), dtype=np.uint8))

    return Contestant(changed, lambda: kept.update(examined=kept["now"]))


def _mog2(mask: Pixels) -> Contestant:
    """OpenCV's background model in the zones, with its defaults."""
    background = cv2.createBackgroundSubtractorMOG2(detectShadows=False)

    def changed(picture: Picture) -> bool:
        front = background.apply(cv2.GaussianBlur(picture.bgr, (5, 5), 0))
        return _large_part(np.asarray((front > 0) & (mask > 0), dtype=np.uint8))

    return Contestant(changed, lambda: None)


def _large_part(differs: Pixels) -> bool:
    """Whether any connected part is as large as what the gate must see differ."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(differs)
    side = block_px(Size(differs.shape[1], differs.shape[0]))
    return bool(stats[1:, cv2.CC_STAT_AREA].max(initial=0) >= DIFFERING * side**2)


def _row(contestant: Contestant, footage: Footage, boxes: list[Boxes]) -> dict[str, object]:
    """One contestant alone: what it never saves or looks at again by the clock."""
    last: Boxes | None = None
    saved = changes = missed = 0
    for bgr, now in zip(footage.pictures, boxes, strict=True):
        picture = Picture.from_bgr(bgr)
        started = process_time()
        says = contestant.changed(picture)
        contestant.seconds.append(process_time() - started)
        truly = last is None or differ(last, now, footage.zones)
        changes += truly
        saved += not says
        missed += truly and not says
        if says or last is None:
            contestant.examined()
            last = now
    return {
        "saved": round(saved / len(boxes), 3),
        "changes": changes,
        "missed": missed,
        "core_ms_a_look": round(median(contestant.seconds) * 1000, 2),
    }


def planned(footage: Footage, boxes: list[Boxes], input_px: int) -> dict[str, object]:
    """The gate with the looks by the clock beside it, as cameras run."""
    planner = LookPlanner.of(footage.zones, footage.size, input_px, LookSettings())
    last: Boxes | None = None
    kinds: Counter[PlanKind] = Counter()
    missed = 0
    for t_s, bgr, now in zip(footage.times_s, footage.pictures, boxes, strict=True):
        plan = planner.plan(t_s, Picture.from_bgr(bgr))
        planner.examined(t_s, plan)
        kinds[plan.kind] += 1
        if plan.kind is not PlanKind.REPEAT:
            last = now
        missed += last is not None and differ(last, now, footage.zones)
    return {
        "saved": round(kinds[PlanKind.REPEAT] / kinds.total(), 3),
        "whole": kinds[PlanKind.WHOLE],
        "parts": kinds[PlanKind.PARTS],
        "missed": missed,
    }


def differ(then: Boxes, now: Boxes, zones: Sequence[Zone]) -> bool:
    """Whether a sure box in a zone has no match at all in the other picture."""
    return _alone(then, now, zones) or _alone(now, then, zones)


def _alone(some: Boxes, others: Boxes, zones: Sequence[Zone]) -> bool:
    inside = np.any([foot_share(some.xyxy, it.polygon) >= 0.5 for it in zones], axis=0)
    sure = some.xyxy[inside & (some.confidence >= SURE)]
    return bool((iou_matrix(sure, others.xyxy).max(axis=1, initial=0) < SAME_IOU).any())


def zones_of(*polygons: Polygon) -> tuple[Zone, ...]:
    """Zones of these polygons, in which everything counts."""
    every_class = frozenset(range(len(TAXONOMY.class_names)))
    return tuple(
        Zone(f"place {n}", ZoneKind.NO_PARKING, it, 0.0, every_class, None, 0.5)
        for n, it in enumerate(polygons)
    )


def _zones_of_camera() -> tuple[Zone, ...]:
    known = json.loads((CAMERA / "zones.json").read_text(encoding="utf-8"))
    return zones_of(*(Polygon(it["polygon"]).buffer(0) for it in known["zones"]))


def _clip(name: str, every: int, every_s: float, zones: tuple[Zone, ...]) -> Footage:
    pictures = _frames(VIDEO / f"{name}.mp4", every)
    return Footage(pictures, [n * every_s for n in range(len(pictures))], zones)


def _frames(video: Path, every: int) -> list[Pixels]:
    """One of `every` frames, BGR."""
    capture, found, number = cv2.VideoCapture(str(video)), [], 0
    while capture.grab():
        if number % every == 0:
            found.append(np.asarray(capture.retrieve()[1], dtype=np.uint8))
        number += 1
    return found


def _camera_pictures(zones: tuple[Zone, ...]) -> Footage:
    """Pictures of a camera in bursts a second apart, with minutes between bursts."""
    with (CAMERA / "timestamps.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))[:CAMERA_PICTURES]
    pictures = [read_picture(CAMERA / "images" / row["file"]) for row in rows]
    return Footage(pictures, [float(row["t_s"]) for row in rows], zones)
