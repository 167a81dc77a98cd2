"""A zone in the pixels of one picture, as rules and pictures use it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from shapely.geometry import Polygon


class ZoneKind(StrEnum):
    """What a zone means."""

    NO_PARKING = "no_parking"
    NO_STALL = "no_stall"
    KEEP_CLEAR = "keep_clear"
    BIN_POINT = "bin_point"
    CABLE_WATCH = "cable_watch"
    TRAFFIC_LANE = "traffic_lane"
    IGNORE = "ignore"


InForce: TypeAlias = Callable[[datetime | None], bool]
"""Whether a zone's rule holds at an aware time; None where the footage has no clock."""


def always(_at: datetime | None) -> bool:
    """A rule without hours holds at any time."""
    return True


@dataclass(frozen=True)
class Zone:
    """A named polygon in pixels with what its rule needs.

    `class_ids` are the classes that count, without the exempt ones; a box counts when
    `least_foot_share` of its foot lies inside and its longer side has `least_size_px`; it may
    stand for `dwell_s` while the zone is `in_force`.
    """

    name: str
    kind: ZoneKind
    polygon: Polygon
    dwell_s: float
    class_ids: frozenset[int]
    sub_kind: str | None
    least_foot_share: float
    least_size_px: float = 0.0
    in_force: InForce = always
