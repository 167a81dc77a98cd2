"""What a part of a picture looks like, as a vector that rules can compare."""

from __future__ import annotations

from functools import cache, partial

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.looks import Appearance, Picture, Pixels, Planes

GREY_SIDE = 16
"""Cells across and down a part: enough to tell windows and bonnet, too few for noise."""

COLOUR_SIDE = 3
LEAST_SIDE_PX = 4.0

LEAST_CONTRAST = 2.0
"""Grey levels of standard deviation over the grid; with less a part shows noise."""

STRONG_COLOUR = 24.0
"""Levels of chroma beside the picture's own tint at which colour weighs as much as form."""

LENGTH = GREY_SIDE * GREY_SIDE + 2 * COLOUR_SIDE * COLOUR_SIDE


def appearance_of(picture: Picture) -> Appearance:
    """How parts of this picture look; holds on to the picture.

    A vector is the part's brightness on a grid, mean 0 and length 1 (so that a product of two is
    their normalised cross-correlation), and beside it its colour, weighed by its strength; all
    together of length 1. A part of no contrast, or hardly in the picture, gives zeros.
    """
    # Most looks are never asked.
    tinted = cache(partial(_tinted, picture))

    def vectors_of(boxes: NDArray[np.float64]) -> NDArray[np.float32]:
        return _vectors(*tinted(), boxes)

    return vectors_of


def _tinted(picture: Picture) -> tuple[Planes, tuple[float, float]]:
    """A picture's planes, and the mean of both of colour."""
    planes = picture.planes or _planes(picture.bgr)
    return planes, (float(planes.u.mean()), float(planes.v.mean()))


def _planes(bgr: Pixels) -> Planes:
    """Brightness, and both colours at half the size, as a decoder gives them."""
    y, v, u = cv2.split(cv2.cvtColor(bgr, cv2.COLOR_BGR2YCrCb))
    half = (max(1, y.shape[1] // 2), max(1, y.shape[0] // 2))
    small = (_shrunk(np.asarray(plane, dtype=np.uint8), half) for plane in (u, v))
    return Planes(np.asarray(y, dtype=np.uint8), *small)


def _vectors(
    planes: Planes, tint: tuple[float, float], boxes: NDArray[np.float64]
) -> NDArray[np.float32]:
    vectors = np.zeros((len(boxes), LENGTH), dtype=np.float32)
    for row, box in enumerate(boxes):
        form = _form(planes.y, box)
        if form is not None:
            both = np.concatenate([form, *_colours(planes, tint, box)])
            vectors[row] = both / np.linalg.norm(both)
    return vectors


def _form(plane: Pixels, box: NDArray[np.float64]) -> NDArray[np.float64] | None:
    part = _part(plane, box, LEAST_SIDE_PX)
    if part is None:
        return None
    grey = _shrunk(part, (GREY_SIDE, GREY_SIDE)).astype(np.float64).reshape(-1)
    grey -= grey.mean()
    length = float(np.linalg.norm(grey))
    # The length of what has mean 0 is its standard deviation times the root of its count.
    return None if length < LEAST_CONTRAST * GREY_SIDE else grey / length


def _colours(
    planes: Planes, tint: tuple[float, float], box: NDArray[np.float64]
) -> list[NDArray[np.float64]]:
    across = planes.u.shape[1] / planes.y.shape[1]
    down = planes.u.shape[0] / planes.y.shape[0]
    half = box * (across, down, across, down)
    colours = []
    for plane, usual in zip((planes.u, planes.v), tint, strict=True):
        part = _part(plane, half, 1.0)
        cells = np.zeros(COLOUR_SIDE * COLOUR_SIDE)
        if part is not None:
            small = _shrunk(part, (COLOUR_SIDE, COLOUR_SIDE)).astype(np.float64)
            cells = (small.reshape(-1) - usual) / (STRONG_COLOUR * COLOUR_SIDE)
        colours.append(cells)
    return colours


def _part(plane: Pixels, box: NDArray[np.float64], least_px: float) -> Pixels | None:
    height, width = plane.shape
    if not np.isfinite(box).all():
        return None
    x1, y1, x2, y2 = np.clip(np.round(box), 0, (width, height, width, height)).astype(int)
    if x2 - x1 < least_px or y2 - y1 < least_px:
        return None
    return plane[y1:y2, x1:x2]


def _shrunk(part: Pixels, size: tuple[int, int]) -> Pixels:
    shrinks = part.shape[1] >= size[0] and part.shape[0] >= size[1]
    way = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(part, size, interpolation=way), dtype=np.uint8)
