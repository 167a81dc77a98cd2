"""Zones: polygons in a picture, and how much of a box stands on them.

Corners are (x, y) in pixels, x to the right and y down.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon
from shapely.validation import explain_validity

Corners: TypeAlias = Sequence[tuple[float, float]]

# What touches the ground: the lower third of a box. The upper part of a bus leans over the
# kerb behind it without standing there.
FOOT_OF_BOX = 1 / 3

# No picture reaches so far; beyond, areas begin to overflow.
FARTHEST_PX = 1e9


def polygon_fault(corners: Corners) -> str | None:
    """Why these corners (n, 2) bound no area, in words; None when they do."""
    if len(corners) < 3:
        return f"has {len(corners)} corners, a polygon needs at least 3"
    if not np.isfinite(np.asarray(corners, dtype=np.float64)).all():
        return "has a corner that is not a finite number"
    polygon = Polygon(corners)
    if polygon.is_valid:
        return None if polygon.area > 0 else "has no area"
    return f"crosses or touches itself ({explain_validity(polygon)})"


def zone_polygon(corners: Corners) -> Polygon:
    """The prepared polygon with these corners (n, 2) in pixels.

    Raises ValueError when they bound no area or the edges cross.
    """
    fault = polygon_fault(corners)
    if fault is not None:
        raise ValueError(f"the polygon {fault}")
    polygon = Polygon(corners)
    shapely.prepare(polygon)
    return polygon


def scaled_polygon(corners: Corners, x: float, y: float) -> Polygon:
    """The prepared polygon of sound corners (n, 2), stretched by `x` and `y`, both above 0."""
    polygon = Polygon(np.asarray(corners, dtype=np.float64) * (x, y))
    # Rounding may make the thinnest of slivers touch themselves; GEOS measures only valid ones.
    sound = polygon if polygon.is_valid else polygon.buffer(0)
    shapely.prepare(sound)
    return sound


def foot_share(xyxy: NDArray[np.floating], polygon: Polygon) -> NDArray[np.float64]:
    """Share (n,) in 0..1 of each box's foot, its lower third, that lies inside the polygon.

    `xyxy` is (n, 4) in the polygon's pixels. A box with NaN, without
    area or beyond `FARTHEST_PX` gives 0.
    """
    rows = np.asarray(xyxy, dtype=np.float64).reshape(-1, 4)
    share = np.zeros(len(rows))
    # NaN compares false, so it is no box either.
    real = (np.abs(rows) < FARTHEST_PX).all(axis=1) & (rows[:, 2:] > rows[:, :2]).all(axis=1)
    feet = _feet(rows[real])
    inside = shapely.covers(polygon, feet)
    partly = shapely.intersects(polygon, feet) & ~inside
    found = inside.astype(np.float64)
    found[partly] = _part_inside(feet[partly], polygon)
    share[real] = found
    return share


def _feet(rows: NDArray[np.float64]) -> NDArray[np.object_]:
    x1, y1, x2, y2 = rows.T
    return np.asarray(shapely.box(x1, y2 - (y2 - y1) * FOOT_OF_BOX, x2, y2), dtype=np.object_)


def _part_inside(feet: NDArray[np.object_], polygon: Polygon) -> NDArray[np.float64]:
    whole = shapely.area(feet)
    part = np.zeros(len(feet))
    np.divide(shapely.area(shapely.intersection(feet, polygon)), whole, out=part, where=whole > 0)
    return np.clip(part, 0.0, 1.0)
