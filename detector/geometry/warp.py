"""Zones, boxes and points carried along by a 3x3 matrix, as when a camera was nudged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry import Polygon

from detector.geometry.zone import Zone
from detector.looks import Size


def warped_points(points: ArrayLike, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points (n, 2) under a homography (3, 3): x' = h0 / h2, y' = h1 / h2 with h = M (x, y, 1).

    Points that the matrix sends beyond the horizon become NaN.
    """
    rows = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    carried = np.column_stack([rows, np.ones(len(rows))]) @ matrix.T
    ahead = carried[:, 2:] > 1e-9
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(ahead, carried[:, :2] / carried[:, 2:], np.nan)


def warped_boxes(xyxy: ArrayLike, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """The upright boxes (n, 4) around boxes (n, 4) whose four corners were carried along."""
    rows = np.asarray(xyxy, dtype=np.float64).reshape(-1, 4)
    corners = rows[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2)
    carried = warped_points(corners.reshape(-1, 2), matrix).reshape(-1, 4, 2)
    return np.concatenate([carried.min(axis=1), carried.max(axis=1)], axis=1)


def warped_zone(zone: Zone, matrix: NDArray[np.float64]) -> Zone:
    """The zone in the pixels that the matrix leads to.

    A corner beyond the horizon leaves the zone where it was: a view turned that far is no nudge.
    """
    corners = warped_points(zone.polygon.exterior.coords, matrix)
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
    apart = warped_points(corners, one) - warped_points(corners, other)
    far = np.hypot(apart[:, 0], apart[:, 1])
    return float(np.where(np.isfinite(far), far, np.inf).max())
