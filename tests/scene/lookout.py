"""A camera whose geometry is known: 8 m up, tilted 20 degrees down, looking north-north-east."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from detector.looks import Size
from detector.scene.calibration import Calibration
from detector.scene.plane import TangentPlane

SIZE = Size(1920, 1080)
FOCAL_PX = 1000.0
HEIGHT_M = 8.0
TILT = np.radians(20)
HEADING = np.radians(30)
HOME = TangentPlane(31.2304, 121.4737)
SPOTS = [(100, 900), (1800, 950), (1500, 450), (400, 420), (900, 700), (960, 380)]

# Where the ground runs to infinity, in pixels from the upper edge.
HORIZON_PX = SIZE.height / 2 - FOCAL_PX * np.tan(TILT)


def on_the_ground(x: float, y: float) -> tuple[float, float]:
    """East and north in metres of what a pixel shows."""
    right, down = (x - SIZE.width / 2) / FOCAL_PX, (y - SIZE.height / 2) / FOCAL_PX
    scale = HEIGHT_M / (down * np.cos(TILT) + np.sin(TILT))
    right_m, ahead_m = right * scale, (np.cos(TILT) - down * np.sin(TILT)) * scale
    east_m = right_m * np.cos(HEADING) + ahead_m * np.sin(HEADING)
    north_m = ahead_m * np.cos(HEADING) - right_m * np.sin(HEADING)
    return float(east_m), float(north_m)


def pair(
    x: float, y: float, rng: Generator | None = None, px: float = 0, m: float = 0
) -> dict[str, float]:
    """A point of a calibration, with noise where a generator is given."""
    east_m, north_m = on_the_ground(x, y)
    noise = rng.normal(0, (px, px, m, m)) if rng else np.zeros(4)
    lat, lon = HOME.place(east_m + noise[2], north_m + noise[3])
    values = (x + noise[0], y + noise[1], lat, lon)
    return dict(zip(("x", "y", "lat", "lon"), map(float, values), strict=True))


def pairs(count: int) -> list[dict[str, float]]:
    """So many points without noise."""
    return [pair(x, y) for x, y in SPOTS[:count]]


def calibration(points: list[dict[str, float]], **more: object) -> Calibration:
    """The calibration with these points."""
    return Calibration.model_validate({"points": points, **more})


def box(x: float, y: float) -> tuple[float, float, float, float]:
    """A box of 80 x 60 px whose foot is there."""
    return (x - 40, y - 60, x + 40, y)
