"""The New York traffic camera: its pictures, zones, labelled vehicles and derived stays.

Pictures come in bursts of one a second with minutes between: their stamps are the clock. The
release trained on the first 70 % of them by time (`datasets/traffic_camera.yaml`: split by order,
train share 0.7), so only the rest is looked at here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import yaml

from benchmarks.events.clips import MOTOR_VEHICLES, vehicle
from benchmarks.events.matching import LEAST_IOU, Event, time_iou
from benchmarks.pictures import SHARED
from detector.geometry.boxes import iou_matrix
from detector.geometry.zone import Zone, ZoneKind
from detector.geometry.zones import zone_polygon
from detector.looks import Size
from detector.observation import BoxXyxy
from training.splits import by_order

FOLDER = SHARED / "data" / "traffic_camera"
SIZE = Size(352, 240)
SPLIT = Path(__file__).parents[2] / "datasets" / "traffic_camera.yaml"
NEW_YORK = ZoneInfo("America/New_York")

LEAST_FOOT_SHARE = 0.2
"""The truth asks for the box's centre, and the bike lanes are slivers, narrower than a truck: one
that stands in the left lane all the time has 0.22 of its foot there."""

VEHICLES = ("car", "truck", "bus", "ups", "police")

DAY_HOURS = (7, 17)
"""Local hours of daylight in December: sunrise about 7:15, sunset about 16:30."""


@dataclass(frozen=True)
class Shot:
    """One picture: stream seconds, aware local time, and the labelled vehicles (xyxy)."""

    path: Path
    t_s: float
    at: datetime
    vehicles: tuple[BoxXyxy, ...]

    @property
    def by_day(self) -> bool:
        """Whether it was taken in daylight."""
        return DAY_HOURS[0] <= self.at.hour < DAY_HOURS[1]


@dataclass(frozen=True)
class DerivedStay:
    """A stay derived from the labels; `zones` are those that hold its centre."""

    event: Event
    class_name: str
    zones: tuple[str, ...]

    @property
    def wanted(self) -> bool:
        """Whether it must be raised: in a zone, and no bus at the bus stop."""
        exempt = self.class_name == "bus" and self.zones == ("bus_stop",)
        return bool(self.zones) and not exempt


def unseen_shots() -> list[Shot]:
    """The pictures that the release did not train on, in order of time."""
    lines = (FOLDER / "detections.jsonl").read_text(encoding="utf-8").splitlines()
    told = [json.loads(line) for line in lines]
    share = yaml.safe_load(SPLIT.read_text(encoding="utf-8"))["split"]["train_share"]
    sides = by_order([Path(it["file"]).stem for it in told], share)
    return [
        Shot(
            FOLDER / "images" / it["file"],
            float(it["t"]),
            _local(it["file"]),
            tuple(_box(box[:4]) for box in it["boxes"] if box[4] in VEHICLES),
        )
        for it in told
        if sides[Path(it["file"]).stem] == "val"
    ]


def stays_from(first_s: float) -> list[DerivedStay]:
    """The derived stays from a time on; one that began before is cut there.

    Some vehicles were labelled twice and so have two stays at once: they count as one.
    """
    told = json.loads((FOLDER / "stays.json").read_text(encoding="utf-8"))["stays"]
    stays = [
        DerivedStay(
            Event(max(first_s, it["start_s"]), it["end_s"], _box(it["box"])),
            it["cls"],
            tuple(it["zones_by_centre"]),
        )
        for it in told
        if it["end_s"] > first_s
    ]
    return _without_twins(stays)


def _without_twins(stays: list[DerivedStay]) -> list[DerivedStay]:
    """The longer of two stays of one spot at one time."""
    kept: list[DerivedStay] = []
    for stay in sorted(stays, key=lambda it: -it.event.length_s):
        if not any(_one_vehicle(stay.event, other.event) for other in kept):
            kept.append(stay)
    return sorted(kept, key=lambda it: (it.event.start_s, it.event.box))


def _one_vehicle(a: Event, b: Event) -> bool:
    overlap = float(iou_matrix([a.box], [b.box])[0, 0])
    return overlap >= LEAST_IOU and time_iou(a, b) > 0


def unlabelled_areas() -> list[BoxXyxy]:
    """Where the labels leave vehicles out (`datasets/traffic_camera.md`), xyxy in pixels."""
    told = yaml.safe_load(SPLIT.read_text(encoding="utf-8"))["ignore"]
    return [_box((np.array(it["xyxy"]) * [*SIZE, *SIZE]).tolist()) for it in told]


def zones(dwell_s: float, least_foot_share: float) -> list[Zone]:
    """The camera's zones; buses may stand at the bus stop."""
    told = json.loads((FOLDER / "zones.json").read_text(encoding="utf-8"))["zones"]
    bus = frozenset({vehicle("bus")})
    return [
        Zone(
            it["name"],
            ZoneKind.NO_PARKING,
            zone_polygon([(x, y) for x, y in it["polygon"]]),
            dwell_s,
            MOTOR_VEHICLES - bus if it["name"] == "bus_stop" else MOTOR_VEHICLES,
            None,
            least_foot_share,
        )
        for it in told
    ]


def _local(file: str) -> datetime:
    return datetime.strptime(Path(file).stem, "%Y%m%d_%H%M%S_%f").replace(tzinfo=NEW_YORK)


def _box(corners: list[float]) -> BoxXyxy:
    x1, y1, x2, y2 = map(float, corners)
    return (x1, y1, x2, y2)
