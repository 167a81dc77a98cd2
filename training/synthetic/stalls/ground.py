"""Where the ground is and how large a metre looks on it, from the things that stand there.

A level camera at height c above flat ground sees a metre at the foot line y as (y - h) / c pixels,
h being the line of the horizon (Hoiem, Efros and Hebert, Putting Objects in Perspective, 2008).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.taxonomy import TAXONOMY

Box = tuple[float, float, float, float]
Thing = tuple[str, Box]
Numbers = NDArray[np.float64]

# Typical heights, metres.
HEIGHTS_M = {"person": 1.7, "bicycle": 1.2, "motorcycle": 1.2, "car": 1.5, "truck": 2.8, "bus": 3.0}
# Where the horizon lies without anything to go by (share of the picture's height), and how high
# a camera in a street is held (metres).
HORIZON = (0.38, 0.50)
CAMERA_M = (1.6, 3.0)
# The horizons tried, shares of the height: from a camera that looks down steeply to one held up.
TRIED = np.linspace(-0.3, 0.75, 106)
# A foot this near to the picture's lower edge (share of its height) may be cut off.
CUT_OFF = 0.01
# How far the beliefs about things, horizon and camera may be off: the logarithm of a thing's height
# (a child, a van, a rider), the share of the picture's height, the logarithm of the camera's.
THING_SPREAD, HORIZON_SPREAD, CAMERA_SPREAD = 0.2, 0.08, 0.5
USUAL_HORIZON, USUAL_CAMERA_M = 0.44, 1.8
# A person covered this much by another thing rides or sits in it.
RIDING = 0.3


@dataclass(frozen=True, slots=True)
class Ground:
    """The flat ground of a picture: `horizon_y_px`, and the camera's height above it, metres."""

    horizon_y_px: float
    camera_m: float

    def px_per_m(self, foot_y_px: float) -> float:
        """How many pixels a metre takes where a thing stands at that line; 0 at the horizon."""
        return max(0.0, (foot_y_px - self.horizon_y_px) / self.camera_m)

    def foot_y_px(self, px_per_m: float) -> float:
        """The line at which a metre takes so many pixels."""
        return self.horizon_y_px + px_per_m * self.camera_m


def ground_of(height_px: int, things: Sequence[Thing], rng: np.random.Generator) -> Ground:
    """The ground of a picture `height_px` high, from the people and vehicles (xyxy, px) in it.

    Without any whole one of known height the ground is guessed.
    """
    feet, scales = _standing(height_px, things)
    guess = Ground(height_px * rng.uniform(*HORIZON), float(rng.uniform(*CAMERA_M)))
    if not len(feet):
        return guess
    best, least = guess, np.inf
    for horizon in TRIED * height_px:
        if horizon >= feet.min() - 2:
            break
        logs = np.log((feet - horizon) / scales)
        log_camera = float(np.median(logs))
        cost = (
            float(np.abs(logs - log_camera).sum()) / THING_SPREAD
            + ((horizon / height_px - USUAL_HORIZON) / HORIZON_SPREAD) ** 2 / 2
            + ((log_camera - np.log(USUAL_CAMERA_M)) / CAMERA_SPREAD) ** 2 / 2
        )
        if cost < least:
            best, least = Ground(float(horizon), float(np.exp(log_camera))), cost
    return best


def _standing(height_px: int, things: Sequence[Thing]) -> tuple[Numbers, Numbers]:
    """Foot lines (n,) and pixels per metre (n,) of the things of known height seen whole."""
    feet: list[float] = []
    scales: list[float] = []
    for name, box in things:
        number = TAXONOMY.class_id(name)
        kind = None if number is None else TAXONOMY.class_names[number]
        _, top, _, bottom = box
        whole = top > 1 and bottom < height_px * (1 - CUT_OFF) and bottom - top >= 4
        if kind not in HEIGHTS_M or not whole or (kind == "person" and _rides(box, things)):
            continue
        feet.append(bottom)
        scales.append((bottom - top) / HEIGHTS_M[kind])
    return np.array(feet, dtype=np.float64), np.array(scales, dtype=np.float64)


def _rides(person: Box, things: Sequence[Thing]) -> bool:
    others = (box for name, box in things if TAXONOMY.class_id(name) != TAXONOMY.class_id("person"))
    return any(share_covered(other, person) > RIDING for other in others)


def share_covered(box: Box, other: Box) -> float:
    """The share of `other` that lies inside `box`, 0..1 (both xyxy)."""
    width = min(box[2], other[2]) - max(box[0], other[0])
    height = min(box[3], other[3]) - max(box[1], other[1])
    area = (other[2] - other[0]) * (other[3] - other[1])
    return width * height / area if width > 0 and height > 0 and area > 0 else 0.0
