"""Cutting a box out of a picture, with some of what surrounds it."""

from __future__ import annotations

import math

import numpy as np

from detector.looks import Pixels
from detector.observation import BoxXyxy


def crop(bgr: Pixels, box: BoxXyxy, margin_share: float = 0.15, least_px: int = 32) -> Pixels:
    """A copy of the part of a (h, w, 3) picture that shows `box` (xyxy pixels).

    `margin_share` of the box's width and height is added on each side. The cut is at least
    `least_px` wide and high where the picture is, and stays inside the picture: at the rim it
    moves inwards. Raises ValueError for a box with a coordinate that is not finite.
    """
    if not all(math.isfinite(value) for value in box):
        raise ValueError(f"a box to cut out has finite coordinates, not {box}")
    x1, y1, x2, y2 = box
    left, right = _span(x1, x2, bgr.shape[1], margin_share, least_px)
    top, bottom = _span(y1, y2, bgr.shape[0], margin_share, least_px)
    return np.ascontiguousarray(bgr[top:bottom, left:right]).copy()


def _span(low: float, high: float, limit: int, margin: float, least: int) -> tuple[int, int]:
    """Whole-pixel bounds of one axis, `limit` being the picture's length."""
    low, high = (min(max(edge, 0.0), float(limit)) for edge in sorted((low, high)))
    pad = (high - low) * margin
    start, stop = max(math.floor(low - pad), 0), min(math.ceil(high + pad), limit)
    lacking = least - (stop - start)
    if lacking > 0:
        start = max(min(start - lacking // 2, limit - least), 0)
        stop = min(start + least, limit)
    return start, stop
