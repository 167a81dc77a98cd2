"""A place: where one thing was seen over many looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from detector.looks import LookBoxes
from detector.observation import BoxXyxy
from detector.rules.finding import Sighting

ANCHOR_LOOKS = 15
"""So many first boxes make the anchor; later ones would let a creeping vehicle drag it along."""


@dataclass(slots=True)
class Place:
    """What is remembered of one thing.

    `reference` is the box (4,) that the next look is matched with. `gone` is the first look that
    saw the place empty, None while it is held or was only hidden.
    """

    first: Sighting
    arrival_known: bool
    last_clear_at: datetime | None
    reference: NDArray[np.float64]
    anchored: bool
    best: Sighting = field(init=False)
    last: Sighting = field(init=False)
    looks: int = 1
    misses: int = 0
    gone: Sighting | None = None
    _boxes: list[BoxXyxy] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.best = self.last = self.first
        self._boxes.append(self.first.box)

    def see(self, sighting: Sighting) -> None:
        """Take in a look that saw the thing here."""
        self.last = sighting
        self.looks += 1
        self.misses = 0
        self.gone = None
        if weight(sighting) > weight(self.best):
            self.best = sighting
        self._refer(sighting.box)

    def miss(self, look: LookBoxes) -> None:
        """Take in a look that saw this place, and nothing in it."""
        self.misses += 1
        if self.gone is None:
            box = as_box(self.reference)
            self.gone = Sighting(look.t_s, look.at, box, 0.0, look.size)

    def _refer(self, box: BoxXyxy) -> None:
        if not self.anchored:
            self.reference = np.asarray(box, dtype=np.float64)
        elif len(self._boxes) < ANCHOR_LOOKS:
            self._boxes.append(box)
            self.reference = np.median(np.asarray(self._boxes, dtype=np.float64), axis=0)


def weight(sighting: Sighting) -> float:
    """How good a look shows the thing: confidence times the square root of its area in pixels."""
    x1, y1, x2, y2 = sighting.box
    return sighting.confidence * float(np.sqrt(max(0.0, (x2 - x1) * (y2 - y1))))


def as_box(corners: Sequence[float] | NDArray[np.floating]) -> BoxXyxy:
    """Four numbers as a box of plain floats."""
    x1, y1, x2, y2 = (float(value) for value in corners)
    return (x1, y1, x2, y2)


def sighting_of(look: LookBoxes, index: int) -> Sighting:
    """The sighting of one box of a look."""
    boxes = look.boxes
    return Sighting(
        look.t_s,
        look.at,
        as_box(boxes.xyxy[index]),
        float(boxes.confidence[index]),
        look.size,
    )
