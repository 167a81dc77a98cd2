"""How the places of a rule overlap with the boxes of a look, reckoned once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.geometry.boxes import area, intersections

Shares = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Overlaps:
    """Of places (n, 4) with boxes (m, 4), each (n, m).

    `share` is how much of the place the box covers, `inside` how much of the box lies in the
    place, both in 0..1; `nearer`: the box reaches as low in the picture as the place, or lower.
    """

    iou: Shares
    share: Shares
    inside: Shares
    nearer: NDArray[np.bool_]


def overlaps_of(places: Shares, boxes: NDArray[np.floating]) -> Overlaps:
    """The overlaps of places (n, 4) with boxes (m, 4), xyxy in pixels."""
    shared = intersections(places, boxes)
    of_place, of_box = area(places)[:, None], area(boxes)[None, :]
    return Overlaps(
        iou=shared / np.maximum(of_place + of_box - shared, 1e-9),
        share=shared / np.maximum(of_place, 1e-9),
        inside=shared / np.maximum(of_box, 1e-9),
        nearer=np.asarray(boxes[None, :, 3] >= places[:, None, 3]),
    )
