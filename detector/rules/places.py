"""Boxes over looks become places: the same thing at the same spot, through gaps and occlusion.

Time is always seconds from time stamps, never a count of pictures: the same scene at 1, 5 or 25
looks a second gives the same places.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from detector.geometry.boxes import iou_matrix
from detector.looks import LookBoxes
from detector.observation import State
from detector.rules import comeback, settling
from detector.rules.carry import Carry
from detector.rules.finding import Sighting
from detector.rules.glance import Glance, Question, Sight, glance
from detector.rules.hiding import BROKEN_SHARE
from detector.rules.likeness import SAME, Verdict, packed, unpacked
from detector.rules.matching import Matching, Reference, matched
from detector.rules.overlaps import overlaps_of
from detector.rules.past import Past
from detector.rules.place import Place, new_place, references, sighting_of
from detector.rules.viewing import Views, after_gap, take_up, view_new, views_of

RETURN_S = 1.0
"""What appears in a place whose thing is out of sight must be seen for so long without a long
break: traffic that passes over the spot is not the thing come back."""

CLOSE_IOU = 0.8
RETURN_LOOKS = 2
RETURN_SHARE = 1 / 3
"""What fits so closely, so often beside the looks without it, is back though it flickers."""

TOUCHED_PATIENCES = 1.25
"""A place in which other boxes lie half and half, but never its thing, is given so many times the
patience of an empty one."""

BRIEF_S = 0.9
BRIEF_LOOKS = 3
BRIEF_PATIENCE_S = 4.0
"""What was there for less than `BRIEF_S` drove by: it is forgotten sooner, hidden or not."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A place that is over, and how."""

    place: Place
    state: State


@dataclass(slots=True)
class SavedPlaces:
    """What a rule keeps of its places, as plain data."""

    next_number: int = 1
    places: list[Place] = field(default_factory=list)


class Places:
    """The open places of one rule in one view."""

    def __init__(self, matching: Matching, past: Past, never_hide: frozenset[int]) -> None:
        self._matching = matching
        self._past = past
        self._never_hide = never_hide
        self._open: list[Place] = []
        self._next = 1

    def see(
        self,
        look: LookBoxes,
        candidates: NDArray[np.intp],
        open_boxes: NDArray[np.intp],
        cut: NDArray[np.bool_],
    ) -> list[Closed]:
        """Take in a look; `candidates` are the indices of its boxes that this rule cares for.

        `open_boxes` leave the question open whether a place is empty; boxes that are `cut` (n,)
        off at the border of what was examined begin no place. Returns the places that this look
        showed to be over.
        """
        if not self._open and not len(candidates):
            return []
        overlaps = overlaps_of(references(self._open), look.boxes.xyxy)
        established = np.array([place.settled for place in self._open], dtype=bool)
        rows = matched(overlaps.iou[:, candidates], self._matching.least_iou, established)
        pairs = [(row, int(candidates[box])) for row, box in rows]
        question = Question(look, overlaps, candidates, pairs, open_boxes, self._never_hide, cut)
        seen = glance(self._open, question, still=self._matching.still)
        closed = self._take(look, seen) + self._close_over(look.t_s, seen.sights)
        taken = cut.copy()
        taken[list(seen.box_of.values())] = True
        if self._matching.still:
            # A second box on a thing that this look saw is the same thing seen twice.
            held = [row for row, sight in enumerate(seen.sights) if sight is Sight.SEEN]
            taken |= (overlaps.iou[held] >= self._matching.least_iou).any(axis=0)
        self._arrive(look, [it for it in candidates.tolist() if not taken[it]])
        return closed

    def lose(self, numbers: Collection[int]) -> list[Closed]:
        """The open places of these numbers, lost because nobody cares for them any more."""
        lost = [Closed(place, State.LOST) for place in self._open if place.number in numbers]
        self._open = [place for place in self._open if place.number not in numbers]
        return lost

    def close_all(self) -> list[Closed]:
        """All open places, lost because nobody looked for too long."""
        closed = [Closed(place, State.LOST) for place in self._open]
        self._open.clear()
        return closed

    def moments(self) -> set[float]:
        """Stream seconds of the looks that a place seen more than once may be told by."""
        lasting = (place for place in self._open if place.looks > 1)
        return {it.t_s for place in lasting for it in place.sightings()}

    def open(self) -> list[Place]:
        """The places that are not over."""
        return list(self._open)

    def move(self, carry: Carry) -> None:
        """Carry the places along; what was seen stays as it was seen."""
        for place in self._open:
            settling.move(place, carry)

    def saved(self) -> SavedPlaces:
        """What to save."""
        return SavedPlaces(self._next, list(self._open))

    def restore(self, saved: SavedPlaces) -> None:
        """Take up what was saved."""
        self._next = saved.next_number
        self._open = list(saved.places)

    def _take(self, look: LookBoxes, seen: Glance) -> list[Closed]:
        """Tell every open place what the look says of it; returns those with a successor."""
        places = list(self._open)
        views = views_of(look, places, seen)
        closed = []
        for row, (place, sight) in enumerate(zip(places, seen.sights, strict=True)):
            if sight is Sight.SEEN:
                closed += self._seen(look, row, seen, views)
            elif sight is Sight.PIECE and not place.out_of_sight(look.t_s):
                place.see(sighting_of(look, seen.box_of[row]), self._class(look, seen.box_of[row]))
            elif sight in (Sight.EMPTY, Sight.UNSURE) and views.verdict(row) is Verdict.SAME:
                place.hold(look.t_s)
                place.examined -= 1
            elif sight is not Sight.UNEXAMINED:
                hidden = sight in (Sight.HIDDEN, Sight.BROKEN, Sight.PIECE)
                place.overlook(look, hidden=hidden, empty=sight is Sight.EMPTY)
            if sight is not Sight.UNEXAMINED:
                place.examine(look.t_s)
        return closed

    def _seen(self, look: LookBoxes, row: int, seen: Glance, views: Views) -> list[Closed]:
        index = seen.box_of[row]
        place, sighting = self._open[row], sighting_of(look, index)
        verdict = views.verdict(row)
        view = views.of(row)
        veiled = seen.veils[row] >= BROKEN_SHARE
        after = after_gap(place, look.t_s)
        if view is not None and verdict is Verdict.OTHER and after:
            return self._doubt(row, sighting, view, self._class(look, index))
        if self._matching.still and verdict is not Verdict.SAME and _only_back(place, sighting):
            return []
        if self._matching.reference is Reference.SETTLED and verdict is not Verdict.SAME:
            comeback.begin(place, look.t_s)
        place.see(sighting, self._class(look, index))
        self._refer(place, sighting)
        if view is not None:
            take_up(place, view, look.t_s, after=after)
        if not veiled and comeback.other(place, sighting):
            before, self._open[row] = comeback.split(place, self._number())
            return [Closed(before, State.ENDED if before.gone else State.LOST)]
        return []

    def _refer(self, place: Place, sighting: Sighting) -> None:
        if self._matching.reference is Reference.LATEST:
            place.reference = sighting.box
        elif self._matching.reference is Reference.RECENT:
            settling.follow(place, sighting)
        else:
            settling.settle(place, sighting)
            if place.settled:
                place.stray(sighting.box)

    def _doubt(
        self, row: int, sighting: Sighting, view: NDArray[np.float32], class_id: int
    ) -> list[Closed]:
        """Take in that something else seems to stand here; the second time it is believed."""
        place = self._open[row]
        if place.doubt is None or place.likeness.doubt is None:
            place.doubt, place.likeness.doubt = sighting, packed(view)
            return []
        same = float(unpacked(place.likeness.doubt) @ view) >= SAME
        begin = place.doubt if same else sighting
        if place.gone is None:
            place.gone = replace(place.doubt, box=place.reference, confidence=0.0)
        successor = self._new(begin, class_id)
        successor.arrival_known = True
        if same:
            successor.see(sighting, class_id)
        successor.likeness.take(view, successor.reference, sighting.t_s)
        self._open[row] = successor
        return [Closed(place, State.ENDED)]

    def _close_over(self, now_s: float, sights: Sequence[Sight]) -> list[Closed]:
        over = [
            Closed(place, state)
            for place, sight in zip(self._open, sights, strict=True)
            if (state := self._how_over(place, now_s, sight)) is not None
        ]
        ended = {closed.place.number for closed in over}
        self._open = [place for place in self._open if place.number not in ended]
        return over

    def _how_over(self, place: Place, now_s: float, sight: Sight) -> State | None:
        rule = self._matching
        unseen_s = now_s - place.held_s
        if rule.still and place.stood_s < BRIEF_S and place.unseen_looks >= BRIEF_LOOKS:
            return State.LOST if unseen_s > BRIEF_PATIENCE_S else None
        if _cleared(place, rule, now_s, sight):
            return State.ENDED
        return State.LOST if unseen_s > rule.longest_gap_s else None

    def _arrive(self, look: LookBoxes, indices: Sequence[int]) -> None:
        fresh = [self._new(sighting_of(look, it), self._class(look, it)) for it in indices]
        if self._matching.still:
            for place, clear in zip(fresh, self._past.last_clear(references(fresh)), strict=True):
                if clear is not None and clear.sure:
                    place.arrival_known, place.last_clear_at = clear.sure, clear.at
            view_new(look, fresh)
        self._open += fresh

    def _new(self, sighting: Sighting, class_id: int) -> Place:
        return new_place(self._number(), sighting, class_id)

    def _number(self) -> int:
        self._next += 1
        return self._next - 1

    @staticmethod
    def _class(look: LookBoxes, index: int) -> int:
        return int(look.boxes.class_id[index])


def _cleared(place: Place, rule: Matching, now_s: float, sight: Sight) -> bool:
    """Whether a place was seen without its thing for long enough; `gone` then says since when.

    A look that itself does not see it so, whatever looks before it saw, ends nothing.
    """
    if place.back is not None or sight not in (Sight.EMPTY, Sight.UNSURE):
        return False
    empty = sight is Sight.EMPTY and place.empty_looks >= rule.patience_looks
    if empty and place.gone is not None:
        since_s = place.gone.t_s if rule.still else place.last.t_s
        if now_s - since_s >= rule.patience_s:
            return True
    if place.touched_looks < rule.patience_looks or place.touched is None:
        return False
    if now_s - place.touched.t_s < TOUCHED_PATIENCES * rule.patience_s:
        return False
    place.gone = place.touched
    return True


def _only_back(place: Place, sighting: Sighting) -> bool:
    """Whether a place that was without its thing for a while has something in it that may pass."""
    if not place.out_of_sight(sighting.t_s):
        return False
    if place.back is None:
        place.back = sighting
    place.back_s = sighting.t_s
    place.fits += bool(iou_matrix([sighting.box], [place.reference])[0, 0] >= CLOSE_IOU)
    often = place.fits >= RETURN_LOOKS and place.fits >= RETURN_SHARE * place.touched_looks
    return not often and sighting.t_s - place.back.t_s < RETURN_S
