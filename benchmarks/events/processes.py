"""Chance over time, on the ticks of a scene: wandering values, bursts, switches."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

TICKS_PER_S = 50
"""Scenes are made on these ticks; 1, 2, 5, 10 and 25 looks a second are all whole steps of it."""


def ticks(seconds: float) -> int:
    """The tick at a time."""
    return round(seconds * TICKS_PER_S)


def wandering(
    rng: np.random.Generator, number: int, columns: int, correlation_s: float
) -> NDArray[np.float64]:
    """Gaussian values (number, columns) of variance 1 that correlate by exp(-dt / correlation).

    A first-order autoregressive process (Ornstein-Uhlenbeck on the ticks).
    """
    keep = math.exp(-1 / (TICKS_PER_S * correlation_s))
    white = rng.standard_normal((number, columns))
    white[1:] *= math.sqrt(1 - keep**2)
    return np.asarray(lfilter([1.0], [1.0, -keep], white, axis=0), dtype=np.float64)


def bursts(
    rng: np.random.Generator, number: int, per_min: float, mean_s: float
) -> NDArray[np.bool_]:
    """Ticks (number,) inside bursts that begin `per_min` times a minute and last `mean_s`."""
    inside = np.zeros(number, dtype=np.bool_)
    begins = moments(rng, number, per_min)
    lengths = rng.exponential(mean_s, len(begins))
    for begin, length_s in zip(begins, lengths, strict=True):
        inside[begin : begin + max(1, ticks(length_s))] = True
    return inside


def bursts_of_share(
    rng: np.random.Generator, number: int, share: float, mean_s: float
) -> NDArray[np.bool_]:
    """Ticks (number,) inside bursts of `mean_s` that take up `share` of the time, below 1."""
    # Bursts that begin at random cover 1 - exp(-rate * length) of the time: they may overlap.
    per_min = -math.log1p(-share) / mean_s * 60
    return bursts(rng, number, per_min, mean_s)


def moments(rng: np.random.Generator, number: int, per_min: float) -> NDArray[np.intp]:
    """Ticks of events that come at random, `per_min` a minute, in order."""
    expected = number / TICKS_PER_S / 60 * per_min
    return np.sort(rng.integers(0, max(1, number), rng.poisson(expected)))
