"""Where a stall could stand: on open ground, of a fitting size, rather at the sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.synthetic.stalls.footing import footing
from training.synthetic.stalls.ground import Box, Ground, Thing, share_covered
from training.synthetic.stalls.outline import Pixels

# A stall covers at most this share of any thing that was there before.
MAX_COVERED = 0.25
# The least and the largest height of a stall, shares of the picture's height.
MIN_HEIGHT, MAX_HEIGHT = 0.08, 0.72
MIN_HEIGHT_PX = 12
# No foot lies lower than this (share of the height).
LOWEST_FOOT = 0.985
TRIES = 120
# How much of a stall's cut side the picture's edge hides, share of its width.
HIDDEN = 0.06
# The least share of open ground under a stall's foot.
LEAST_OPEN = 0.4


@dataclass(frozen=True, slots=True)
class Size:
    """A stall in metres, and how high it may be drawn at most, px.

    `edge` is -1 or 1 where the picture's left or right edge has to hide that side of it.
    """

    width_m: float
    height_m: float
    most_px: float
    edge: int = 0


@dataclass(frozen=True, slots=True)
class Street:
    """A background of `shape` (height, width) to place on.

    `footing` (h, w) float32 0..1 is how open its ground is (see `footing.py`), `scale` that map's
    size beside the picture's; `things` are xyxy, px.
    """

    shape: tuple[int, int]
    ground: Ground
    things: tuple[Box, ...]
    footing: NDArray[np.float32]
    scale: float


def street_of(background: Pixels, ground: Ground, things: Sequence[Thing]) -> Street:
    """What is needed of a background (H, W, 3) BGR to find places."""
    boxes = tuple(box for _, box in things)
    opened, scale = footing(background, ground, boxes)
    height, width = background.shape[:2]
    return Street((height, width), ground, boxes, opened, scale)


def places_for(
    street: Street, sizes: Sequence[Size], rng: np.random.Generator
) -> tuple[Box, ...] | None:
    """Boxes (xyxy, px) for a row of stalls along the road, nearest first; None without room.

    The best of several tries; the picture's side may cut a stall by a third.
    """
    best: tuple[Box, ...] | None = None
    most = 0.0
    for _ in range(TRIES):
        row = _row(street, sizes, rng)
        if row is None or not all(_fits(street, box) for box in row):
            continue
        openness = min(_openness(street, box) for box in row)
        if openness < LEAST_OPEN:
            continue
        worth = openness + float(rng.uniform(0, 0.3))
        if worth > most:
            best, most = row, worth
    return best


def _row(street: Street, sizes: Sequence[Size], rng: np.random.Generator) -> tuple[Box, ...] | None:
    height, width = street.shape
    first = sizes[0]
    largest = street.ground.px_per_m(height * LOWEST_FOOT)
    most = min(largest, min(height * MAX_HEIGHT, first.most_px) / first.height_m)
    least = max(height * MIN_HEIGHT, MIN_HEIGHT_PX) / first.height_m
    if most < least:
        return None
    scale = float(np.exp(np.log(least) + np.log(most / least) * rng.beta(1.5, 1.0)))
    if first.edge:
        aside = first.edge * (width - (1 - HIDDEN) * first.width_m * scale) / 2
    else:
        aside = _open_x(street, street.ground.foot_y_px(scale), rng) - width / 2
    x_m = aside / scale
    depth = 1 / scale
    across = bool(rng.random() < 0.4)
    boxes: list[Box] = []
    for size in sizes:
        px = 1 / depth
        high = size.height_m * px
        if high < max(MIN_HEIGHT_PX, height * MIN_HEIGHT * 0.6) or high > size.most_px:
            return None
        boxes.append(_box(street, size, x_m, px))
        gap_m = float(rng.uniform(-0.15, 0.5))
        if across:
            x_m -= np.sign(aside) * (size.width_m + gap_m)
        else:
            depth += (size.width_m + gap_m) / (_focal_px(street) * street.ground.camera_m)
    return tuple(boxes)


def _open_x(street: Street, foot_y_px: float, rng: np.random.Generator) -> float:
    """A place on that line, px from the left: on open ground, rather at the sides."""
    row = street.footing[min(len(street.footing) - 1, max(0, int(foot_y_px * street.scale)))]
    from_middle = np.abs(np.linspace(-0.5, 0.5, len(row)))
    weights = (row + 0.02) * (0.15 + from_middle)
    cell = int(rng.choice(len(row), p=weights / weights.sum()))
    return (cell + float(rng.random())) / street.scale


def _focal_px(street: Street) -> float:
    """A usual lens: a field of view of 60 degrees over the longer side."""
    return 0.87 * max(street.shape)


def _box(street: Street, size: Size, x_m: float, px_per_m: float) -> Box:
    centre = street.shape[1] / 2 + x_m * px_per_m
    half = size.width_m * px_per_m / 2
    foot = street.ground.foot_y_px(px_per_m)
    return centre - half, foot - size.height_m * px_per_m, centre + half, foot


def _fits(street: Street, box: Box) -> bool:
    height, width = street.shape
    left, top, right, bottom = box
    seen = (min(right, width) - max(left, 0)) / (right - left)
    if seen < 0.67 or bottom > height or top < -0.1 * (bottom - top):
        return False
    return all(_covered(box, thing) <= MAX_COVERED for thing in street.things)


def _covered(box: Box, thing: Box) -> float:
    """Share of the thing that the box would hide; all of it where the thing stands in front."""
    behind = share_covered(thing, box)
    return 1.0 if thing[3] > box[3] and behind > 0.04 else share_covered(box, thing)


def _openness(street: Street, box: Box) -> float:
    """How much of the strip under and before the foot is open ground, 0..1."""
    left, top, right, bottom = (edge * street.scale for edge in box)
    deep = 0.12 * (bottom - top)
    rows = slice(max(0, int(bottom - deep)), max(1, int(np.ceil(bottom + deep * 0.5))))
    columns = slice(max(0, int(left)), max(1, int(np.ceil(right))))
    strip = street.footing[rows, columns]
    # A foot that stands half on the ground and half in a wall is no half success.
    return (
        float(strip.mean(axis=0).mean() * 0.5 + strip.mean(axis=0).min() * 0.5)
        if strip.size
        else 0.0
    )
