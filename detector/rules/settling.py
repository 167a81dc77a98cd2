"""The box of a place, from what many looks saw of it.

A box jitters by some percent of its size, and is badly off now and then; the middle of several is
not. What counts is time: samples are spread over the first seconds, so that 25 looks a second and
one look a second settle on the same box, and later boxes cannot drag it along.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from detector.geometry.boxes import iou_matrix
from detector.observation import BoxXyxy
from detector.rules.carry import Carry
from detector.rules.finding import Sighting
from detector.rules.place import Place, as_box, weight

SETTLE_S = 5.0
SETTLE_SAMPLES = 5
"""A place settles after so many seconds and samples."""

MOST_SAMPLES = 15
SAMPLE_S = SETTLE_S / MOST_SAMPLES

STOOD_IOU = 0.7
"""A first look whose box overlaps the settled one by less still saw the approach."""

DRIFTED_IOU = 0.7
"""What stands has about the same box in the first third of the samples as in the last; a large
vehicle that creeps may stay within its own running middle."""


def settle(place: Place, sighting: Sighting) -> None:
    """Take a sighting into the box of a place that stands, until it has settled for good."""
    if place.settled:
        return
    _sample(place, sighting)
    span_s = sighting.t_s - place.samples[0].t_s
    if span_s >= SETTLE_S and len(place.samples) >= SETTLE_SAMPLES:
        close(place)


def close(place: Place) -> None:
    """Settle now: from here on neither the box nor the arrival changes."""
    if place.settled:
        return
    standing = _without_approach(place.samples, _settled_box(place.samples))
    place.first = standing[0]
    if place.best.t_s < place.first.t_s:
        place.best = max(standing, key=weight)
    place.reference = _middle(standing)
    place.settled = True
    for sample in standing:
        place.stray(sample.box)
    place.samples.clear()


def follow(place: Place, sighting: Sighting) -> None:
    """Take a sighting into the box of a thing that may grow: the middle of the latest samples."""
    _sample(place, sighting)
    place.settled = place.settled or sighting.t_s - place.first.t_s >= SETTLE_S


def move(place: Place, carry: Carry) -> None:
    """Carry all along that later looks are held against; what was seen stays as it was seen."""
    place.reference = carry.box(place.reference)
    place.samples = _moved(place.samples, carry)
    if place.likeness.box is not None:
        place.likeness.box = carry.box(place.likeness.box)
    if place.earlier is not None:
        place.earlier.samples = _moved(place.earlier.samples, carry)


def _moved(samples: Sequence[Sighting], carry: Carry) -> list[Sighting]:
    return [replace(it, box=carry.box(it.box)) for it in samples]


def _sample(place: Place, sighting: Sighting) -> None:
    if sighting.t_s - place.samples[-1].t_s < SAMPLE_S:
        return
    place.samples.append(sighting)
    del place.samples[:-MOST_SAMPLES]
    place.reference = _middle(place.samples)


def _middle(samples: Sequence[Sighting]) -> BoxXyxy:
    return as_box(np.median(np.array([it.box for it in samples], dtype=np.float64), axis=0))


def _settled_box(samples: Sequence[Sighting]) -> BoxXyxy:
    """Where the thing stands: the middle of all samples, of the latest ones if it drifted."""
    third = max(1, len(samples) // 3)
    early, late = _middle(samples[:third]), _middle(samples[-third:])
    drifted = float(iou_matrix([early], [late])[0, 0]) < DRIFTED_IOU
    return late if drifted else _middle(samples)


def _without_approach(samples: Sequence[Sighting], reference: BoxXyxy) -> list[Sighting]:
    overlap = iou_matrix(np.array([it.box for it in samples]), np.array([reference]))[:, 0]
    stood = np.flatnonzero(overlap >= STOOD_IOU)
    return list(samples[int(stood[0]) if len(stood) else 0 :])
