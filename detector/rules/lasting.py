"""A thing that is a violation by being there: seen in enough looks, it is one finding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from detector.looks import LookBoxes
from detector.observation import EvidenceRole, RuleVersion, State
from detector.rules.finding import Finding
from detector.rules.places import Closed, Matching, Places, distinct
from detector.taxonomy import TAXONOMY, Kind


@dataclass(frozen=True, slots=True)
class Lasting:
    """What a rule of this sort says: its name, its kind, and which boxes count.

    `select` returns the indices of the boxes of a look that count.
    """

    rule: RuleVersion
    kind: Kind
    select: Callable[[LookBoxes], NDArray[np.intp]]


FIXED = Matching(least_iou=0.3, anchored=False, patience_s=30.0, longest_gap_s=600.0)
"""A camera that stands: a thing stays where it is, and people walk in front of it."""

MOVING = Matching(least_iou=0.15, anchored=False, patience_looks=3, patience_s=3.0)
"""A camera that may move: the box wanders, and the thing leaves the view for good."""

ONE_THING_IOU = 0.6
ONE_THING_INSIDE = 0.8
"""A stall within a row of stalls, or a bag within its heap, is not a second thing."""


class LastingRule:
    """Things of one kind that are there in at least `least_looks` looks."""

    def __init__(self, lasting: Lasting, *, least_looks: int, fixed_camera: bool) -> None:
        self._lasting = lasting
        self._least_looks = least_looks
        self._fixed = fixed_camera
        self._places = Places(FIXED if fixed_camera else MOVING)

    def see(self, look: LookBoxes) -> list[Finding]:
        """Take in a look; returns the things that it showed to be gone."""
        found = self._lasting.select(look)
        candidates = distinct(look.boxes, found, ONE_THING_IOU, ONE_THING_INSIDE)
        return self._report(self._places.see(look, candidates))

    def finish(self) -> list[Finding]:
        """The things that were still there when the footage ended."""
        return self._report([Closed(place, State.ONGOING) for place in self._places.open()])

    def _report(self, closed: list[Closed]) -> list[Finding]:
        return [self._finding(it) for it in closed if it.place.looks >= self._least_looks]

    def _finding(self, closed: Closed) -> Finding:
        place = closed.place
        ended = closed.state is State.ENDED
        moments = []
        if place.last.t_s > place.first.t_s:
            moments = [(EvidenceRole.ARRIVAL, place.first), (EvidenceRole.LATEST, place.last)]
        if ended and self._fixed and place.gone is not None:
            moments.append((EvidenceRole.DEPARTURE, place.gone))
        return Finding(
            rule=self._lasting.rule,
            kind=self._lasting.kind,
            sub_kind=TAXONOMY.kind(self._lasting.kind).default_sub_kind,
            zone=None,
            state=State.LOST if ended and not self._fixed else closed.state,
            first=place.first,
            best=place.best,
            last=place.last,
            looks=place.looks,
            arrival_known=self._fixed and place.arrival_known,
            last_clear_at=place.last_clear_at if self._fixed else None,
            moments=tuple(moments),
        )


def of_kind(look: LookBoxes, kind: Kind) -> NDArray[np.intp]:
    """Indices of the boxes whose class feeds a kind."""
    return np.flatnonzero(_feeds(kind)[look.boxes.class_id])


@cache
def _feeds(kind: Kind) -> NDArray[np.bool_]:
    """Whether each class of the taxonomy, by its id, feeds a kind."""
    return np.isin(np.arange(len(TAXONOMY.classes)), list(TAXONOMY.class_ids_of(kind)))
