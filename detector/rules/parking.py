"""Illegal parking: a motor vehicle that stands in a no-parking zone longer than the zone allows.

Position, not motion, decides: a vehicle stands as long as its box stays on the box it arrived
with. Passing and creeping vehicles leave it and never reach the limit.
"""

from __future__ import annotations

import numpy as np

from detector.geometry.zone import Zone
from detector.geometry.zones import foot_share
from detector.looks import LookBoxes
from detector.observation import EvidenceRole, RuleVersion, State
from detector.rules.finding import Finding, Sighting
from detector.rules.place import Place
from detector.rules.places import Closed, Matching, Places, distinct
from detector.taxonomy import TAXONOMY, Kind

RULE = RuleVersion(name="parking", version="1")
STANDING = Matching(least_iou=0.55, anchored=True)
ONE_VEHICLE_IOU = 0.7
"""Two boxes that overlap by more are one vehicle seen as car and truck at once."""

LEAST_LOOKS = 3
"""Two looks minutes apart may show two vehicles; one between them makes that unlikely."""


class ParkingRule:
    """Stays in one no-parking zone."""

    def __init__(self, zone: Zone) -> None:
        self._zone = zone
        self._places = Places(STANDING)
        self._limits: dict[int, Sighting] = {}

    def see(self, look: LookBoxes) -> list[Finding]:
        """Take in a look; returns the stays that it showed to be over."""
        closed = self._places.see(look, self._vehicles(look))
        findings = self._report(closed)
        self._note_limits()
        return findings

    def finish(self) -> list[Finding]:
        """The stays that were still going on when the footage ended."""
        return self._report([Closed(place, State.ONGOING) for place in self._places.open()])

    def _vehicles(self, look: LookBoxes) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
        boxes = look.boxes
        inside = np.isin(boxes.class_id, list(self._zone.class_ids))
        candidates = np.flatnonzero(inside)
        shares = foot_share(boxes.xyxy[candidates], self._zone.polygon)
        return distinct(boxes, candidates[shares >= self._zone.least_foot_share], ONE_VEHICLE_IOU)

    def _note_limits(self) -> None:
        for place in self._places.open():
            if id(place) not in self._limits and self._dwell_s(place) >= self._zone.dwell_s:
                self._limits[id(place)] = place.last

    def _report(self, closed: list[Closed]) -> list[Finding]:
        over = [stay for stay in closed if self._is_violation(stay.place)]
        findings = [self._finding(stay) for stay in over]
        for stay in closed:
            self._limits.pop(id(stay.place), None)
        return findings

    def _finding(self, stay: Closed) -> Finding:
        place = stay.place
        limit = self._limits.get(id(place), place.last)
        moments = [
            (EvidenceRole.ARRIVAL, place.first),
            (EvidenceRole.LIMIT, limit),
            (EvidenceRole.LATEST, place.last),
        ]
        if stay.state is State.ENDED and place.gone is not None:
            moments.append((EvidenceRole.DEPARTURE, place.gone))
        kind = TAXONOMY.kind(Kind.ILLEGAL_PARKING)
        return Finding(
            rule=RULE,
            kind=Kind.ILLEGAL_PARKING,
            sub_kind=self._zone.sub_kind or kind.default_sub_kind,
            zone=self._zone.name,
            state=stay.state,
            first=place.first,
            best=place.best,
            last=place.last,
            looks=place.looks,
            arrival_known=place.arrival_known,
            last_clear_at=place.last_clear_at,
            moments=tuple(moments),
        )

    def _is_violation(self, place: Place) -> bool:
        return place.looks >= LEAST_LOOKS and self._dwell_s(place) >= self._zone.dwell_s

    @staticmethod
    def _dwell_s(place: Place) -> float:
        return place.last.t_s - place.first.t_s
