"""What stands before a place: looks that show neither the thing nor that it is gone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detector.geometry.boxes import area, intersections
from detector.looks import LookBoxes

HIDDEN_SHARE = 0.5
"""A place counts as hidden when one nearer thing covers this share of it."""

BROKEN_SHARE = 0.15
"""A nearer thing that covers this share may break the box of what stands behind it."""

LARGEST_OCCLUDER = 0.35
"""Share of the picture; a larger box is a false one more often than a lorry at the lens."""

LOOKED_AT_SHARE = 0.9
"""A place was looked at when this share of it lies in the parts that were examined."""


def occluders(look: LookBoxes, never: frozenset[int] = frozenset()) -> NDArray[np.intp]:
    """Indices of the boxes that may hide something; those of the classes `never` do not."""
    areas = area(look.boxes.xyxy)
    small = areas <= LARGEST_OCCLUDER * look.size.width * look.size.height
    may = small & (areas > 0) & ~np.isin(look.boxes.class_id, list(never))
    return np.flatnonzero(may)


def examined_share(
    places: NDArray[np.float64], regions: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Share (n,) of each place (n, 4) in that of the regions (r, 4) which holds most of it.

    What lies across two regions was seen in pieces, and a piece is not judged.
    """
    shared = intersections(places, regions).max(axis=1, initial=0.0)
    return np.asarray(shared / np.maximum(area(places), 1e-9))


def unexamined(look: LookBoxes, places: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether each place (n, 4) was left out of this look."""
    if look.regions is None:
        return np.zeros(len(places), dtype=bool)
    inside = np.clip(places, 0.0, np.array([*look.size, *look.size], dtype=np.float64))
    return np.asarray(examined_share(inside, look.regions) < LOOKED_AT_SHARE)
