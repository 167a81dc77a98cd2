"""Clips with known stays: zones, stays and how long each lasts, without pictures."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from detector.geometry.zone import Zone, ZoneKind
from detector.geometry.zones import Corners, zone_polygon
from detector.looks import Size
from detector.observation import BoxXyxy
from detector.taxonomy import TAXONOMY, Kind

AFTER_LAST_STAY_S = 60.0
"""A clip lasts so long after its last stay: long enough to see the place empty."""

WITHOUT_STAYS_S = 300.0
DWELL_S = 10.0

LEAST_FOOT_SHARE = 0.3
"""The source counts a vehicle from 0.3 of its box; we measure on the foot, the lower third. The
stays of the source have 0.30 to 1.00 of the box and 0.58 to 1.00 of the foot in the zone, so that
0.3 shuts none out either way."""

MOTOR_VEHICLES = TAXONOMY.class_ids_of(Kind.ILLEGAL_PARKING)


@dataclass(frozen=True)
class Stay:
    """A vehicle that stood: stream seconds, xyxy in pixels."""

    start_s: float
    end_s: float
    box: BoxXyxy
    class_id: int


@dataclass(frozen=True)
class Clip:
    """One clip; `zones` are corners in pixels of `size`."""

    name: str
    size: Size
    zones: tuple[Corners, ...]
    stays: tuple[Stay, ...]

    @property
    def length_s(self) -> float:
        """Until `AFTER_LAST_STAY_S` after the last stay; `WITHOUT_STAYS_S` where there is none."""
        ends = [stay.end_s for stay in self.stays]
        return max(ends) + AFTER_LAST_STAY_S if ends else WITHOUT_STAYS_S

    def no_parking(self) -> list[Zone]:
        """The zones as no-parking zones for all motor vehicles."""
        return [
            no_parking(f"zone {number}", corners, DWELL_S, LEAST_FOOT_SHARE)
            for number, corners in enumerate(self.zones, 1)
        ]


def no_parking(name: str, corners: Corners, dwell_s: float, least_foot_share: float) -> Zone:
    """A no-parking zone for all motor vehicles."""
    polygon = zone_polygon(corners)
    return Zone(name, ZoneKind.NO_PARKING, polygon, dwell_s, MOTOR_VEHICLES, None, least_foot_share)


def read_clips(folder: Path) -> list[Clip]:
    """All clips of a folder, by name."""
    return [_clip(path) for path in sorted(folder.glob("*.json"))]


def _clip(path: Path) -> Clip:
    told = json.loads(path.read_text(encoding="utf-8"))
    width, height = told["size"]
    return Clip(
        name=told["clip"],
        size=Size(width, height),
        zones=tuple(tuple((x, y) for x, y in zone["polygon"]) for zone in told["zones"]),
        stays=tuple(
            Stay(stay["start_s"], stay["end_s"], _box(stay["box"]), vehicle(stay["cls"]))
            for stay in told["stays"]
        ),
    )


def _box(corners: list[float]) -> BoxXyxy:
    x1, y1, x2, y2 = map(float, corners)
    return (x1, y1, x2, y2)


def vehicle(name: str) -> int:
    """The class of a vehicle by name; KeyError when it is none of ours."""
    number = TAXONOMY.class_id(name)
    if number is None:
        raise KeyError(f"{name} is no class of ours")
    return number
