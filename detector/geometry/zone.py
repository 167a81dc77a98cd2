"""A zone in the pixels of one picture, as rules and pictures use it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shapely.geometry import Polygon


class ZoneKind(StrEnum):
    """What a zone means."""

    NO_PARKING = "no_parking"
    IGNORE = "ignore"


@dataclass(frozen=True)
class Zone:
    """A named polygon in pixels with what its rule needs.

    `class_ids` are the classes that count, without the exempt ones; a box counts when
    `least_foot_share` of its foot lies inside; it may stand for `dwell_s`.
    """

    name: str
    kind: ZoneKind
    polygon: Polygon
    dwell_s: float
    class_ids: frozenset[int]
    sub_kind: str | None
    least_foot_share: float
