"""What a false observation lies on: which sort of thing of the scene stood or passed there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np

from benchmarks.events.actors import Mover, Part
from benchmarks.events.matching import Event
from benchmarks.events.processes import TICKS_PER_S, ticks
from benchmarks.events.scene import Scene
from detector.geometry.boxes import iou_matrix

LEAST_MEAN_IOU = 0.2
NOTHING = "nothing that stands"


def blamed(scene: Scene, events: Iterable[Event]) -> Counter[str]:
    """How many events lie on each sort of thing."""
    return Counter(cause(scene, event) for event in events)


def cause(scene: Scene, event: Event) -> str:
    """The sort of thing that lay on an event's box for most of its time."""
    shares = {actor.mover.part: 0.0 for actor in scene.actors}
    for actor in scene.actors:
        part = actor.mover.part
        shares[part] = max(shares[part], _mean_iou(actor.mover, event))
    best: Part | None = max(shares, key=lambda part: shares[part], default=None)
    return str(best) if best is not None and shares[best] >= LEAST_MEAN_IOU else NOTHING


def _mean_iou(mover: Mover, event: Event) -> float:
    """Mean overlap of a thing's true box with an event's, once a second of the event."""
    times = np.arange(ticks(event.start_s), ticks(event.end_s) + 1, TICKS_PER_S)
    there = times[(times >= mover.first) & (times < mover.end)]
    if not len(there):
        return 0.0
    overlaps = iou_matrix([event.box], mover.path[there - mover.first])[0]
    return float(overlaps.sum()) / len(times)
