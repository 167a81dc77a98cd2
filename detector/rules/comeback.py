"""Whether what stands in a place after a while without a sight of it is the same thing.

Vehicles of a queue stop on nearly the same spot one after another, and where boxes are all there
is, only where exactly they stand and how large they are can tell them apart: the middle of some
looks, so that jitter does not.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from detector.rules.finding import Sighting
from detector.rules.place import Earlier, Place, as_box, weight

AFTER_S = 1.0
"""A shorter while without a sight is no reason to ask."""

SAMPLE_S = 0.3
LEAST_SAMPLES = 5
LEAST_SPAN_S = 2.0
"""It is decided on so many samples over so many seconds."""

MOVED_SHARE = 0.15
"""An edge that lies farther off than this share of the side is not that of the same thing ..."""

SPREADS = 3.0
"""... unless the boxes jitter so much: nearer than so many of their spreads says nothing."""


def begin(place: Place, t_s: float) -> None:
    """Before a thing is taken to be back: remember what the place was, if there is doubt.

    There is after a while without a sight of it, be it that nobody looked.
    """
    missed = place.unseen_looks > 0 and t_s - place.held_s >= AFTER_S
    if not place.settled or not (missed or place.after_gap(t_s)):
        return
    if place.earlier is None:
        place.earlier = Earlier(
            place.last, place.best, place.looks, place.examined, dict(place.votes), place.touched
        )
    elif not place.out_of_sight(t_s):
        # What flickers, or is seldom looked at, would never be decided on.
        return
    place.earlier.samples = [place.back] if place.back else []


def other(place: Place, sighting: Sighting) -> bool:
    """Take in a sighting of what came back; whether it is by now another thing for sure."""
    earlier = place.earlier
    if earlier is None:
        return False
    samples = earlier.samples
    if not samples or sighting.t_s - samples[-1].t_s >= SAMPLE_S:
        samples.append(sighting)
    if len(samples) < LEAST_SAMPLES or sighting.t_s - samples[0].t_s < LEAST_SPAN_S:
        return False
    if not _moved(place, samples):
        place.earlier = None
        return False
    return True


def split(place: Place, number: int) -> tuple[Place, Place]:
    """The place as it was before, and the one of what came after it, with a number of its own."""
    earlier = place.earlier
    assert earlier is not None, "only what came back is split"
    looks = place.looks - earlier.looks
    votes = {
        class_id: votes - earlier.votes.get(class_id, 0.0)
        for class_id, votes in place.votes.items()
        if votes > earlier.votes.get(class_id, 0.0)
    }
    after = replace(
        place,
        number=number,
        first=earlier.samples[0],
        best=max(earlier.samples, key=weight),
        arrival_known=earlier.touched is not None,
        last_clear_at=None,
        reference=as_box(np.median([it.box for it in earlier.samples], axis=0)),
        looks=looks,
        examined=max(looks, place.examined - earlier.examined),
        settled=True,
        votes=votes,
        strayed=0.0,
        strayed_looks=0,
        earlier=None,
    )
    before = replace(
        place,
        last=earlier.last,
        best=earlier.best,
        looks=earlier.looks,
        examined=earlier.examined,
        votes=earlier.votes,
        gone=earlier.touched,
        earlier=None,
    )
    return before, after


def _moved(place: Place, samples: list[Sighting]) -> bool:
    boxes = np.array([it.box for it in samples])
    x1, y1, x2, y2 = place.reference
    sides = np.array([x2 - x1, y2 - y1, x2 - x1, y2 - y1])
    middle = np.median(boxes, axis=0)
    # The median deviation times 1.48 is the standard deviation of a bell curve.
    spread = 1.48 * np.median(np.abs(boxes - middle), axis=0)
    most = np.maximum(MOVED_SHARE * sides, SPREADS * spread)
    return bool((np.abs(middle - place.reference) > most).any())
