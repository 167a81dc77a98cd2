"""A rule about things that stand: each is a finding when it has stood for its zone's limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from detector.looks import LookBoxes
from detector.observation import State
from detector.rules import queue, settling
from detector.rules.carry import Carry
from detector.rules.finding import Finding
from detector.rules.matching import distinct
from detector.rules.membership import Area, Areas, Hours, judge, within
from detector.rules.past import Past
from detector.rules.place import Place, references
from detector.rules.places import Closed, Places
from detector.rules.stay import Left, SavedStays, Stay, finding_of
from detector.rules.watched import Watched


class StayRule:
    """Things of one kind that stand in the areas of one view."""

    def __init__(self, watched: Watched, areas: Areas, past: Past) -> None:
        self._watched = watched
        self._areas = areas.counting
        self._lanes = areas.waiting
        self._places = Places(watched.matching, past, watched.never_hide)
        self._hours, self._lane_hours = Hours(self._areas), Hours(self._lanes)
        self._neighbours = queue.Neighbours()
        self._stays: dict[int, Stay] = {}
        self._left: list[Left] = []

    def see(
        self, look: LookBoxes, cut: NDArray[np.bool_], ignored: Sequence[Area] = ()
    ) -> list[Finding]:
        """Take in a look; returns the stays that it showed to be over.

        `cut` (n,) are the boxes that show a piece of a thing only. What stands in an area that is
        `ignored` is not in the look: it is lost, and not gone.
        """
        if not self._areas:
            return []
        watched = self._watched
        found = watched.select(look)
        candidates = distinct(look.boxes, found, watched.one_iou, watched.one_inside)
        self._hours.see(look)
        self._lane_hours.see(look)
        closed = self._places.lose(_standing_in(ignored, self._places.open()))
        closed += self._places.see(look, candidates, watched.open_question(look), cut)
        self._note_limits()
        findings = self._close(closed) + self._resolve(look.t_s)
        self._neighbours.forget(look.t_s)
        return findings

    def lose_all(self) -> list[Finding]:
        """Nobody looked for too long: what stood then is out of sight."""
        return self._close(self._places.close_all()) + self._resolve(None)

    def ongoing(self) -> list[Finding]:
        """The stays over their limit that are not over.

        Not while it is open whether what stood there when the limit passed is the same thing.
        """
        return [
            finding_of(self._watched, place, State.ONGOING, stay)
            for place in self._places.open()
            if (stay := self._stays.get(place.number)) is not None
            and stay.limit is not None
            and stay.hold is None
            and (place.earlier is None or stay.limit.t_s <= place.earlier.last.t_s)
        ]

    def finish(self) -> list[Finding]:
        """All that is over its limit when the footage ends."""
        findings = []
        others = self._neighbours.all(self._places.open())
        for place in self._places.open():
            stay = self._stays.get(place.number)
            if stay is None or stay.limit is None:
                continue
            hold = stay.hold
            if hold is None or (place.firm and queue.verdict_at_end(place, hold, others)):
                findings.append(finding_of(self._watched, place, State.ONGOING, stay))
        return self._resolve(None) + findings

    def moments(self) -> set[float]:
        """Stream seconds of the looks that an open stay may yet be told by."""
        limits = (it.limit for it in self._stays.values())
        limits_left = (it.stay.limit for it in self._left)
        places = [*self._maybe_told(), *(it.place for it in self._left)]
        sightings = [sighting for place in places for sighting in place.sightings()]
        told = [*filter(None, limits), *filter(None, limits_left), *sightings]
        return {it.t_s for it in told}

    def _maybe_told(self) -> list[Place]:
        """The open places seen more than once that stand where they count, or are over a limit."""
        lasting = [place for place in self._places.open() if place.looks > 1]
        near = within(self._areas, lasting)
        over = {number for number, stay in self._stays.items() if stay.limit is not None}
        return [
            place
            for place, counts in zip(lasting, near, strict=True)
            if counts or place.number in over
        ]

    def move(self, areas: Areas, carry: Carry) -> None:
        """The view was nudged: other areas, and all places carried along."""
        self._areas, self._lanes = areas.counting, areas.waiting
        self._go_on(self._hours.since_s, self._lane_hours.since_s)
        self._places.move(carry)
        for left in self._left:
            settling.move(left.place, carry)
        for it in self._neighbours.departed:
            it.box = carry.box(it.box)

    def saved(self) -> SavedStays:
        """What to save."""
        return SavedStays(
            self._places.saved(),
            self._stays,
            self._left,
            self._neighbours.departed,
            self._hours.since_s,
            self._lane_hours.since_s,
        )

    def restore(self, saved: SavedStays) -> None:
        """Take up what was saved by a rule with the same zones, be they for other classes now.

        A stay in a zone that is no longer about such a thing is none.
        """
        if not self._areas:
            return
        self._places.restore(saved.places)
        places = {place.number: place for place in self._places.open()}
        self._stays = {
            number: stay
            for number, stay in saved.stays.items()
            if number in places and self._may_go_on(places[number], stay)
        }
        self._left = saved.left
        self._neighbours.departed = saved.departed
        self._go_on(saved.in_force_since_s, saved.lanes_since_s)

    def _go_on(self, since_s: Mapping[str, float], lanes_since_s: Mapping[str, float]) -> None:
        """Other areas from here on: all places are judged anew by them."""
        self._hours = Hours(self._areas, since_s)
        self._lane_hours = Hours(self._lanes, lanes_since_s)
        for stay in self._stays.values():
            stay.standing.judged = stay.waiting.judged = None

    def _may_go_on(self, place: Place, stay: Stay) -> bool:
        return stay.limit is None or any(
            area.name == stay.zone and area.admits(place) for area in self._areas
        )

    def _note_limits(self) -> None:
        least_s = min((area.dwell_s for area in self._areas), default=float("inf"))
        due = [place for place in self._places.open() if self._may_be_due(place, least_s)]
        if not due:
            return
        stays = [self._stays.setdefault(place.number, Stay()) for place in due]
        judge(self._areas, due, [stay.standing for stay in stays])
        judge(self._lanes, due, [stay.waiting for stay in stays])
        for place, stay in zip(due, stays, strict=True):
            if self._lane_hours.holding(place, stay.waiting):
                stay.waited_s = place.last.t_s
            else:
                self._judge(place, stay)

    def _may_be_due(self, place: Place, least_s: float) -> bool:
        if place.stood_s < least_s or place.looks < self._watched.least_looks:
            return False
        if not place.firm or place.in_doubt:
            return False
        stay = self._stays.get(place.number)
        return stay is None or stay.limit is None

    def _judge(self, place: Place, stay: Stay) -> None:
        area = self._passed(place, stay)
        if area is not None and not place.settled:
            # Its box, its beginning and so its zone are known better now.
            settling.close(place)
            judge(self._areas, [place], [stay.standing])
            judge(self._lanes, [place], [stay.waiting])
            waits = self._lane_hours.holding(place, stay.waiting)
            area = None if waits else self._passed(place, stay)
        if area is None:
            return
        stay.limit, stay.zone = place.last, area.name
        stay.sub_kind = self._watched.sub_kind(area.zone)
        if self._watched.queues:
            stay.hold = queue.Hold()

    def _passed(self, place: Place, stay: Stay) -> Area | None:
        """The area that a place has stood in for longer than it may."""
        area = self._hours.judged_area(place, stay.standing)
        if area is None:
            return None
        since_s = max(self._hours.since_s[area.key], place.first.t_s, stay.waited_s or 0.0)
        return area if place.last.t_s - since_s >= area.dwell_s else None

    def _close(self, closed: Sequence[Closed]) -> list[Finding]:
        findings = []
        for it in closed:
            stay = self._stays.pop(it.place.number, None)
            if stay is None or stay.limit is None or stay.limit.t_s > it.place.last.t_s:
                # What stood there when the limit passed turned out to be another thing.
                continue
            if stay.hold is None:
                findings.append(finding_of(self._watched, it.place, it.state, stay))
            elif it.place.firm:
                self._left.append(Left(it.place, it.state, stay))
        self._neighbours.leave(it.place for it in closed)
        return findings

    def _resolve(self, now_s: float | None) -> list[Finding]:
        """Decide what was held back, as far as the look at `now_s` allows; None: for good."""
        held = [place for place in self._places.open() if self._is_held(place)]
        if not held and not self._left:
            return []
        others = self._neighbours.all(self._places.open())
        for place in held:
            stay = self._stays[place.number]
            if stay.hold and stay.hold.due(place):
                queue.join(stay.hold, place, others.values())
            if stay.hold and place.firm and queue.verdict(place, stay.hold, others, over=False):
                stay.hold = None
        findings, waiting = [], []
        for it in self._left:
            assert it.stay.hold is not None, "only what is held back waits"
            counts = queue.verdict(it.place, it.stay.hold, others, over=True)
            if counts is None and (now_s is None or it.state is State.LOST):
                counts = queue.verdict_unseen(it.place, it.stay.hold)
            elif counts is None and now_s is not None:
                # All that left with it would have been seen to be gone by now.
                counts = True if now_s - it.place.last.t_s > self._wait_s else None
            if counts is None:
                waiting.append(it)
            elif counts:
                findings.append(finding_of(self._watched, it.place, it.state, it.stay))
        self._left = waiting
        return findings

    @property
    def _wait_s(self) -> float:
        """So long after a stay all that left with it has been seen to be gone."""
        return queue.GRACE_S + 2 * self._watched.matching.patience_s

    def _is_held(self, place: Place) -> bool:
        stay = self._stays.get(place.number)
        return stay is not None and stay.hold is not None


def _standing_in(areas: Sequence[Area], places: Sequence[Place]) -> set[int]:
    """The numbers of the places that stand in one of the areas and are things of its sort."""
    boxes = references(places)
    return {
        place.number
        for area in areas
        for place, share in zip(places, area.shares(boxes), strict=True)
        if area.enters(share) and area.admits(place)
    }
