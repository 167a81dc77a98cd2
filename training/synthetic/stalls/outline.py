"""The outline of a thing inside its label box, by GrabCut (Rother and others, SIGGRAPH 2004)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

# GrabCut works on a copy of at most this size; the outline is scaled back.
WORK_SIDE_PX = 240
# How much of the surroundings it sees on each side, as a share of the box.
CONTEXT = 0.22
ROUNDS = 5
# A crop whose values spread less (standard deviation, grey levels) shows nothing.
FLAT = 4.0
# A part that hangs by posts too thin to see (an awning) stays when it is this large beside the
# largest part.
LEAST_PART = 0.10
# ... and this share of its columns lies over or under that part.
ABOVE = 0.4

Pixels = NDArray[np.uint8]
Rect = tuple[int, int, int, int]


def outline(picture: Pixels, box: Rect) -> Pixels:
    """The thing in `box` (left, top, right, bottom, px) as a mask of the box's size, 0 or 255.

    `picture` is (H, W, 3) BGR. All zero where GrabCut finds nothing. Sets OpenCV's random seed, so
    that the same picture gives the same mask.
    """
    left, top, right, bottom = box
    around = _around(picture.shape[:2], box)
    crop = picture[around[1] : around[3], around[0] : around[2]]
    scale = min(1.0, WORK_SIDE_PX / max(crop.shape[:2]))
    small = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    inner = (
        round((left - around[0]) * scale),
        round((top - around[1]) * scale),
        max(1, round((right - left) * scale)),
        max(1, round((bottom - top) * scale)),
    )
    mask = _whole(_grab_cut(np.asarray(small, dtype=np.uint8), inner))
    full = cv2.resize(mask, (crop.shape[1], crop.shape[0]), interpolation=cv2.INTER_LINEAR)
    part = full[top - around[1] : bottom - around[1], left - around[0] : right - around[0]]
    return np.where(part >= 128, 255, 0).astype(np.uint8)


def feathered(mask: Pixels) -> Pixels:
    """The mask drawn in by a pixel, so that no fringe of the old background stays, edge softened.

    `mask` (h, w) 0 or 255; returns (h, w) 0..255.
    """
    padded = cv2.copyMakeBorder(mask, 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=0)
    drawn_in = cv2.erode(padded, cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3)))
    return np.asarray(cv2.GaussianBlur(drawn_in, (0, 0), 0.8), dtype=np.uint8)[2:-2, 2:-2]


def _around(shape: tuple[int, ...], box: Rect) -> Rect:
    left, top, right, bottom = box
    x, y = round((right - left) * CONTEXT) + 2, round((bottom - top) * CONTEXT) + 2
    return max(0, left - x), max(0, top - y), min(shape[1], right + x), min(shape[0], bottom + y)


def _grab_cut(crop: Pixels, inner: Rect) -> Pixels:
    """Foreground 255; `inner` is left, top, width, height."""
    x, y, width, height = inner
    mask = np.full(crop.shape[:2], cv2.GC_BGD, dtype=np.uint8)
    mask[y : y + height, x : x + width] = cv2.GC_PR_FGD
    # GrabCut needs some background, and takes minutes over a picture of one colour.
    if not (mask == cv2.GC_BGD).any() or float(crop.std()) < FLAT:
        return np.zeros_like(mask)
    background, thing = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(0)
    cv2.grabCut(crop, mask, None, background, thing, ROUNDS, cv2.GC_INIT_WITH_MASK)  # type: ignore[call-overload]
    found = (mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD)
    return np.where(found, 255, 0).astype(np.uint8)


def _whole(mask: Pixels) -> Pixels:
    """The largest part and those that belong to it, small gaps closed, holes filled.

    Between an awning and its counter stands what was seen through the stall: its posts are too
    thin to be found, and an awning that hangs in the air would look worse.
    """
    side = max(3, round(max(mask.shape) * 0.015) | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    closed = cv2.morphologyEx(opened, cv2.MORPH_CLOSE, kernel)
    count, parts, stats, _ = cv2.connectedComponentsWithStats(closed)
    if count < 2:
        return np.zeros_like(mask)
    areas = stats[1:, cv2.CC_STAT_AREA]
    spans = [np.flatnonzero((parts == number).any(axis=0)) for number in range(1, count)]
    main = spans[int(areas.argmax())]
    kept = [
        number
        for number, (area, span) in enumerate(zip(areas, spans, strict=True), start=1)
        if area >= LEAST_PART * areas.max() and np.isin(span, main).mean() >= ABOVE
    ]
    whole = np.where(np.isin(parts, kept), 255, 0).astype(np.uint8)
    if len(kept) > 1:
        whole[_between(whole > 0)] = 255
    outer, _ = cv2.findContours(whole, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return np.asarray(cv2.drawContours(whole, outer, -1, 255, cv2.FILLED), dtype=np.uint8)


def _between(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What lies between the uppermost and the lowest pixel of its column."""
    above = np.logical_or.accumulate(mask, axis=0)
    below = np.logical_or.accumulate(mask[::-1], axis=0)[::-1]
    return np.asarray(above & below, dtype=np.bool_)
