"""The shadows of a thing on flat ground: a soft one at its foot and, in the sun, a cast one."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.synthetic.stalls.outline import Pixels

# Shadows reach at most this far out of the thing's box: shares of its height to the left and
# right and, below, of its height.
REACH_X, REACH_DOWN = 0.8, 0.3
CONTACT_DEPTH = 0.62


@dataclass(frozen=True, slots=True)
class Sun:
    """Light of a picture: `strength` 0 (overcast) to 1, and where the shadow of a point one unit
    high falls: `aside` to the right and `down` towards the camera, in units of the height."""

    strength: float
    aside: float
    down: float


def sun_of(background: Pixels, rng: np.random.Generator) -> Sun:
    """How sunny a street picture is, by the contrast on its ground; the direction is a guess."""
    height = background.shape[0]
    small = cv2.resize(background[height // 2 :], (48, 24), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    low, high = np.percentile(grey, [10, 90])
    strength = float(np.clip((high - low - 70) / 80, 0, 1)) * float(high > 130)
    aside = float(rng.uniform(0.15, 0.7) * rng.choice([-1, 1]))
    return Sun(strength, aside, float(rng.uniform(0.06, 0.18) * rng.choice([-1, 1])))


def margin_px(height: int) -> tuple[int, int]:
    """How far, to each side and down, shadows of a thing `height` px high may reach."""
    return max(3, round(height * REACH_X)), max(3, round(height * REACH_DOWN))


def shade(alpha: Pixels, sun: Sun) -> NDArray[np.float32]:
    """How much of the light stays around a thing, 0..1.

    `alpha` (h, w) is the thing's mask; the result is (h + down, w + 2 side), see `margin_px`, with
    the thing's top left corner at (side, 0).
    """
    height = alpha.shape[0]
    side, down = margin_px(height)
    wide = np.pad(alpha, ((0, down), (side, side)))
    light: NDArray[np.float32] = 1 - CONTACT_DEPTH * _contact(wide, height)
    light -= 0.25 * _spread(wide, height)
    if sun.strength > 0:
        light *= 1 - 0.5 * sun.strength * _cast(wide, height, sun)
    return _faded(np.clip(light, 0.12, 1), side, down)


def _contact(wide: Pixels, height: int) -> NDArray[np.float32]:
    """The lowest third of the mask moved down a little: it follows feet that are not level."""
    drop = np.array([[1, 0, 0], [0, 1, height * 0.025]], dtype=np.float64)
    near = _soft(_warped(wide, drop), height * 0.014)
    low = np.clip((np.arange(len(wide)) / height - 0.68) / 0.2, 0, 1).astype(np.float32)
    return np.asarray(near * low[:, None], dtype=np.float32)


def _spread(wide: Pixels, height: int) -> NDArray[np.float32]:
    """The wider, weaker darkness under awnings and between the wheels."""
    return _flattened(wide, height, share=0.22, sink=0.05, blur=0.045)


def _flattened(
    wide: Pixels, height: int, share: float, sink: float, blur: float
) -> NDArray[np.float32]:
    """The mask squeezed to `share` of its height, its foot `sink` below, blurred (of height)."""
    foot = height * (1 + sink)
    squeeze = np.array([[1, 0, 0], [0, share, foot - height * share]], dtype=np.float64)
    return _soft(_warped(wide, squeeze), height * blur)


def _cast(wide: Pixels, height: int, sun: Sun) -> NDArray[np.float32]:
    """The mask on the ground: what is z above the foot falls at (x + aside z, foot + down z)."""
    lay = np.array(
        [[1, -sun.aside, sun.aside * height], [0, -sun.down, height * (1 + sun.down)]],
        dtype=np.float64,
    )
    return _soft(_warped(wide, lay), height * 0.015)


def _warped(wide: Pixels, matrix: NDArray[np.float64]) -> Pixels:
    size = (wide.shape[1], wide.shape[0])
    return np.asarray(cv2.warpAffine(wide, matrix, size), dtype=np.uint8)


def _soft(mask: Pixels, sigma: float) -> NDArray[np.float32]:
    soft = cv2.GaussianBlur(mask, (0, 0), max(0.6, sigma))
    return np.asarray(soft / 255, dtype=np.float32)


def _faded(light: NDArray[np.float32], side: int, down: int) -> NDArray[np.float32]:
    """Brought to full light towards the edges, so that no shadow ends in a line."""
    height, width = light.shape
    x = np.minimum(np.arange(width), np.arange(width)[::-1]) / max(1.0, side * 0.3)
    y = np.arange(height)[::-1] / max(1.0, down * 0.3)
    weight: NDArray[np.float64] = np.clip(x, 0, 1)[None, :] * np.clip(y, 0, 1)[:, None]
    return np.asarray(1 - (1 - light) * weight, dtype=np.float32)
