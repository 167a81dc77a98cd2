"""What is in a scene: things with a path over time, and how a detector sees each of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from benchmarks.events.clips import vehicle
from benchmarks.events.noise import Noise
from benchmarks.events.processes import bursts, bursts_of_share, moments, wandering

Path: TypeAlias = NDArray[np.float64]
"""Boxes (n, 4) xyxy in pixels, one for each tick."""

SUREST, LEAST_SURE = 0.95, 0.3
CONFIDENCE_SPREAD = 0.08
"""How much the confidence of one vehicle wanders, standard deviation."""


class Part(StrEnum):
    """What a thing is there for."""

    STAY = "stay"
    TRAFFIC = "traffic"
    OCCLUDER = "occluder"
    QUEUE = "queue"
    FALSE = "false"


@dataclass(frozen=True)
class Mover:
    """A thing on its way: its true boxes from the tick `first` on."""

    part: Part
    class_id: int
    first: int
    path: Path

    @property
    def end(self) -> int:
        """The tick after its last."""
        return self.first + len(self.path)


@dataclass(frozen=True)
class Actor:
    """A mover as a detector sees it, for each of its ticks.

    `drawn` (n, 4) are its boxes with jitter, `detected` (n,) whether it is seen where nothing
    hides it, `confidence` (n,), `track` (n,) the id that a tracker inside the detector would give;
    `twin` (n, 4) the second box of another class, where `doubled` (n,) says so.
    """

    mover: Mover
    drawn: Path
    detected: NDArray[np.bool_]
    confidence: NDArray[np.float64]
    track: NDArray[np.int64]
    twin: Path
    doubled: NDArray[np.bool_]

    @property
    def twin_class_id(self) -> int:
        """What the second box says that it is."""
        car, truck = vehicle("car"), vehicle("truck")
        return car if self.mover.class_id == truck else truck


def acted(mover: Mover, noise: Noise, number: int, rng: np.random.Generator) -> Actor:
    """A mover under noise; `number` tells the movers of a scene apart in their track ids."""
    length = len(mover.path)
    missed = bursts(rng, length, noise.miss_bursts_per_min, noise.miss_burst_s)
    missed |= bursts_of_share(rng, length, noise.flicker_share, noise.flicker_s)
    sure = rng.uniform(0.6, 0.9) + CONFIDENCE_SPREAD * wandering(rng, length, 1, 1.0)[:, 0]
    switched = np.zeros(length, dtype=np.int64)
    switched[moments(rng, length, noise.id_switches_per_min)] = 1
    is_false = mover.part is Part.FALSE
    return Actor(
        mover,
        drawn=_jittered(mover.path, noise, rng),
        detected=np.ones(length, dtype=np.bool_) if is_false else ~missed,
        confidence=np.clip(sure, LEAST_SURE, SUREST),
        track=number * 1000 + np.cumsum(switched),
        twin=_jittered(mover.path, noise, rng),
        doubled=bursts_of_share(rng, length, 0 if is_false else noise.double_share, noise.double_s),
    )


def _jittered(path: Path, noise: Noise, rng: np.random.Generator) -> Path:
    sides = path[:, 2:] - path[:, :2]
    shares = noise.edge_jitter_share * wandering(rng, len(path), 4, noise.jitter_correlation_s)
    drawn = path + np.tile(sides, 2) * shares
    # However wild the jitter, a box keeps its corners in order.
    drawn[:, 2:] = np.maximum(drawn[:, 2:], drawn[:, :2] + 1)
    return np.asarray(drawn, dtype=np.float64)
