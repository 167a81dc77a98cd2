"""What a look shows before anything is recognised: small grey pictures, light, sharpness."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from detector.looks import Picture, Pixels, Size
from detector.scene.guard.patches import working_size

# Sharpness is measured here: a blur that is gone at this width does not hide a vehicle either.
SHARP_WIDTH_PX = 480
# Of a picture that is blurred beyond measure: edges rise in a straight line over the longer step.
BLURRED = 0.25
LONG_STEP_PX = 4

# Brightest and darkest grey levels that still count as white and black, also in video range.
WHITE = 233
BLACK = 40


@dataclass(frozen=True)
class Glance:
    """`grey` is shrunk to the working size. `sharpness` is 0 for a picture without fine detail,
    about 0.1 to 0.15 for a sharp street and 0.4 for pure noise; `edges` is the mean difference
    over `LONG_STEP_PX` in grey levels, `white` the share of pixels without any detail left,
    `brightest` the grey level that one in a hundred pixels exceeds, `contrast` the distance
    between the darkest and the brightest hundredth.
    """

    grey: Pixels = field(repr=False)
    sharpness: float
    edges: float
    white: float
    brightest: float
    contrast: float

    @classmethod
    def of(cls, picture: Picture) -> Glance:
        """The glance of a picture of any size."""
        middle = _middle(_grey(picture))
        grey = _resized(middle, working_size(Size(middle.shape[1], middle.shape[0])))
        dark, bright = np.percentile(grey, (1, 99))
        sharpness, edges = _sharpness(middle)
        return cls(
            grey,
            sharpness,
            edges,
            float((grey >= WHITE).mean()),
            float(bright),
            float(bright - dark),
        )

    def at(self, size: Size) -> Pixels:
        """The grey picture in the working size of a view, which may have another shape."""
        if self.grey.shape == (size.height, size.width):
            return self.grey
        return _resized(self.grey, size)


def _grey(picture: Picture) -> Pixels:
    if picture.planes is not None:
        return picture.planes.y
    bgr = picture.bgr
    # Shrunk before it loses its colours: that is a third of the work.
    return np.asarray(cv2.cvtColor(_by_whole(bgr), cv2.COLOR_BGR2GRAY), dtype=np.uint8)


def _middle(grey: Pixels) -> Pixels:
    small = _by_whole(grey)
    height, width = small.shape
    if width <= SHARP_WIDTH_PX:
        return small
    return _resized(small, Size(SHARP_WIDTH_PX, max(1, round(height * SHARP_WIDTH_PX / width))))


def _by_whole(pixels: Pixels) -> Pixels:
    """Shrunk by a whole number, which is several times as fast; the rest at the edge is left."""
    height, width = pixels.shape[:2]
    times = width // SHARP_WIDTH_PX
    if times < 2 or height < times:
        return pixels
    to = Size(width // times, height // times)
    return _resized(pixels[: to.height * times, : to.width * times], to)


def _resized(pixels: Pixels, size: Size) -> Pixels:
    if pixels.shape[1::-1] == size:
        return pixels
    smaller = size.width * size.height < pixels.shape[0] * pixels.shape[1]
    how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, size, interpolation=how), dtype=np.uint8)


def _sharpness(grey: Pixels) -> tuple[float, float]:
    """Differences over one pixel relative to those over `LONG_STEP_PX`, and the latter."""
    if min(grey.shape) <= LONG_STEP_PX:
        return 0.0, 0.0
    smooth = np.asarray(cv2.GaussianBlur(grey, (0, 0), 0.7), dtype=np.uint8)
    short, long = _differences(smooth, 1), _differences(smooth, LONG_STEP_PX)
    return (short / long - BLURRED if long > 0 else 0.0), long


def _differences(grey: Pixels, step_px: int) -> float:
    across = cv2.absdiff(grey[:, step_px:], grey[:, :-step_px])
    down = cv2.absdiff(grey[step_px:], grey[:-step_px])
    return float(across.mean() + down.mean())
