"""The light of a place in a picture: what black and white look like there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Share of pixels taken as the darkest and the brightest of a place.
DARK_PERCENTILE, BRIGHT_PERCENTILE = 0.5, 95.0
# Black shows at most this bright (0..255), also where a picture has nothing dark in it.
MAX_DARK = 45.0
# The place counts this much beside the whole picture.
LOCAL_WEIGHT = 0.5
# A picture whose channels differ by less than this (0..255, mean) is grey: night or infrared.
GREY_SPREAD = 4.0
# Most pixels of the longer side that are looked at.
_SAMPLE_PX = 96


@dataclass(frozen=True, slots=True)
class Light:
    """What a black, a white and the middle surface show, BGR 0..255 each; grey pictures."""

    dark: tuple[float, float, float]
    bright: tuple[float, float, float]
    middle: tuple[float, float, float]
    grey: bool

    def of(self, albedo: tuple[float, float, float], gain: float = 1.0) -> tuple[
        float, float, float
    ]:  # fmt: skip
        """The colour of a surface that sends back `albedo` (BGR 0..1) of the light."""
        mean = sum(albedo) / 3
        shown = (mean, mean, mean) if self.grey else albedo
        b, g, r = (
            min(255.0, max(0.0, low + (high - low) * share * gain))
            for low, high, share in zip(self.dark, self.bright, shown, strict=True)
        )
        return b, g, r


def light_of(
    picture: NDArray[np.uint8], box: tuple[float, float, float, float] | None = None
) -> Light:
    """The light of a picture (H, W, 3), BGR; with a box (xyxy, pixels) of that place in it."""
    whole = _sampled(picture)
    dark, bright, middle = _tones(whole)
    if box is not None:
        height, width = picture.shape[:2]
        left, top = max(0, int(box[0])), max(0, int(box[1]))
        right, bottom = min(width, int(box[2]) + 1), min(height, int(box[3]) + 1)
        if right > left and bottom > top:
            near = _tones(_sampled(picture[top:bottom, left:right]))
            dark = np.minimum((1 - LOCAL_WEIGHT) * dark + LOCAL_WEIGHT * near[0], near[0] + 12)
            bright = (1 - LOCAL_WEIGHT) * bright + LOCAL_WEIGHT * near[1]
            middle = near[2]
    spread = float(np.mean(np.ptp(whole, axis=1)))
    return Light(_bgr(dark), _bgr(np.maximum(bright, dark)), _bgr(middle), spread < GREY_SPREAD)


def _bgr(tone: NDArray[np.float64]) -> tuple[float, float, float]:
    return float(tone[0]), float(tone[1]), float(tone[2])


def _sampled(picture: NDArray[np.uint8]) -> NDArray[np.float64]:
    step = max(1, max(picture.shape[:2]) // _SAMPLE_PX)
    return picture[::step, ::step].reshape(-1, 3).astype(np.float64)


def _tones(
    pixels: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    dark, middle, bright = np.percentile(pixels, (DARK_PERCENTILE, 50.0, BRIGHT_PERCENTILE), axis=0)
    dark = 0.4 * dark + 0.6 * float(dark.mean())
    return dark * min(1.0, MAX_DARK / max(1.0, float(dark.mean()))), bright, middle
