"""All rules of one source, fed look by look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from detector.geometry.zone import Zone, ZoneKind
from detector.geometry.zones import foot_share
from detector.looks import Boxes, LookBoxes
from detector.observation import RuleVersion
from detector.rules import (
    cable,
    exposed_garbage,
    garbage_overflow,
    lasting,
    parking,
    stall,
    state,
)
from detector.rules.carry import Carry
from detector.rules.finding import Finding
from detector.rules.hiding import occluders
from detector.rules.lasting import SeenRule
from detector.rules.membership import Area, Areas
from detector.rules.past import Past
from detector.rules.sound import cut_off, picked, sound
from detector.rules.stays import StayRule
from detector.taxonomy import Kind

LASTING = (garbage_overflow.RULE, exposed_garbage.RULE, stall.RULE, cable.RULE)
RULES: tuple[RuleVersion, ...] = (parking.RULE, *(lasting.rule for lasting in LASTING))
PARKING = (Kind.ILLEGAL_PARKING, Kind.NON_MOTOR_PARKING)


class Rulebook:
    """The rules that apply to one source.

    `fixed_camera`: the view stands still. `least_looks`: 1 for a photo, 2 for anything that
    lasts. `zones` are in pixels of the looks that will come, each with a name of its own. A stay
    outlasts `gap_s` seconds without a look at it.
    """

    def __init__(
        self,
        zones: Sequence[Zone],
        *,
        fixed_camera: bool,
        least_looks: int,
        gap_s: float = 300.0,
    ) -> None:
        self._zones = tuple(zones)
        self._gap_s = gap_s
        self._past = Past(gap_s)
        self._latest_s: float | None = None
        self._lasting = {it.kind: it for it in LASTING} if fixed_camera and least_looks > 1 else {}
        self._stays = {
            kind: StayRule(parking.watched(kind, gap_s), self._areas(kind), self._past)
            for kind in PARKING
        } | {
            kind: StayRule(lasting.watched(it, gap_s, least_looks), self._areas(kind), self._past)
            for kind, it in self._lasting.items()
        }
        self._seen = {
            it.kind: SeenRule(it, least_looks=least_looks, past=self._past)
            for it in LASTING
            if it.kind not in self._lasting
        }

    def see(self, look: LookBoxes) -> list[Finding]:
        """Take in a look; returns what it showed to be over.

        A look that is not later than the one before it says nothing.
        """
        latest_s = self._latest_s
        if not isfinite(look.t_s) or (latest_s is not None and look.t_s <= latest_s):
            return []
        findings: list[Finding] = []
        if latest_s is not None and look.t_s - latest_s > self._gap_s:
            findings = [it for rule in self._rules for it in rule.lose_all()]
            self._past.clear()
        self._latest_s = look.t_s
        real = replace(look, boxes=picked(look.boxes, sound(look.boxes, look.size)))
        ignored = [zone for zone in self._zones if _is_ignored(zone, look)]
        regarded = replace(real, boxes=_regarded(real.boxes, ignored))
        cut, areas = cut_off(regarded), [Area(zone, 0.0) for zone in ignored]
        findings += [it for rule in self._seen.values() for it in rule.see(regarded, cut)]
        findings += [it for rule in self._stays.values() for it in rule.see(regarded, cut, areas)]
        if not look.repeated:
            # Who missed a thing then misses it here again.
            self._past.add(look, real.boxes.xyxy[occluders(real)])
        return findings

    def ongoing(self) -> list[Finding]:
        """What is a violation now and is not over."""
        return [it for rule in self._rules for it in rule.ongoing()]

    def finish(self) -> list[Finding]:
        """What was still going on when the footage ended."""
        return [it for rule in self._rules for it in rule.finish()]

    def moments(self) -> set[float]:
        """Stream seconds of the looks whose pictures may yet be evidence."""
        return set().union(*(rule.moments() for rule in self._rules))

    def state(self) -> bytes:
        """All that is remembered, as JSON that `restore` takes up."""
        return state.written(
            state.Saved(
                made_for=self._made_for,
                latest_s=self._latest_s,
                past=self._past.saved(),
                stays={kind: rule.saved() for kind, rule in self._stays.items()},
                seen={kind: rule.saved() for kind, rule in self._seen.items()},
            )
        )

    def restore(self, saved: bytes) -> None:
        """Go on where `state` was taken.

        Raises ValueError when it is no state of these rules with zones of these kinds and names.
        """
        found = state.read(saved)
        if found.made_for != self._made_for:
            raise ValueError(f"the state was made for {found.made_for}, not for {self._made_for}")
        self._latest_s = found.latest_s
        self._past.restore(found.past)
        for kind, stays in found.stays.items():
            self._stays[kind].restore(stays)
        for kind, places in found.seen.items():
            self._seen[kind].restore(places)

    def move(self, zones: Sequence[Zone], matrix: NDArray[np.floating]) -> None:
        """The view was nudged: other zones, and all places go from old to new pixels.

        `matrix` (3, 3) is the homography; raises ValueError when it is none.
        """
        carry = Carry(matrix)
        self._zones = tuple(zones)
        for kind, rule in self._stays.items():
            rule.move(self._areas(kind), carry)
        self._past.move(carry)

    @property
    def _rules(self) -> list[StayRule | SeenRule]:
        return [*self._seen.values(), *self._stays.values()]

    @property
    def _made_for(self) -> str:
        """What a state must fit: rules, the sort of source, zones by kind and name."""
        rules = " ".join(f"{rule.name}@{rule.version}" for rule in RULES)
        kinds = " ".join(self._seen)
        zones = ", ".join(f"{zone.kind} {zone.name}" for zone in self._zones)
        return f"{rules}; seen only: {kinds or 'none'}; zones: {zones or 'none'}"

    def _areas(self, kind: Kind) -> Areas:
        if kind in PARKING:
            return parking.areas(kind, self._zones)
        return lasting.areas(self._lasting[kind], self._zones)


def _is_ignored(zone: Zone, look: LookBoxes) -> bool:
    return zone.kind is ZoneKind.IGNORE and zone.in_force(look.at)


def _regarded(boxes: Boxes, ignored: Sequence[Zone]) -> Boxes:
    keep = np.ones(len(boxes), dtype=bool)
    for zone in ignored:
        inside = foot_share(boxes.xyxy, zone.polygon) >= zone.least_foot_share
        keep &= ~(inside & np.isin(boxes.class_id, list(zone.class_ids)))
    return Boxes(boxes.xyxy[keep], boxes.class_id[keep], boxes.confidence[keep])
