"""The road through a clip's zone: its direction, the sizes of vehicles, and ways along it.

Without a picture only the zone tells the direction: the long side of the smallest rectangle round
it. Perspective within one clip is left out: a vehicle keeps its size on its way.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon

from benchmarks.events.actors import Path
from benchmarks.events.clips import Clip
from benchmarks.events.processes import TICKS_PER_S
from detector.geometry.zones import zone_polygon

Vector = NDArray[np.float64]

USUAL_SIZE_SHARE = (0.14, 0.12)
"""Width and height of a vehicle where a clip shows none, as shares of the picture's."""


@dataclass(frozen=True)
class Road:
    """`along` is a unit vector; `sizes` (n, 2) widths and heights of vehicles in pixels."""

    clip: Clip
    polygon: Polygon
    along: Vector
    sizes: NDArray[np.float64]

    @classmethod
    def of(cls, clip: Clip) -> Road:
        """The road through a clip's first zone."""
        polygon = zone_polygon(clip.zones[0])
        corners = shapely.get_coordinates(shapely.oriented_envelope(polygon))
        edges = np.diff(corners, axis=0)[:2]
        long = edges[np.linalg.norm(edges, axis=1).argmax()]
        boxes = np.array([stay.box for stay in clip.stays]).reshape(-1, 4)
        sizes = boxes[:, 2:] - boxes[:, :2]
        usual = np.array([np.multiply(clip.size, USUAL_SIZE_SHARE)])
        return cls(clip, polygon, long / np.linalg.norm(long), sizes if len(sizes) else usual)

    def length_of(self, size: Vector, along: Vector) -> float:
        """How far a box of this size reaches in a direction, in pixels: one vehicle length."""
        return float(np.abs(size * along).sum())

    def some_size(self, rng: np.random.Generator) -> Vector:
        """The size of some vehicle."""
        chosen = self.sizes[rng.integers(len(self.sizes))]
        return np.asarray(chosen * rng.uniform(0.85, 1.2), dtype=np.float64)

    def some_foot(self, rng: np.random.Generator) -> Vector:
        """A point in the zone, where a vehicle's box has its bottom centre."""
        x1, y1, x2, y2 = self.polygon.bounds
        for _ in range(200):
            point = rng.uniform((x1, y1), (x2, y2))
            if shapely.contains_xy(self.polygon, *point):
                return np.asarray(point, dtype=np.float64)
        inside = self.polygon.representative_point()
        return np.array([inside.x, inside.y])

    def some_way(self, rng: np.random.Generator) -> Vector:
        """The road's direction in one of both senses, turned a little."""
        turn = rng.normal(0, math.radians(5))
        x, y = self.along * rng.choice([-1.0, 1.0])
        return np.array(
            [x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)]
        )

    def to_border(self, foot: Vector, along: Vector, size: Vector) -> float:
        """Pixels that a box at `foot` can go in a direction until half of it has left."""
        width, height = self.clip.size
        low = np.array([0.0, 0.0]) - foot + [0, size[1] / 2]
        high = np.array([width, height], dtype=np.float64) - foot + [0, size[1] / 2]
        with np.errstate(divide="ignore"):
            reach = np.where(along > 0, high / along, np.where(along < 0, low / along, np.inf))
        return max(0.0, float(reach.min()))


def at_feet(feet: NDArray[np.float64], size: Vector) -> Path:
    """Boxes of one size whose bottom centres are at `feet` (n, 2)."""
    width, height = size
    x, y = feet.T
    return np.column_stack([x - width / 2, y - height, x + width / 2, y])


def straight(foot: Vector, along: Vector, size: Vector, way_px: NDArray[np.float64]) -> Path:
    """Boxes on a straight line: `way_px` (n,) says how far from `foot` at each tick."""
    return at_feet(foot + way_px[:, None] * along, size)


def moving_px(knots_s: list[float], knots_px: list[float]) -> NDArray[np.float64]:
    """How far a thing has come at each tick, between knots of time and way."""
    number = max(1, round((knots_s[-1] - knots_s[0]) * TICKS_PER_S))
    times = knots_s[0] + np.arange(number) / TICKS_PER_S
    return np.asarray(np.interp(times, knots_s, knots_px), dtype=np.float64)


def arriving_px(way_px: float, speed_px_s: float, braking_px: float) -> NDArray[np.float64]:
    """Ways (n,) from -`way_px` to 0: at a steady speed, then braking evenly over `braking_px`.

    Turned round in time and sense it is a departure.
    """
    braking_px = min(braking_px, way_px)
    steady = max(0, round((way_px - braking_px) / speed_px_s * TICKS_PER_S))
    slowing = max(1, round(2 * braking_px / speed_px_s * TICKS_PER_S))
    coming = -way_px + np.arange(steady) * speed_px_s / TICKS_PER_S
    left = 1 - np.arange(slowing) / slowing
    return np.concatenate([coming, -braking_px * left**2])
