"""Boxes: areas and overlaps. Boxes are xyxy; a box with NaN or without area overlaps nothing."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]


def area(boxes: ArrayLike) -> Floats:
    """Areas (n,) of xyxy boxes (n, 4) in square units; 0 for NaN, infinite and turned boxes."""
    rows = _rows(boxes)
    with np.errstate(invalid="ignore", over="ignore"):
        sides = rows[:, 2:] - rows[:, :2]
        product = sides[:, 0] * sides[:, 1]
    real = np.isfinite(product) & (sides > 0).all(axis=1)
    return np.where(real, product, 0.0)


def intersections(a: ArrayLike, b: ArrayLike) -> Floats:
    """Shared areas (n, m) of xyxy boxes `a` (n, 4) and `b` (m, 4), in square units."""
    left, right = _rows(a)[:, None, :], _rows(b)[None, :, :]
    with np.errstate(invalid="ignore", over="ignore"):
        sides = np.minimum(left[..., 2:], right[..., 2:]) - np.maximum(
            left[..., :2], right[..., :2]
        )
        product = sides[..., 0] * sides[..., 1]
    shared = np.isfinite(product) & (sides > 0).all(axis=2)
    real = (area(a) > 0)[:, None] & (area(b) > 0)[None, :]
    return np.where(shared & real, product, 0.0)


def iou_matrix(a: ArrayLike, b: ArrayLike) -> Floats:
    """Intersection over union (n, m) in 0..1 of xyxy boxes `a` (n, 4) and `b` (m, 4)."""
    shared = intersections(a, b)
    with np.errstate(over="ignore"):
        union = area(a)[:, None] + area(b)[None, :] - shared
    return _ratio(shared, union)


def covered_share(box: ArrayLike, others: ArrayLike) -> Floats:
    """Share (m,) in 0..1 of one xyxy `box` (4,) that each of `others` (m, 4) covers."""
    return _ratio(intersections(box, others)[0], area(box))


def _rows(boxes: ArrayLike) -> Floats:
    return np.asarray(boxes, dtype=np.float64).reshape(-1, 4)


def _ratio(part: Floats, whole: Floats) -> Floats:
    share = np.zeros(np.broadcast_shapes(part.shape, whole.shape))
    np.divide(part, whole, out=share, where=whole > 0)
    return np.clip(share, 0.0, 1.0)
