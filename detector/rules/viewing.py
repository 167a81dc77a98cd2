"""Asking what places look like, while the picture of a look is at hand: once for all of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detector.looks import LookBoxes
from detector.rules.glance import Glance, Sight
from detector.rules.likeness import SAME, Verdict
from detector.rules.place import Place, references

UNSEEN_S = 2.0
LONG_S = 20.0
"""After so long without a sight of it, though looks tried, a thing must look like itself; and
after so long in any case: however seldom one looks, another may have come."""

VIEW_SHARE = 0.1
"""A nearer thing that covers this share of a place spoils its view."""


SHIFT = 0.06
SHIFTS = np.array([(x, y) for y in (0, -1, 1) for x in (0, -1, 1)], dtype=np.float64)
"""A thing in question is looked for this share of its side, and a pixel at least, to each side."""

FAR = 0.25
"""So little a thing never has in common with itself `SHIFT` to the side (0.30 was the least of 124
things in ten films): what has less is not looked for about."""


class Views:
    """Views of some of the places in one look."""

    def __init__(self, places: Sequence[Place], views: dict[int, NDArray[np.float32]]) -> None:
        self._places = places
        self._views = views

    def of(self, row: int) -> NDArray[np.float32] | None:
        """The view (d,) of a place, None where there is none to go by."""
        return self._views.get(row)

    def verdict(self, row: int) -> Verdict:
        """Whether a place still looks like its thing."""
        view = self._views.get(row)
        return Verdict.UNSURE if view is None else self._places[row].likeness.verdict(view)


def views_of(look: LookBoxes, places: Sequence[Place], seen: Glance) -> Views:
    """Views of the places that this look leaves open, or that are to be viewed again."""
    asked: dict[int, NDArray[np.float64]] = {}
    if look.appearance is not None:
        for row, place in enumerate(places):
            if seen.veils[row] < VIEW_SHARE:
                boxes = _asked(look, place, seen.sights[row])
                if boxes is not None:
                    asked[row] = boxes
    if look.appearance is None or not asked:
        return Views(places, {})
    centres = look.appearance(np.stack([boxes[0] for boxes in asked.values()]))
    views = dict(zip(asked, centres, strict=True))
    # Looking about costs nine times as much: not where it is clear, nor for all that drives by.
    doubtful = {
        row: boxes[1:]
        for row, boxes in asked.items()
        if len(boxes) > 1
        and places[row].looks > 1
        and FAR <= float(places[row].likeness.like(views[row][None])[0]) < SAME
    }
    if doubtful:
        vectors = look.appearance(np.concatenate(list(doubtful.values())))
        ends = np.cumsum([len(boxes) for boxes in doubtful.values()])[:-1]
        for row, about in zip(doubtful, np.split(vectors, ends), strict=True):
            part = np.concatenate([views[row][None], about])
            views[row] = part[int(places[row].likeness.like(part).argmax())]
    return Views(places, views)


def view_new(look: LookBoxes, fresh: Sequence[Place]) -> None:
    """Take up what things look like that this look is the first to see."""
    if look.appearance is None or not fresh:
        return
    vectors = look.appearance(references(fresh))
    for place, vector in zip(fresh, vectors, strict=True):
        place.likeness.take(vector, place.reference, look.t_s)


def take_up(place: Place, view: NDArray[np.float32], t_s: float, *, after: bool) -> None:
    """Take up a view of a thing that was seen, `after` a gap or not."""
    box = place.likeness.box if after else None
    place.likeness.take(view, box or place.reference, t_s)


def after_gap(place: Place, t_s: float) -> bool:
    """Whether a thing seen at `t_s` may be another one."""
    unseen_s = t_s - place.held_s
    missed = place.unseen_looks > 0 and unseen_s > UNSEEN_S
    asked = place.gone is not None or place.doubt is not None
    return asked or missed or unseen_s > LONG_S or place.after_gap(t_s)


def _asked(look: LookBoxes, place: Place, sight: Sight) -> NDArray[np.float64] | None:
    """The boxes (n, 4) to view: about the one that is known where something is in question."""
    box = place.likeness.box
    in_question = sight in (Sight.EMPTY, Sight.UNSURE) or (
        sight is Sight.SEEN and after_gap(place, look.t_s)
    )
    if box is not None and in_question:
        x1, y1, x2, y2 = box
        side = np.maximum(1.0, SHIFT * np.array([x2 - x1, y2 - y1]))
        return np.asarray(np.array(box) + np.tile(SHIFTS * side, 2))
    due = place.likeness.due(look.t_s, settled=place.settled)
    return references([place]) if sight is Sight.SEEN and due else None
