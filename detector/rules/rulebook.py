"""All rules of one source, fed look by look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from detector.geometry.zone import Zone, ZoneKind
from detector.geometry.zones import foot_share
from detector.looks import Boxes, LookBoxes
from detector.observation import RuleVersion
from detector.rules import cable, exposed_garbage, garbage_overflow, parking, stall
from detector.rules.finding import Finding
from detector.rules.lasting import LastingRule

LASTING = (garbage_overflow.RULE, exposed_garbage.RULE, stall.RULE, cable.RULE)
RULES: tuple[RuleVersion, ...] = (parking.RULE, *(lasting.rule for lasting in LASTING))


class Rule(Protocol):
    """Looks in, findings out."""

    def see(self, look: LookBoxes) -> list[Finding]:
        """Take in a look; returns what it showed to be over."""
        ...

    def finish(self) -> list[Finding]:
        """What was still going on when the footage ended."""
        ...


class Rulebook:
    """The rules that apply to one source.

    `fixed_camera`: the view stands still. `least_looks`: 1 for a photo, 2 for anything that
    lasts. `zones` are in pixels of the looks that will come.
    """

    def __init__(self, zones: Sequence[Zone], *, fixed_camera: bool, least_looks: int) -> None:
        self._ignored = [zone for zone in zones if zone.kind is ZoneKind.IGNORE]
        parking_zones = [zone for zone in zones if zone.kind is ZoneKind.NO_PARKING]
        self._rules: list[Rule] = [
            LastingRule(lasting, least_looks=least_looks, fixed_camera=fixed_camera)
            for lasting in LASTING
        ]
        self._rules += [parking.ParkingRule(zone) for zone in parking_zones]

    def see(self, look: LookBoxes) -> list[Finding]:
        """Take in a look; returns what it showed to be over."""
        regarded = replace(look, boxes=self._regarded(look.boxes))
        return [finding for rule in self._rules for finding in rule.see(regarded)]

    def finish(self) -> list[Finding]:
        """What was still going on when the footage ended."""
        return [finding for rule in self._rules for finding in rule.finish()]

    def _regarded(self, boxes: Boxes) -> Boxes:
        keep = np.ones(len(boxes), dtype=bool)
        for zone in self._ignored:
            inside = foot_share(boxes.xyxy, zone.polygon) >= zone.least_foot_share
            keep &= ~(inside & np.isin(boxes.class_id, list(zone.class_ids)))
        return Boxes(boxes.xyxy[keep], boxes.class_id[keep], boxes.confidence[keep])
