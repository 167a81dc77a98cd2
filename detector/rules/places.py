"""Boxes over looks become places: the same thing at the same spot, through gaps and occlusion.

Time is always seconds from time stamps, never a count of pictures: the same scene at 1, 5 or 25
looks a second gives the same places.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from detector.geometry.boxes import area, covered_share, intersections, iou_matrix
from detector.looks import Boxes, LookBoxes
from detector.observation import State
from detector.rules.place import Place, sighting_of

MEMORY_LOOKS = 120
"""So many past looks are asked when a spot was last seen clear."""

CLEAR_SHARE = 0.3
"""A spot counts as clear when no box covers more of it than this."""

HIDDEN_SHARE = 0.5
"""A place counts as hidden when one nearer thing covers this share of it."""

LARGEST_OCCLUDER = 0.35
"""Share of the picture; a larger box is a false one more often than a lorry at the lens."""


@dataclass(frozen=True, slots=True)
class Matching:
    """When two boxes are the same thing, and how long a thing may go unseen.

    `anchored`: the place is where the thing first stood (a stay); otherwise it follows the last
    box (a thing in a moving picture). A place ends when it was seen empty in `patience_looks`
    looks over `patience_s` seconds; it is lost when nobody looked for `longest_gap_s`, or when it
    was hidden for that long.
    """

    least_iou: float
    anchored: bool
    patience_looks: int = 2
    patience_s: float = 8.0
    longest_gap_s: float = 300.0


@dataclass(frozen=True, slots=True)
class Closed:
    """A place that is over, and how."""

    place: Place
    state: State


class Places:
    """The open places of one rule in one view."""

    def __init__(self, matching: Matching) -> None:
        self._matching = matching
        self._open: list[Place] = []
        self._past: deque[LookBoxes] = deque(maxlen=MEMORY_LOOKS)

    def see(self, look: LookBoxes, candidates: NDArray[np.intp]) -> list[Closed]:
        """Take in a look; `candidates` are the indices of its boxes that this rule cares for.

        Returns the places that this look showed to be over.
        """
        closed = self._close_after_gap(look)
        pairs = self._match(look.boxes.xyxy[candidates])
        matched = {row for row, _ in pairs}
        hidden = self._hidden(look, matched)
        for row, box in pairs:
            self._open[row].see(sighting_of(look, int(candidates[box])))
        for index, place in enumerate(self._open):
            if index not in matched and index not in hidden:
                place.miss(look)
        closed += self._close_over(look)
        taken = {box for _, box in pairs}
        for box, candidate in enumerate(candidates):
            if box not in taken:
                self._open.append(self._arrive(look, int(candidate)))
        self._past.append(look)
        return closed

    def open(self) -> list[Place]:
        """The places that are not over."""
        return list(self._open)

    def _match(self, xyxy: NDArray[np.float32]) -> list[tuple[int, int]]:
        if not self._open or not len(xyxy):
            return []
        references = np.stack([place.reference for place in self._open])
        overlap = iou_matrix(references, xyxy)
        rows, columns = linear_sum_assignment(-overlap)
        return [
            (int(row), int(column))
            for row, column in zip(rows, columns, strict=True)
            if overlap[row, column] >= self._matching.least_iou
        ]

    def _hidden(self, look: LookBoxes, matched: set[int]) -> set[int]:
        waiting = [index for index in range(len(self._open)) if index not in matched]
        occluders = _occluders(look)
        return {index for index in waiting if _hides(self._open[index].reference, occluders)}

    def _close_after_gap(self, look: LookBoxes) -> list[Closed]:
        if not self._past or look.t_s - self._past[-1].t_s <= self._matching.longest_gap_s:
            return []
        closed = [Closed(place, State.LOST) for place in self._open]
        self._open.clear()
        self._past.clear()
        return closed

    def _close_over(self, look: LookBoxes) -> list[Closed]:
        over = [
            Closed(place, state)
            for place in self._open
            if (state := self._how_over(place, look.t_s)) is not None
        ]
        ended = {id(closed.place) for closed in over}
        self._open = [place for place in self._open if id(place) not in ended]
        return over

    def _how_over(self, place: Place, now_s: float) -> State | None:
        unseen_s = now_s - place.last.t_s
        rule = self._matching
        if place.misses >= rule.patience_looks and unseen_s >= rule.patience_s:
            return State.ENDED
        return State.LOST if unseen_s > rule.longest_gap_s else None

    def _arrive(self, look: LookBoxes, index: int) -> Place:
        first = sighting_of(look, index)
        clear = self._last_clear(look.boxes.xyxy[index])
        return Place(
            first,
            arrival_known=clear is not None,
            last_clear_at=clear.at if clear else None,
            reference=np.asarray(first.box, dtype=np.float64),
            anchored=self._matching.anchored,
        )

    def _last_clear(self, box: NDArray[np.float32]) -> LookBoxes | None:
        for look in reversed(self._past):
            others = look.boxes.xyxy
            if not len(others) or float(covered_share(box, others).max()) < CLEAR_SHARE:
                return look
        return None


def _occluders(look: LookBoxes) -> NDArray[np.float32]:
    xyxy = look.boxes.xyxy
    areas = (xyxy[:, 2] - xyxy[:, 0]) * (xyxy[:, 3] - xyxy[:, 1])
    return xyxy[areas <= LARGEST_OCCLUDER * look.size.width * look.size.height]


def _hides(reference: NDArray[np.float64], occluders: NDArray[np.float32]) -> bool:
    nearer = occluders[occluders[:, 3] >= reference[3]]
    return bool(len(nearer)) and float(covered_share(reference, nearer).max()) >= HIDDEN_SHARE


def distinct(
    boxes: Boxes, indices: NDArray[np.intp], most_iou: float, most_inside: float = 1.0
) -> NDArray[np.intp]:
    """Of boxes that show one thing, whatever their class, only the surest.

    Two boxes show one thing when their IoU is above `most_iou`, or when more than `most_inside`
    of the smaller lies in the larger.
    """
    if len(indices) < 2:
        return indices
    order = indices[np.argsort(-boxes.confidence[indices], kind="stable")]
    same = _same(boxes.xyxy[order], most_iou, most_inside)
    kept: list[int] = []
    for row in range(len(order)):
        if not same[row, kept].any():
            kept.append(row)
    return np.sort(order[kept])


def _same(xyxy: NDArray[np.float32], most_iou: float, most_inside: float) -> NDArray[np.bool_]:
    areas = area(xyxy)
    smaller = np.maximum(np.minimum(areas[:, None], areas[None, :]), 1e-9)
    inside = intersections(xyxy, xyxy) / smaller
    return np.asarray((iou_matrix(xyxy, xyxy) > most_iou) | (inside > most_inside))
