"""Colours of cables as albedo (BGR 0..1)."""

from __future__ import annotations

import numpy as np

from training.synthetic.cables.strand import Albedo

# Colour names of sheaths seen in streets, BGR.
SHEATHS: tuple[Albedo, ...] = (
    (0.10, 0.35, 0.95),  # orange
    (0.12, 0.12, 0.62),  # red
    (0.55, 0.30, 0.10),  # blue
    (0.15, 0.70, 0.85),  # yellow
    (0.25, 0.45, 0.15),  # green
)
# Shares of black and dark grey, middle grey, white, and coloured cables.
_SHARES = (0.75, 0.16, 0.03, 0.06)


def dark(rng: np.random.Generator) -> Albedo:
    """Black to dark grey, a little warm or cool."""
    return _tinted(float(rng.beta(1.2, 5.0)) * 0.30, rng)


def grey(rng: np.random.Generator) -> Albedo:
    """Weathered grey."""
    return _tinted(float(rng.uniform(0.25, 0.6)), rng)


def white(rng: np.random.Generator) -> Albedo:
    """White, as house wiring is."""
    return _tinted(float(rng.uniform(0.65, 0.95)), rng)


def coloured(rng: np.random.Generator) -> Albedo:
    """A coloured sheath, somewhat faded."""
    sheath = np.array(SHEATHS[int(rng.integers(len(SHEATHS)))])
    faded = sheath * (1 - 0.35 * rng.random()) + 0.12 * rng.random()
    return float(faded[0]), float(faded[1]), float(faded[2])


def cable(rng: np.random.Generator) -> Albedo:
    """Any cable, as often as streets show it."""
    kind = int(rng.choice(4, p=_SHARES))
    return (dark, grey, white, coloured)[kind](rng)


def beside(albedo: Albedo, rng: np.random.Generator, spread: float = 0.04) -> Albedo:
    """A cable of the same kind, a little lighter or darker."""
    return _scaled(albedo, float(rng.normal(0, spread)))


def _scaled(albedo: Albedo, more: float) -> Albedo:
    b, g, r = (min(1.0, max(0.0, share + more)) for share in albedo)
    return b, g, r


def _tinted(level: float, rng: np.random.Generator) -> Albedo:
    tint = rng.normal(0, 0.02, 3)
    b, g, r = (min(1.0, max(0.0, level * (1 + float(t) * 2))) for t in tint)
    return b, g, r
