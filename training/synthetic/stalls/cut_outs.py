"""Stalls cut out of labelled pictures, the poor cut-outs left aside."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.labelled import Labelled
from training.labels import LabelBox
from training.pictures import read_picture
from training.synthetic.stalls.outline import Pixels, Rect, feathered, outline

# A smaller stall shows too little to be worth pasting.
MIN_SIDE_PX = 64
# Less of its box means that GrabCut lost the stall, more that it found no outline.
MIN_FILL, MAX_FILL = 0.35, 0.97
# The least quality worth pasting, chosen by eye on the project's stalls.
MIN_QUALITY = 0.63
# A box edge this near to the picture's (share of the picture's side) touches it.
TOUCH = 0.012
TOUCHING = 0.15
# An outline that runs down a side of its box along this share of it is no outline: there the
# picture's edge or the box cut the stall.
STRAIGHT = 0.6
# A sharp picture's ratio of Laplacian to plain standard deviation at this resolution.
SHARP = 0.35


@dataclass(frozen=True)
class CutOut:
    """A stall without its surroundings.

    `bgr` (h, w, 3) uint8, `alpha` (h, w) uint8 (255 is stall), `origin` the stem of the picture it
    was taken from, `light` the mean blue, green and red of that whole picture (0..255), `quality`
    0..1: how far the outline is to be trusted. `cut_side` is -1 where the stall's left side is
    missing, 1 for the right, else 0: a picture's edge has to hide that side.
    """

    bgr: Pixels
    alpha: Pixels
    origin: str
    light: tuple[float, float, float]
    quality: float
    cut_side: int = 0


def cut_out_stalls(pictures: Iterable[Labelled]) -> tuple[CutOut, ...]:
    """The stalls that can be cut out well, in the order of the pictures and their boxes.

    Every box is taken for a stall. Deterministic; sets OpenCV's random seed.
    UnreadablePictureError names a file that is no picture.
    """
    found: list[CutOut] = []
    for labelled in pictures:
        picture = read_picture(labelled.picture)
        cuts = (cut_out(picture, box, labelled.picture.stem) for box in labelled.boxes)
        found += [cut for cut in cuts if cut is not None]
    return tuple(found)


def cut_out(picture: Pixels, box: LabelBox, origin: str) -> CutOut | None:
    """The stall in `box` of `picture` (H, W, 3) BGR; None where no good outline is found."""
    rect = _pixels(box, picture)
    left, top, right, bottom = rect
    if min(right - left, bottom - top) < MIN_SIDE_PX:
        return None
    mask = outline(picture, rect)
    if not MIN_FILL <= float((mask > 0).mean()) <= MAX_FILL or _cut_off(mask, rect, picture):
        return None
    quality = _quality(picture[top:bottom, left:right], mask)
    if quality < MIN_QUALITY:
        return None
    x, y, width, height = cv2.boundingRect(mask)
    inner = mask[y : y + height, x : x + width]
    blue, green, red = (float(value) for value in picture.mean(axis=(0, 1)))
    stall = picture[top + y : top + y + height, left + x : left + x + width].copy()
    return CutOut(stall, feathered(inner), origin, (blue, green, red), quality, _cut_side(inner))


def _pixels(box: LabelBox, picture: Pixels) -> Rect:
    height, width = picture.shape[:2]
    left, top, right, bottom = box.xyxy()
    return (
        max(0, round(left * width)),
        max(0, round(top * height)),
        min(width, round(right * width)),
        min(height, round(bottom * height)),
    )


def _cut_off(mask: Pixels, rect: Rect, picture: Pixels) -> bool:
    """Whether the picture's edge cuts the stall at its foot, or on more than one side."""
    height, width = picture.shape[:2]
    left, top, right, bottom = rect
    solid = mask > 0
    near_x, near_y = TOUCH * width, TOUCH * height
    foot = bottom >= height - near_y and solid[-2:].mean() > TOUCHING
    # How much of each side of the box lies along the picture's edge with the stall on it.
    sides = (
        float(left <= near_x) * solid[:, :2].mean(),
        float(right >= width - near_x) * solid[:, -2:].mean(),
        float(top <= near_y) * solid[:2].mean(),
    )
    return bool(foot or sum(side > TOUCHING for side in sides) > 1)


def _cut_side(mask: Pixels) -> int:
    solid = mask > 0
    left, right = (bool(solid[:, side].mean() > STRAIGHT) for side in (1, -2))
    return int(right) - int(left)


def _quality(crop: Pixels, mask: Pixels) -> float:
    """0..1: the mask spans its box, stands on a foot, has a smooth outline and a sharp inside."""
    height, width = mask.shape
    left, top, span_x, span_y = cv2.boundingRect(mask)
    spans = (span_x / width) * (span_y / height)
    lowest = mask[top + span_y * 7 // 8 : top + span_y, left : left + span_x] > 0
    stands_on = np.flatnonzero(lowest.any(axis=0))
    foot = float(np.ptp(stands_on)) / span_x
    outer, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    around = sum(cv2.arcLength(cv2.convexHull(part), True) for part in outer)
    smooth = around / sum(cv2.arcLength(part, True) for part in outer)
    scores = (
        spans,
        min(1.0, foot / 0.65) ** 2,
        min(1.0, smooth / 0.75),
        min(1.0, _sharpness(crop, mask) / SHARP),
    )
    return math.sqrt(math.prod(scores))


def _sharpness(crop: Pixels, mask: NDArray[np.uint8]) -> float:
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    inside = mask > 0
    return float(cv2.Laplacian(grey, cv2.CV_64F)[inside].std() / max(12.0, grey[inside].std()))
