"""Polygons on the coarse grid of blocks that the motion gate compares."""

from __future__ import annotations

import cv2
import numpy as np
from shapely.geometry import MultiPolygon, Polygon

from detector.looks import Pixels

# Corners are told to OpenCV in 1/256 of a block.
FRACTION_BITS = 8
# A zone may reach far beyond the picture; OpenCV's corners are 32-bit.
FARTHEST_BLOCKS = 1e5


def fill(mask: Pixels, shape: Polygon | MultiPolygon, block_px: int, value: int) -> None:
    """Set each block of `mask` (h, w) that a shape, in pixels, has a part of to `value`."""
    for part in shape.geoms if isinstance(shape, MultiPolygon) else [shape]:
        if not part.is_empty:
            corners = np.asarray(part.exterior.coords) / block_px - 0.5
            corners = corners.clip(-FARTHEST_BLOCKS, FARTHEST_BLOCKS) * 2**FRACTION_BITS
            cv2.fillPoly(mask, [np.round(corners).astype(np.int32)], value, shift=FRACTION_BITS)
