"""Illegal parking: a vehicle that stands where it may not longer than the zone allows.

Position, not motion, decides: a vehicle stands as long as its box stays on the box it arrived
with. Passing and creeping vehicles leave it and never reach the limit. Vehicles are followed all
over the picture, so that zones that overlap tell one stay once and a queue is seen beyond its
zone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.geometry.zone import Zone, ZoneKind
from detector.looks import LookBoxes
from detector.observation import RuleVersion
from detector.rules.hiding import occluders
from detector.rules.matching import Matching, Reference
from detector.rules.membership import Area, Areas
from detector.rules.sound import groups
from detector.rules.watched import Watched
from detector.taxonomy import TAXONOMY, Kind

RULE = RuleVersion(name="parking", version="2")

ONE_VEHICLE_IOU = 0.7
"""Two boxes that overlap by more are one vehicle seen as car and truck at once."""

LEAST_LOOKS = 3
"""Two looks minutes apart may show two vehicles; one between them makes that unlikely."""

ZONES = (ZoneKind.NO_PARKING, ZoneKind.KEEP_CLEAR)


@dataclass(frozen=True, slots=True)
class Vehicles:
    """The boxes of one kind's vehicles."""

    kind: Kind

    def __call__(self, look: LookBoxes) -> NDArray[np.intp]:
        """Their indices in a look, without boxes too large to be one vehicle."""
        mine = np.isin(look.boxes.class_id, list(TAXONOMY.class_ids_of(self.kind)))
        plausible = np.zeros(len(look.boxes), dtype=bool)
        plausible[occluders(look)] = True
        return np.flatnonzero(mine & plausible & ~groups(look.boxes))


def standing(longest_gap_s: float) -> Matching:
    """How vehicles are matched."""
    return Matching(least_iou=0.55, reference=Reference.SETTLED, longest_gap_s=longest_gap_s)


def watched(kind: Kind, longest_gap_s: float) -> Watched:
    """The rule for motor vehicles (`ILLEGAL_PARKING`) or others (`NON_MOTOR_PARKING`)."""
    motor = kind is Kind.ILLEGAL_PARKING
    return Watched(
        rule=RULE,
        kind=kind,
        select=Vehicles(kind),
        matching=standing(longest_gap_s),
        one_iou=ONE_VEHICLE_IOU,
        least_looks=LEAST_LOOKS,
        sub_kinds=((ZoneKind.KEEP_CLEAR, "parking.motor.fire_lane"),) if motor else (),
        queues=True,
    )


def areas(kind: Kind, zones: Sequence[Zone]) -> Areas:
    """The zones where vehicles of a kind may not stand, and the lanes where they wait."""
    mine = [zone for zone in zones if zone.class_ids & TAXONOMY.class_ids_of(kind)]
    lanes = [zone for zone in mine if zone.kind is ZoneKind.TRAFFIC_LANE]
    return Areas(
        [Area(zone, zone.dwell_s) for zone in mine if zone.kind in ZONES],
        [Area(zone, 0.0) for zone in lanes],
    )
