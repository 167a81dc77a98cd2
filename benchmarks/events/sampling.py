"""Looks at a scene: its boxes at one rate, as a detector on a camera would give them.

What is nearer, so lower in the picture, hides what is behind it: a vehicle of which too little is
left is not detected, one that is partly hidden is detected as far as it can be seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.events.actors import Actor, Part, Path
from benchmarks.events.processes import TICKS_PER_S, ticks
from benchmarks.events.scene import Scene
from detector.geometry.boxes import intersections
from detector.looks import Boxes, LookBoxes, Size

TRUNCATED_SHARE = 0.25
"""From this share on that one nearer vehicle covers, only the part beside it is drawn."""

HIDDEN_SHARE = 0.6
"""From this share on it is not detected at all."""

LEAST_VISIBLE_SHARE = 0.4
"""What is left of a box at the picture's border must be this much of it."""

TRUNCATED_CONFIDENCE = 0.75
"""Less sure of a vehicle that is partly hidden, by this factor."""

TWIN_CONFIDENCE = 0.8
"""Less sure of the second box of a vehicle, by this factor."""


@dataclass(frozen=True)
class Sample:
    """What one look sees; `track` (n,) are the ids that the scene itself gives its boxes."""

    look: LookBoxes
    track: NDArray[np.int64]


@dataclass(frozen=True)
class _Rows:
    """Things in view over all looks, one row for each thing and look, in order of looks."""

    look: NDArray[np.int64]
    true: Path
    drawn: Path
    detected: NDArray[np.bool_]
    class_id: NDArray[np.int64]
    confidence: NDArray[np.float64]
    track: NDArray[np.int64]
    twin: Path
    doubled: NDArray[np.bool_]
    twin_class_id: NDArray[np.int64]
    real: NDArray[np.bool_]


def looks_at(scene: Scene, looks_per_s: int) -> Iterator[Sample]:
    """The looks at a scene from its start to its end; the rate divides `TICKS_PER_S`."""
    if TICKS_PER_S % looks_per_s:
        raise ValueError(f"{looks_per_s} looks a second are no whole steps of the scene")
    step = TICKS_PER_S // looks_per_s
    number = ticks(scene.clip.length_s) // step
    rows = _rows(scene, step, number)
    bounds = np.searchsorted(rows.look, np.arange(number + 1))
    for index in range(number):
        part = slice(bounds[index], bounds[index + 1])
        yield _sample(rows, part, index / looks_per_s, scene.clip.size)


def _rows(scene: Scene, step: int, number: int) -> _Rows:
    parts = [_rows_of(actor, step, number) for actor in scene.actors]
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    order = np.argsort(columns[0], kind="stable")
    return _Rows(*(column[order] for column in columns))


def _rows_of(actor: Actor, step: int, number: int) -> tuple[NDArray[np.generic], ...]:
    mover = actor.mover
    first, last = -(-max(0, mover.first) // step), min(number * step, mover.end)
    at = np.arange(first * step, max(first * step, last), step)
    own = at - mover.first
    return (
        at // step,
        mover.path[own],
        actor.drawn[own],
        actor.detected[own],
        np.full(len(own), mover.class_id),
        actor.confidence[own],
        actor.track[own],
        actor.twin[own],
        actor.doubled[own],
        np.full(len(own), actor.twin_class_id),
        np.full(len(own), mover.part is not Part.FALSE),
    )


def _sample(rows: _Rows, part: slice, t_s: float, size: Size) -> Sample:
    true, drawn = rows.true[part], rows.drawn[part].copy()
    twin = rows.twin[part].copy()
    share, nearest = _hidden(true, rows.real[part])
    cut = np.flatnonzero((share >= TRUNCATED_SHARE) & (share < HIDDEN_SHARE))
    for row in cut:
        beside = _beside(true[row], true[nearest[row]])
        for boxes in (drawn, twin):
            boxes[row] = _within(boxes[row], beside)
    seen = rows.detected[part] & (share < HIDDEN_SHARE)
    confidence = rows.confidence[part] * np.where(share >= TRUNCATED_SHARE, TRUNCATED_CONFIDENCE, 1)
    both = seen & rows.doubled[part]
    xyxy, whole = _clipped(np.concatenate([drawn[seen], twin[both]]), size)
    class_id = np.concatenate([rows.class_id[part][seen], rows.twin_class_id[part][both]])
    sure = np.concatenate([confidence[seen], confidence[both] * TWIN_CONFIDENCE])
    # The second box is a track of its own, too.
    track = np.concatenate([rows.track[part][seen], -rows.track[part][both]])
    shown = Boxes(xyxy[whole].astype(np.float32), class_id[whole], sure[whole].astype(np.float32))
    return Sample(LookBoxes(t_s, None, size, shown), track[whole])


def _hidden(true: Path, real: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """The largest share (n,) of each thing that one nearer thing covers, and which (n,)."""
    if not len(true):
        return np.zeros(0), np.zeros(0, dtype=np.intp)
    own = (true[:, 2] - true[:, 0]) * (true[:, 3] - true[:, 1])
    share = intersections(true, true) / own[:, None]
    nearer = true[None, :, 3] > true[:, None, 3]
    share = np.where(nearer & real[None, :] & real[:, None], share, 0.0)
    return share.max(axis=1), share.argmax(axis=1)


def _beside(box: NDArray[np.float64], occluder: NDArray[np.float64]) -> NDArray[np.float64]:
    """The largest part of a box that lies wholly left of, right of or above what covers it."""
    x1, y1, x2, y2 = box
    left, top, right, _ = occluder
    parts = np.array([[x1, y1, min(x2, left), y2], [max(x1, right), y1, x2, y2]])
    parts = np.concatenate([parts, [[x1, y1, x2, min(y2, top)]]])
    sides = np.maximum(parts[:, 2:] - parts[:, :2], 0)
    return np.asarray(parts[sides.prod(axis=1).argmax()])


def _within(box: NDArray[np.float64], part: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate([np.maximum(box[:2], part[:2]), np.minimum(box[2:], part[2:])])


def _clipped(xyxy: Path, size: Size) -> tuple[Path, NDArray[np.bool_]]:
    """Boxes cut at the picture's border, and which (n,) still show enough."""
    inside = np.clip(xyxy, 0, np.array([*size, *size], dtype=np.float64))
    before = (xyxy[:, 2:] - xyxy[:, :2]).prod(axis=1)
    sides = np.maximum(inside[:, 2:] - inside[:, :2], 0)
    left = sides.prod(axis=1)
    return inside, (left >= LEAST_VISIBLE_SHARE * before) & (sides >= 2).all(axis=1)
