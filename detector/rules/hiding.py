"""What stands before a place: looks that show neither the thing nor that it is gone."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detector.geometry.boxes import area
from detector.looks import LookBoxes

HIDDEN_SHARE = 0.5
"""A place counts as hidden when one nearer thing covers this share of it."""

BROKEN_SHARE = 0.15
"""A nearer thing that covers this share may break the box of what stands behind it."""

LARGEST_OCCLUDER = 0.35
"""Share of the picture; a larger box is a false one more often than a lorry at the lens."""

JITTER_SHARE = 0.05
"""So much of a place's side must be left to the border of a part that was examined: a box that
jitters beyond it is not told, and the thing would seem to be gone."""

EDGE_PX = 2.0
"""A part that ends so near to the edge of the picture ends with it."""


def occluders(look: LookBoxes, never: frozenset[int] = frozenset()) -> NDArray[np.intp]:
    """Indices of the boxes that may hide something; those of the classes `never` do not."""
    areas = area(look.boxes.xyxy)
    small = areas <= LARGEST_OCCLUDER * look.size.width * look.size.height
    may = small & (areas > 0) & ~np.isin(look.boxes.class_id, list(never))
    return np.flatnonzero(may)


def within(
    places: NDArray[np.float64], regions: NDArray[np.floating], sizes: ArrayLike
) -> NDArray[np.bool_]:
    """Whether each place (n, 4) lies wholly in each region (r, 4), with room for jitter: (n, r).

    `sizes` (r, 2) or (2,) are those of the pictures: at their edges there is no need of room. What
    lies across two regions was seen in pieces, and a piece is not judged.
    """
    far = np.broadcast_to(np.asarray(sizes, dtype=np.float64), (len(regions), 2))
    low, high = regions[:, :2], regions[:, 2:]
    low = np.where(low <= EDGE_PX, -np.inf, low)
    high = np.where(high >= far - EDGE_PX, np.inf, high)
    room = JITTER_SHARE * (places[:, 2:] - places[:, :2])
    begins = (places[:, None, :2] - room[:, None] >= low[None]).all(axis=2)
    ends = (places[:, None, 2:] + room[:, None] <= high[None]).all(axis=2)
    return np.asarray(begins & ends)


def unexamined(look: LookBoxes, places: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether each place (n, 4) was left out of this look."""
    if look.regions is None:
        return np.zeros(len(places), dtype=bool)
    return np.asarray(~within(places, look.regions, look.size).any(axis=1))
