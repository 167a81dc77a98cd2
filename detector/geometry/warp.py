"""Zones and boxes carried along by a 3x3 matrix, as when a camera was nudged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry import Polygon

from detector.geometry.homography import project
from detector.geometry.zone import Zone
from detector.looks import Size


def warped_boxes(xyxy: ArrayLike, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """The upright boxes (n, 4) around boxes (n, 4) whose four corners were carried along.

    NaN where a corner comes to lie beyond the horizon.
    """
    rows = np.asarray(xyxy, dtype=np.float64).reshape(-1, 4)
    corners = rows[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2)
    carried = project(matrix, corners.reshape(-1, 2)).reshape(-1, 4, 2)
    return np.concatenate([carried.min(axis=1), carried.max(axis=1)], axis=1)


def warped_zone(zone: Zone, matrix: NDArray[np.float64]) -> Zone:
    """The zone in the pixels that the matrix leads to.

    A corner beyond the horizon leaves the zone where it was: a view turned that far is no nudge.
    """
    corners = project(matrix, zone.polygon.exterior.coords)
    if not np.isfinite(corners).all():
        return zone
    carried = Polygon(corners)
    polygon = carried if carried.is_valid else carried.buffer(0)
    shapely.prepare(polygon)
    return replace(zone, polygon=polygon)


def farthest_corner_px(size: Size, one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """How far two matrices (3, 3) send a corner of a picture apart, at most, in pixels."""
    width, height = size
    corners = [(0, 0), (width, 0), (width, height), (0, height)]
    apart = project(one, corners) - project(other, corners)
    far = np.hypot(apart[:, 0], apart[:, 1])
    return float(np.where(np.isfinite(far), far, np.inf).max())
