"""Curves that cables make; points are (N, 2) float64, x right and y down."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

Points = NDArray[np.float64]
Place = tuple[float, float]


def smooth(through: Points, count: int = 48) -> Points:
    """A smooth curve of `count` points through at least two points.

    The parameter grows with the square root of each step (centripetal), so no cusps.
    """
    steps = np.sqrt(np.linalg.norm(np.diff(through, axis=0), axis=1)) + 1e-6
    at = np.concatenate([[0.0], np.cumsum(steps)])
    if len(through) < 3:
        share = np.linspace(0, 1, count)[:, np.newaxis]
        return np.asarray(through[0] * (1 - share) + through[-1] * share)
    spline = CubicSpline(at, through, bc_type="natural")
    return np.asarray(spline(np.linspace(0, at[-1], count)), dtype=np.float64)


def sagging(start: Place, end: Place, sag: float, count: int = 40) -> Points:
    """A line hung between two places, `sag` below their chord at the middle.

    A parabola: a catenary differs by less than the width of a line while the sag is small.
    """
    share = np.linspace(0, 1, count)
    x = start[0] + (end[0] - start[0]) * share
    y = start[1] + (end[1] - start[1]) * share + 4 * sag * share * (1 - share)
    return np.column_stack([x, y])


def drooping(start: Place, end: Place, depth: float, fullness: float, count: int = 64) -> Points:
    """A slack cable: leaves both places level, falls steeply, round at the bottom.

    `fullness` 0..1: 0 is a narrow U, 1 as wide as the places are apart.
    """
    low = max(start[1], end[1]) + depth
    inset = (0.5 - 0.42 * fullness) * (end[0] - start[0])
    bulge = 0.55 * inset
    left, right = start[0] + inset, end[0] - inset
    middle = (left + right) / 2
    through = np.array(
        [
            start,
            (start[0] + bulge, start[1] + 0.04 * depth),
            (start[0] + 0.9 * inset, start[1] + 0.42 * (low - start[1])),
            (left + 0.18 * (right - left), low - 0.14 * depth),
            (middle, low),
            (right - 0.18 * (right - left), low - 0.14 * depth),
            (end[0] - 0.9 * inset, end[1] + 0.42 * (low - end[1])),
            (end[0] - bulge, end[1] + 0.04 * depth),
            end,
        ]
    )
    return smooth(through, count)


def wobbled(points: Points, size: float, rng: np.random.Generator, waves: int = 5) -> Points:
    """The curve bent a little, sidewards and along, by `waves` slow waves of up to `size`."""
    share = np.linspace(0, 1, len(points))[:, np.newaxis]
    order = np.arange(1, waves + 1)
    phase = rng.uniform(0, 2 * np.pi, (2, waves))
    gain = rng.normal(0, size, (2, waves)) / order
    offset = [(np.sin(np.pi * share * order + phase[k]) * gain[k]).sum(axis=1) for k in (0, 1)]
    return np.asarray(points + np.column_stack(offset), dtype=np.float64)


def turn(
    centre: Place, radii: Place, tilt: float, rng: np.random.Generator, arc: float = 2 * np.pi
) -> Points:
    """One turn of a coil: an ellipse, not quite round; `tilt` and `arc` in radians."""
    angle = np.linspace(0, arc, 44) + rng.uniform(0, 2 * np.pi)
    uneven = 1 + sum(
        rng.normal(0, 0.05 / order) * np.sin(order * angle + rng.uniform(0, 6.3))
        for order in (1, 2, 3)
    )
    x, y = radii[0] * uneven * np.cos(angle), radii[1] * uneven * np.sin(angle)
    cos, sin = np.cos(tilt), np.sin(tilt)
    return np.column_stack([centre[0] + x * cos - y * sin, centre[1] + x * sin + y * cos])


def normals(points: Points) -> Points:
    """Unit vectors at right angles to the curve."""
    along = np.gradient(points, axis=0)
    length = np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    return np.asarray(np.column_stack([-along[:, 1], along[:, 0]]) / length, dtype=np.float64)


def resampled(points: Points, step: float) -> Points:
    """The curve with points about `step` apart (at most 600)."""
    lengths = np.linalg.norm(np.diff(points, axis=0), axis=1)
    at = np.concatenate([[0.0], np.cumsum(lengths)])
    count = int(np.clip(at[-1] / max(step, 1e-6), 2, 600))
    even = np.linspace(0, at[-1], count)
    return np.column_stack([np.interp(even, at, points[:, k]) for k in (0, 1)])
