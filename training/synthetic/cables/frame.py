"""Where a thing goes: its box in the picture, the pole beside it, and how large a metre is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.synthetic.cables.curves import Place, sagging, wobbled
from training.synthetic.cables.poles import Pole
from training.synthetic.cables.strand import Albedo, Strand

# Width, height and aspect (width by height) of the hand-drawn boxes, as quantiles of all:
# `exposed_cable` of the sources poles, pp and inx, shares of the picture.
_LEVELS = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
_WIDTHS = (0.10, 0.16, 0.29, 0.43, 0.70, 0.95, 1.0)
_HEIGHTS = (0.15, 0.26, 0.37, 0.51, 0.62, 0.86, 0.95)
# Share of things drawn smaller than the labelled pictures show them, for wider views.
FARTHER_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Frame:
    """The box that a thing should fill, in pixels of a `picture` (width, height)."""

    left: float
    top: float
    width: float
    height: float
    picture: tuple[int, int]
    pole: Pole | None = None

    @property
    def right(self) -> float:
        """Right edge, pixels."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Bottom edge, pixels."""
        return self.top + self.height

    def at(self, across: float, down: float) -> Place:
        """The place at shares of the frame's width and height."""
        return self.left + across * self.width, self.top + down * self.height

    def hanging_x(self, rng: np.random.Generator) -> float:
        """The x at which the thing hangs: the pole's, or anywhere in the middle, pixels."""
        if self.pole is not None:
            x = self.pole.x_at(self.top + 0.2 * self.height)
            return float(np.clip(x, self.left, self.right))
        return self.at(float(rng.uniform(0.3, 0.7)), 0)[0]


def box_size(rng: np.random.Generator) -> tuple[float, float]:
    """Width and height as shares of the picture, as the labelled boxes have them."""
    one, two = rng.standard_normal(2)
    both = np.array([one, 0.3 * one + 0.95 * two])
    level = 0.5 * (1 + np.tanh(0.8 * both))
    width = float(np.interp(level[0], _LEVELS, _WIDTHS))
    height = float(np.interp(level[1], _LEVELS, _HEIGHTS))
    if rng.random() < FARTHER_SHARE:
        farther = float(rng.uniform(0.3, 0.8))
        return width * farther, height * farther
    return width, height


def leaving(
    start: Place,
    frame: Frame,
    width_px: float,
    albedo: Albedo,
    rng: np.random.Generator,
    side: int | None = None,
    slope: float | None = None,
    twisted: int = 0,
) -> Strand:
    """A tight line from `start` out of the picture, left (-1) or right (1)."""
    side = side if side is not None else (-1 if rng.random() < 0.5 else 1)
    slope = slope if slope is not None else float(rng.normal(-0.08, 0.22))
    edge = -0.05 * frame.picture[0] if side < 0 else 1.05 * frame.picture[0]
    run = abs(edge - start[0])
    end = (edge, start[1] + slope * run)
    points = sagging(start, end, run * float(rng.uniform(0.005, 0.06)))
    if rng.random() < 0.3:
        points = wobbled(points, width_px * 0.6, rng)
    return Strand(points, width_px, albedo, float(rng.uniform(0.1, 0.5)), twisted)
