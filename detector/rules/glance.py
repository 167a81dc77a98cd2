"""What one look says of each place that it did not plainly see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np
from numpy.typing import NDArray

from detector.looks import LookBoxes
from detector.rules.hiding import BROKEN_SHARE, HIDDEN_SHARE, occluders, unexamined
from detector.rules.overlaps import Overlaps, Shares
from detector.rules.place import Place, references

TOUCHED_IOU = 0.2
"""A box of the same sort that overlaps a place by this much leaves open whether it is empty."""

PIECE_INSIDE = 0.75
PIECE_SHARE = 0.15
"""A box that lies inside a place, and is not too small a part of it, may be a piece of it."""

BESIDE_S = 1.0
"""What stood there this long while the thing was still seen stands beside it, not before it."""

SUCCESSOR_S = 2.0
"""What came later and has stood in a place for so long shows that the thing is gone."""


class Sight(Enum):
    """What a look says of a place: it shows its thing or a piece of it, cannot show it because it
    is hidden, broken up by something before it or in question, has other boxes half in it, did not
    examine it, or shows it empty.
    """

    SEEN = auto()
    PIECE = auto()
    HIDDEN = auto()
    BROKEN = auto()
    UNSURE = auto()
    UNEXAMINED = auto()
    EMPTY = auto()


@dataclass(frozen=True, slots=True)
class Glance:
    """Per place what the look says, and the index of the box that shows it (or a piece of it).

    `veils` (n,) are the largest shares of the places that one nearer box, not their own, covers.
    """

    sights: list[Sight]
    box_of: dict[int, int]
    veils: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Question:
    """A look and what to read it by.

    `overlaps` are those of the places with all its boxes. `candidates` are the indices of the
    boxes that may be such a thing, `pairs` (place, index) say which of them belongs to which
    place. Boxes of the indices `open_boxes` leave the question open where they lie; those of the
    classes `never_hide` hide nothing. Boxes that are `cut` (n,) show a piece of a thing only.
    """

    look: LookBoxes
    overlaps: Overlaps
    candidates: NDArray[np.intp]
    pairs: Sequence[tuple[int, int]]
    open_boxes: NDArray[np.intp]
    never_hide: frozenset[int]
    cut: NDArray[np.bool_]


def glance(places: Sequence[Place], question: Question, *, still: bool) -> Glance:
    """Read a look; in a view that moves, only what hides a place counts."""
    box_of = dict(question.pairs)
    sights = [Sight.SEEN if row in box_of else Sight.EMPTY for row in range(len(places))]
    if still:
        whole = {row for row, box in question.pairs if not question.cut[box]}
        for unseen in np.flatnonzero(unexamined(question.look, references(places))).tolist():
            if unseen not in whole:
                sights[unseen] = Sight.UNEXAMINED
    covering = _covering(question)
    for own, box in question.pairs:
        covering[own, box] = 0.0
    veils = covering.max(axis=1, initial=0.0)
    if Sight.EMPTY in sights and len(question.look.boxes):
        for hidden in np.flatnonzero(veils >= HIDDEN_SHARE):
            if sights[hidden] is Sight.EMPTY:
                sights[hidden] = Sight.HIDDEN
        if still:
            _pieces(question, covering, sights, box_of)
            _touched(places, question, covering, sights)
    if still and question.look.repeated:
        nothing_new = (Sight.EMPTY, Sight.UNSURE)
        sights = [Sight.UNEXAMINED if it in nothing_new else it for it in sights]
    return Glance(sights, box_of, veils)


def _pieces(
    question: Question, covering: Shares, sights: list[Sight], box_of: dict[int, int]
) -> None:
    """Mark what shows a piece of itself beside the nearer thing that covers the rest."""
    overlaps = question.overlaps
    free = np.zeros(len(question.look.boxes), dtype=bool)
    free[question.candidates] = True
    free[list(box_of.values())] = False
    fits = (overlaps.inside >= PIECE_INSIDE) & (overlaps.share >= PIECE_SHARE) & free
    broken = covering >= BROKEN_SHARE
    for at in np.argwhere(fits):
        row, box = int(at[0]), int(at[1])
        others = broken[row].sum() - broken[row, box]
        if sights[row] in (Sight.EMPTY, Sight.HIDDEN) and others and free[box]:
            sights[row] = Sight.PIECE
            box_of[row] = box
            free[box] = False


def _touched(
    places: Sequence[Place], question: Question, covering: Shares, sights: list[Sight]
) -> None:
    """Mark what something lies on that may be the thing itself, or break its box.

    A box that belongs to what stood beside the thing, or took its place since, does neither.
    """
    overlaps = question.overlaps
    like = np.zeros(len(question.look.boxes), dtype=bool)
    like[question.candidates] = True
    asks = np.zeros(len(question.look.boxes), dtype=bool)
    asks[question.open_boxes] = True
    touches = (overlaps.iou >= TOUCHED_IOU) & like
    breaks = (covering >= BROKEN_SHARE) | ((overlaps.iou >= TOUCHED_IOU) & asks)
    last_s = np.array([place.last.t_s for place in places])
    for holder, box in question.pairs:
        owner = places[holder]
        beside = np.asarray(owner.first.t_s <= last_s - BESIDE_S)
        in_doubt = np.asarray(~beside & (owner.stood_s < SUCCESSOR_S))
        touches[:, box] &= in_doubt
        breaks[:, box] &= in_doubt
    broken = np.asarray(breaks.any(axis=1))
    touched = np.asarray(touches.any(axis=1))
    for row in np.flatnonzero(broken | touched).tolist():
        if sights[row] is Sight.EMPTY:
            sights[row] = Sight.BROKEN if broken[row] else Sight.UNSURE


def _covering(question: Question) -> Shares:
    """Share (n, m) of each place that each box covers which may hide it; others count as 0."""
    may = np.zeros(len(question.look.boxes), dtype=bool)
    may[occluders(question.look, question.never_hide)] = True
    return np.where(question.overlaps.nearer & may, question.overlaps.share, 0.0)
