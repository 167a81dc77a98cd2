"""Poles: found in a picture, or drawn into it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from training.synthetic.cables.curves import Points
from training.synthetic.cables.strand import Albedo
from training.synthetic.canvas import UNLABELLED, Canvas
from training.synthetic.light import Light

# Pictures are searched at this size; sides of a pole are at least this share of its height.
_SEARCH_PX = 320
MIN_LENGTH_SHARE = 0.22
# Most lean of a pole: sideward step by height.
MAX_LEAN = 0.18
# The two sides of a pole lie at most this share of the width apart.
MAX_WIDTH_SHARE = 0.07
# Its head is in this upper share of the picture.
MAX_HEAD_SHARE = 0.4
_STRIPS = 12


@dataclass(frozen=True, slots=True)
class Pole:
    """A pole from `top` to `bottom` (x, y), pixels, `width_px` wide at its foot."""

    top: tuple[float, float]
    bottom: tuple[float, float]
    width_px: float

    def x_at(self, y: float) -> float:
        """The x of its middle line at a height of the picture, pixels."""
        span = self.bottom[1] - self.top[1]
        share = (y - self.top[1]) / span if span else 0.0
        return self.top[0] + (self.bottom[0] - self.top[0]) * float(np.clip(share, 0, 1))


def find_poles(picture: NDArray[np.uint8]) -> tuple[Pole, ...]:
    """Pairs of long upright edges that may be poles, the longest first (at most 4)."""
    height, width = picture.shape[:2]
    scale = min(1.0, _SEARCH_PX / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    edges = cv2.Canny(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), 60, 160)
    least = max(12, round(MIN_LENGTH_SHARE * size[1]))
    lines = cv2.HoughLinesP(edges, 1, np.pi / 180, least // 2, None, least, least // 6)
    if lines is None:
        return ()
    upright = [
        (x1, y1, x2, y2) if y1 < y2 else (x2, y2, x1, y1)
        for x1, y1, x2, y2 in np.asarray(lines, dtype=np.float64).reshape(-1, 4)
        if abs(x2 - x1) <= MAX_LEAN * abs(y2 - y1)
    ]
    upright.sort(key=lambda line: line[1] - line[3])
    found: list[Pole] = []
    for one, other in combinations(upright[:24], 2):
        pole = _pole(one, other, size[0], scale)
        if pole is None or pole.top[1] > MAX_HEAD_SHARE * height:
            continue
        if all(_apart(pole, known) for known in found):
            found.append(pole)
    return tuple(found[:4])


def new_pole(picture: tuple[int, int], x: float, rng: np.random.Generator) -> Pole:
    """A pole standing at `x` in a picture of (width, height)."""
    width, height = picture
    foot = height * float(rng.choice([1.03, rng.uniform(0.8, 1.0)], p=[0.85, 0.15]))
    head = height * float(rng.choice([-0.03, rng.uniform(0.02, 0.3)], p=[0.25, 0.75]))
    lean = float(rng.normal(0, 0.03)) * (foot - head)
    thick = (foot - head) * float(rng.uniform(0.025, 0.07))
    return Pole((x + lean, head), (x, foot), max(2.0, min(thick, 0.12 * width)))


def pole_albedo(rng: np.random.Generator) -> Albedo:
    """Concrete, weathered wood or painted steel, BGR 0..1."""
    base = np.array([(0.52, 0.54, 0.55), (0.18, 0.25, 0.33), (0.16, 0.16, 0.15)])
    shares = base[int(rng.choice(3, p=[0.55, 0.25, 0.2]))] * float(rng.uniform(0.75, 1.25))
    return float(shares[0]), float(shares[1]), float(shares[2])


def paint_pole(
    pole: Pole, albedo: Albedo, canvas: Canvas, light: Light, rng: np.random.Generator
) -> None:
    """Draws a round pole, narrower at its head, lit from one side, with streaks."""
    bright_at = float(rng.uniform(0.15, 0.85))
    taper = float(rng.uniform(0.6, 0.95))
    for strip in range(_STRIPS):
        one, two = strip / _STRIPS, (strip + 1.15) / _STRIPS
        rounded = 0.5 + 0.5 * np.cos((one + 0.5 / _STRIPS - bright_at) * np.pi * 0.9)
        corners = np.array(
            [_across(pole, one, taper, True), _across(pole, two, taper, True),
             _across(pole, two, taper, False), _across(pole, one, taper, False)]
        )  # fmt: skip
        canvas.polygon(corners, light.of(albedo, 0.45 + 0.6 * rounded), UNLABELLED)
    for _ in range(int(rng.integers(4, 14))):
        across, down = rng.random(), rng.random()
        start = _along(pole, across, taper, down)
        end = _along(pole, across, taper, min(1.0, down + float(rng.uniform(0.02, 0.25))))
        canvas.stroke(
            np.array([start, end]),
            pole.width_px * float(rng.uniform(0.03, 0.12)),
            light.of(albedo, float(rng.uniform(0.5, 1.0))),
            UNLABELLED,
        )


def _across(pole: Pole, share: float, taper: float, head: bool) -> tuple[float, float]:
    return _along(pole, share, taper, 0.0 if head else 1.0)


def _along(pole: Pole, across: float, taper: float, down: float) -> tuple[float, float]:
    width = pole.width_px * (taper + (1 - taper) * down)
    x = pole.top[0] + (pole.bottom[0] - pole.top[0]) * down
    y = pole.top[1] + (pole.bottom[1] - pole.top[1]) * down
    return x + (min(1.0, across) - 0.5) * width, y


def _pole(
    one: tuple[float, float, float, float],
    other: tuple[float, float, float, float],
    width: int,
    scale: float,
) -> Pole | None:
    gap = abs((one[0] + one[2]) - (other[0] + other[2])) / 2
    shared = min(one[3], other[3]) - max(one[1], other[1])
    if not 1.0 <= gap <= MAX_WIDTH_SHARE * width or shared < 0.4 * (one[3] - one[1]):
        return None
    points: Points = np.array([one, other]).mean(axis=0) / scale
    top, bottom = min(one[1], other[1]) / scale, max(one[3], other[3]) / scale
    return Pole((float(points[0]), top), (float(points[2]), bottom), max(2.0, gap / scale))


def _apart(one: Pole, other: Pole) -> bool:
    return abs(one.bottom[0] - other.bottom[0]) > 2 * (one.width_px + other.width_px)
