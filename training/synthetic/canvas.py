"""A sharp layer drawn several times larger than the picture, then brought down to its size."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

# The canvas is at most this many times the picture, and its longer side at most this long.
MAX_SCALE = 4.0
MAX_SIDE_PX = 1920
# Tags of the fourth channel: nothing, things without a label, labelled things from here on.
UNLABELLED = 1
FIRST_LABEL = 2
# cv2 takes coordinates with this many fractional bits.
_FRACTION_BITS = 4

Box = tuple[float, float, float, float]
Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Layer:
    """A drawn layer of the picture's size.

    `colour` is (H, W, 3) float32 BGR 0..255, not multiplied by `alpha`; `alpha` is (H, W)
    float32 0..1; `boxes` are the labelled things that can be seen, by tag, xyxy in pixels.
    """

    colour: NDArray[np.float32]
    alpha: NDArray[np.float32]
    boxes: dict[int, Box]


class Canvas:
    """A surface for strokes; later ones hide earlier ones. Coordinates in picture pixels."""

    def __init__(self, height: int, width: int) -> None:
        self.height, self.width = height, width
        self.scale = min(MAX_SCALE, MAX_SIDE_PX / max(height, width))
        size = (max(1, round(height * self.scale)), max(1, round(width * self.scale)), 4)
        self.pixels: NDArray[np.uint8] = np.zeros(size, dtype=np.uint8)

    def stroke(
        self, points: NDArray[np.float64], width_px: float, colour: Colour, tag: int
    ) -> None:
        """A line through `points` (N, 2), `width_px` wide, BGR 0..255, with round ends."""
        thickness = max(1, round(width_px * self.scale))
        cv2.polylines(
            self.pixels, [self._fixed(points)], False, (*colour, tag), thickness, cv2.LINE_8,
            _FRACTION_BITS,
        )  # fmt: skip

    def polygon(self, points: NDArray[np.float64], colour: Colour, tag: int) -> None:
        """A filled polygon through `points` (N, 2)."""
        cv2.fillPoly(self.pixels, [self._fixed(points)], (*colour, tag), cv2.LINE_8, _FRACTION_BITS)

    def layer(self) -> Layer:
        """The canvas at the picture's size."""
        tags = cv2.extractChannel(self.pixels, 3)
        _, covered = cv2.threshold(tags, 0, 255, cv2.THRESH_BINARY)
        counted = cv2.insertChannel(covered, self.pixels.copy(), 3)
        how = cv2.INTER_AREA if self.scale >= 1 else cv2.INTER_LINEAR
        small = cv2.resize(counted, (self.width, self.height), interpolation=how)
        # Empty pixels are black: the mean colour is already multiplied by the coverage.
        alpha = small[:, :, 3].astype(np.float32) / np.float32(255)
        share = np.maximum(alpha, np.float32(1 / 255))[:, :, np.newaxis]
        colour = np.minimum(small[:, :, :3] / share, np.float32(255))
        return Layer(colour, alpha, self._boxes(np.asarray(tags, np.uint8)))

    def _fixed(self, points: NDArray[np.float64]) -> NDArray[np.int32]:
        reach = 4 * max(self.height, self.width)
        scaled = np.clip(points, -reach, reach) * (self.scale * (1 << _FRACTION_BITS))
        return np.round(scaled).astype(np.int32)

    def _boxes(self, tags: NDArray[np.uint8]) -> dict[int, Box]:
        boxes: dict[int, Box] = {}
        for tag in range(FIRST_LABEL, int(cv2.minMaxLoc(tags)[1]) + 1):
            left, top, width, height = cv2.boundingRect(cv2.inRange(tags, tag, tag))
            if width and height:
                edges = np.array([left, top, left + width, top + height]) / self.scale
                boxes[tag] = (
                    float(edges[0]),
                    float(edges[1]),
                    min(float(edges[2]), float(self.width)),
                    min(float(edges[3]), float(self.height)),
                )
        return boxes
