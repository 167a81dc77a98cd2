"""A cut-out made to look as if the background's camera had seen it: light, blur, noise."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.synthetic.camera import Camera, camera_of
from training.synthetic.stalls.outline import Pixels

# How far the cut-out follows the background's light: 1 would take a stall of white cloth for a
# dull day.
BRIGHTNESS_SHARE, TINT_SHARE = 0.65, 0.5
# A background of less mean chroma (Lab) is a grey or infrared picture.
GREY_CHROMA = 6.0
# The shadows of a hazy picture are lifted by at most this much, grey levels.
MAX_LIFT = 30.0

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Look:
    """How a picture looks: `mean` blue, green, red and `black` (0..255), mean `chroma` (Lab)."""

    mean: NDArray[np.float64]
    black: float
    chroma: float
    camera: Camera


def look_of(background: Pixels) -> Look:
    """The look of a picture (H, W, 3) BGR."""
    small = cv2.resize(background, (64, 64), interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small, cv2.COLOR_BGR2LAB).astype(np.float32)
    return Look(
        mean=small.mean(axis=(0, 1)),
        black=float(np.percentile(small.min(axis=2), 2)),
        chroma=float(np.hypot(lab[..., 1] - 128, lab[..., 2] - 128).mean()),
        camera=camera_of(background),
    )


def matched(
    bgr: Pixels, light: tuple[float, float, float], look: Look, rng: np.random.Generator
) -> Pixels:
    """A cut-out `bgr` (h, w, 3) at its final size, taken in `light` (see CutOut), in that look."""
    seen = _lit(bgr.astype(np.float32), light, look)
    own = camera_of(bgr)
    blur_px = max(0.0, look.camera.blur_px**2 - own.blur_px**2) ** 0.5
    if blur_px > 0.2:
        seen = np.asarray(cv2.GaussianBlur(seen, (0, 0), blur_px), dtype=np.float32)
    grain = max(0.0, look.camera.noise**2 - own.noise**2) ** 0.5
    if grain > 0.3:
        seen = seen + rng.normal(0, grain, (*seen.shape[:2], 1)).astype(np.float32)
    return np.clip(np.rint(seen), 0, 255).astype(np.uint8)


def _lit(seen: Floats, light: tuple[float, float, float], look: Look) -> Floats:
    here, there = np.clip(look.mean, 4, 251), np.clip(np.array(light), 4, 251)
    bright = float(np.clip(here.mean() / there.mean(), 0.15, 2.0)) ** BRIGHTNESS_SHARE
    # A lit stall from a night picture is bright enough for any day.
    brightest = float(np.percentile(seen.max(axis=2), 90))
    bright = min(bright, max(1.0, 225 / max(1.0, brightest)))
    tint = (here / here.mean()) / (there / there.mean())
    lit = np.asarray(seen * (bright * np.clip(tint**TINT_SHARE, 0.82, 1.2)), dtype=np.float32)
    # A gain above 1 would burn out what is light already.
    lit = np.where(lit > 230, 230 + (lit - 230) * 0.3, lit).astype(np.float32)
    grey = cv2.cvtColor(lit, cv2.COLOR_BGR2GRAY)[..., None]
    lit = grey + (lit - grey) * np.float32(min(1.0, look.chroma / GREY_CHROMA))
    lift = 0.5 * (look.black - float(np.percentile(grey, 2)))
    lift = min(MAX_LIFT, max(0.0, lift))
    return np.asarray(lift + lit * (1 - lift / 255), dtype=np.float32)
