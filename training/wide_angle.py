"""The barrel of a wide-angle lens, for pictures and their boxes.

A point at radius r from the centre, in half diagonals, moves to r (1 + k) / (1 + k r^2), so that
corners stay and the middle grows: the one-parameter division model (Fitzgibbon, 2001), scaled.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

STEPS = 5


def bent(picture: NDArray[np.uint8], k: float) -> NDArray[np.uint8]:
    """The picture (H, W, 3) as through a lens of strength k, 0 (none) to about 0.5."""
    height, width = picture.shape[:2]
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    points = np.stack([x, y], axis=-1).reshape(-1, 2).astype(np.float64)
    source = straight_points(points, width, height, k).astype(np.float32).reshape(height, width, 2)
    x_from, y_from = (np.ascontiguousarray(source[..., axis]) for axis in (0, 1))
    return np.asarray(
        cv2.remap(picture, x_from, y_from, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
        dtype=np.uint8,
    )


def bent_points(
    points: NDArray[np.float64], width: int, height: int, k: float
) -> NDArray[np.float64]:
    """Where points (n, 2) of the straight picture, in pixels, lie in the bent one."""
    centre, half = _frame(width, height)
    away = (points - centre) / half
    squared = (away**2).sum(axis=1, keepdims=True)
    return np.asarray(centre + half * away * (1 + k) / (1 + k * squared), dtype=np.float64)


def straight_points(
    points: NDArray[np.float64], width: int, height: int, k: float
) -> NDArray[np.float64]:
    """The inverse of `bent_points`: the smaller root of k R r^2 - (1 + k) r + R = 0."""
    if k == 0:
        return points
    centre, half = _frame(width, height)
    away = (points - centre) / half
    bent_radius = np.sqrt((away**2).sum(axis=1, keepdims=True))
    root = np.sqrt(np.maximum((1 + k) ** 2 - 4 * k * bent_radius**2, 0))
    radius = 2 * bent_radius / (1 + k + root)
    share = np.divide(radius, bent_radius, out=np.zeros_like(radius), where=bent_radius > 0)
    return np.asarray(centre + half * away * share, dtype=np.float64)


def bent_boxes(xyxy: NDArray[np.float64], width: int, height: int, k: float) -> NDArray[np.float64]:
    """Boxes (n, 4) round what was in the boxes of the straight picture, clipped to the picture."""
    steps = np.linspace(0, 1, STEPS)
    x = xyxy[:, [0]] + (xyxy[:, [2]] - xyxy[:, [0]]) * steps
    y = xyxy[:, [1]] + (xyxy[:, [3]] - xyxy[:, [1]]) * steps
    top, bottom = np.broadcast_to(xyxy[:, [1]], x.shape), np.broadcast_to(xyxy[:, [3]], x.shape)
    left, right = np.broadcast_to(xyxy[:, [0]], y.shape), np.broadcast_to(xyxy[:, [2]], y.shape)
    across = np.concatenate([x, x, left, right], axis=1)
    down = np.concatenate([top, bottom, y, y], axis=1)
    rim = np.stack([across, down], axis=-1).reshape(-1, 2)
    moved = bent_points(rim, width, height, k).reshape(len(xyxy), 4 * STEPS, 2)
    boxes = np.concatenate([moved.min(axis=1), moved.max(axis=1)], axis=1)
    return np.asarray(boxes.clip(0, [width, height] * 2), dtype=np.float64)


def _frame(width: int, height: int) -> tuple[NDArray[np.float64], float]:
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    return centre, float(np.hypot(width, height) / 2)
