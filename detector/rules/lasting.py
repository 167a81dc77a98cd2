"""A thing that is a violation by being there.

In a photo, and where the camera moves or is not known, it is a finding when seen in enough looks.
Under a camera that stands it must last: in a zone of its kind as long as the zone says, elsewhere
`ELSEWHERE_S`. Where the view has zones made for the kind, only what stands in them counts; zones
to be kept clear add to what counts and take nothing away. What is permitted, and when, is told by
`ignore` zones with classes and hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from detector.geometry.zone import Zone, ZoneKind
from detector.looks import LookBoxes
from detector.observation import EvidenceRole, RuleVersion, State
from detector.rules.finding import Finding
from detector.rules.matching import Matching, Reference, distinct
from detector.rules.membership import Area, Areas
from detector.rules.past import Past
from detector.rules.places import Closed, Places, SavedPlaces
from detector.rules.watched import Select, Watched, nothing
from detector.taxonomy import TAXONOMY, Kind

ELSEWHERE_S = {
    Kind.STALL_ENCROACHMENT: 300.0,
    Kind.GARBAGE_OVERFLOW: 120.0,
    Kind.EXPOSED_GARBAGE: 120.0,
    Kind.EXPOSED_CABLE: 600.0,
}
"""How long a thing of each kind lasts under a fixed camera before it counts, outside zones."""

MOVING = Matching(least_iou=0.15, reference=Reference.LATEST, patience_looks=3, patience_s=3.0)
"""A camera that may move: the box wanders, and the thing leaves the view for good."""

ONE_THING_IOU = 0.6
ONE_THING_INSIDE = 0.8
"""A stall within a row of stalls, or a bag within its heap, is not a second thing."""

GARBAGE = frozenset(
    entry.id
    for entry in TAXONOMY.classes
    if entry.name in ("garbage_bin", "garbage_overflow", "garbage_pile")
)
"""Bins and heaps stand side by side: one does not hide the other, it takes its place."""


@dataclass(frozen=True, slots=True)
class Lasting:
    """What a rule of this sort says: its name, its kind, and which boxes count.

    `zones` are the kinds of zones made for it, `further` those that add to them. Boxes that
    `open_question` selects leave open whether the thing is there.
    """

    rule: RuleVersion
    kind: Kind
    select: Select
    zones: ZoneKind
    further: tuple[ZoneKind, ...] = ()
    open_question: Select = nothing


def fixed(longest_gap_s: float) -> Matching:
    """A camera that stands: a thing stays where it is, and people walk in front of it."""
    return Matching(
        least_iou=0.3,
        reference=Reference.RECENT,
        patience_s=30.0,
        longest_gap_s=max(600.0, longest_gap_s),
    )


def watched(lasting: Lasting, longest_gap_s: float, least_looks: int) -> Watched:
    """The rule under a camera that stands."""
    return Watched(
        rule=lasting.rule,
        kind=lasting.kind,
        select=lasting.select,
        matching=fixed(longest_gap_s),
        one_iou=ONE_THING_IOU,
        one_inside=ONE_THING_INSIDE,
        least_looks=least_looks,
        open_question=lasting.open_question,
        never_hide=GARBAGE,
    )


def areas(lasting: Lasting, zones: Sequence[Zone]) -> Areas:
    """Where the things of a rule count, and how long they may last there."""
    classes = TAXONOMY.class_ids_of(lasting.kind)
    mine = [zone for zone in zones if zone.class_ids & classes]
    found = [Area(it, it.dwell_s) for it in mine if it.kind in (lasting.zones, *lasting.further)]
    if not any(zone.kind is lasting.zones for zone in mine):
        found.append(Area(None, ELSEWHERE_S[lasting.kind]))
    return Areas(found)


class SeenRule:
    """Things of one kind in a photo or a moving picture: seen in `least_looks` looks."""

    def __init__(self, lasting: Lasting, *, least_looks: int, past: Past) -> None:
        self._lasting = lasting
        self._least_looks = least_looks
        self._places = Places(MOVING, past, frozenset())

    def see(self, look: LookBoxes, cut: NDArray[np.bool_]) -> list[Finding]:
        """Take in a look; returns the things that it showed to be out of view."""
        found = self._lasting.select(look)
        candidates = distinct(look.boxes, found, ONE_THING_IOU, ONE_THING_INSIDE)
        return self._report(self._places.see(look, candidates, nothing(look), cut))

    def lose_all(self) -> list[Finding]:
        """Nobody looked for too long."""
        return self._report(self._places.close_all())

    def ongoing(self) -> list[Finding]:
        """The things that are in view."""
        return self._report([Closed(place, State.ONGOING) for place in self._places.open()])

    def finish(self) -> list[Finding]:
        """The things that were still in view when the footage ended."""
        return self.ongoing()

    def moments(self) -> set[float]:
        """Stream seconds of the looks that a thing in view may yet be told by."""
        return self._places.moments()

    def saved(self) -> SavedPlaces:
        """What to save."""
        return self._places.saved()

    def restore(self, saved: SavedPlaces) -> None:
        """Take up what was saved."""
        self._places.restore(saved)

    def _report(self, closed: list[Closed]) -> list[Finding]:
        return [self._finding(it) for it in closed if it.place.looks >= self._least_looks]

    def _finding(self, closed: Closed) -> Finding:
        place = closed.place
        moments = []
        if place.last.t_s > place.first.t_s:
            moments = [(EvidenceRole.ARRIVAL, place.first), (EvidenceRole.LATEST, place.last)]
        return Finding(
            rule=self._lasting.rule,
            kind=self._lasting.kind,
            sub_kind=TAXONOMY.kind(self._lasting.kind).default_sub_kind,
            zone=None,
            state=State.LOST if closed.state is State.ENDED else closed.state,
            first=place.first,
            best=place.best,
            last=place.last,
            looks=place.looks,
            arrival_known=False,
            last_clear_at=None,
            moments=tuple(moments),
        )


def of_kind(look: LookBoxes, kind: Kind) -> NDArray[np.intp]:
    """Indices of the boxes whose class feeds a kind."""
    return np.flatnonzero(_feeds(kind)[look.boxes.class_id])


@cache
def _feeds(kind: Kind) -> NDArray[np.bool_]:
    """Whether each class of the taxonomy, by its id, feeds a kind."""
    return np.isin(np.arange(len(TAXONOMY.classes)), list(TAXONOMY.class_ids_of(kind)))
