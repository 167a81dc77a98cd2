"""From what the network says to the probability that it is right.

A raw score is no probability: how often a box of 0.5 is right differs from class to class. A curve
for each class, measured on pictures that training did not see, turns the score into the estimated
probability that the box overlaps a thing of its class by an IoU of 0.5 or more.

Curves rise strictly, so the order of boxes within a class never changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

MAX_KNOTS = 64


@dataclass(frozen=True, slots=True)
class Curve:
    """Straight lines between knots: `raw` scores from 0 to 1 and their `probability`, 0..1.

    Both rise strictly from 0. ValueError says what is wrong with others.
    """

    raw: tuple[float, ...]
    probability: tuple[float, ...]

    def __post_init__(self) -> None:
        if not 2 <= len(self.raw) == len(self.probability) <= MAX_KNOTS:
            raise ValueError(f"a curve has 2 to {MAX_KNOTS} knots")
        if not all(a < b for side in (self.raw, self.probability) for a, b in pairwise(side)):
            raise ValueError("a curve must rise from knot to knot")
        if (self.raw[0], self.probability[0], self.raw[-1]) != (0, 0, 1):
            raise ValueError("a curve begins at (0, 0) and ends at a raw score of 1")
        if self.probability[-1] > 1:
            raise ValueError("a probability lies between 0 and 1")

    @classmethod
    def of(cls, knots: Sequence[tuple[float, float]]) -> Curve:
        """A curve from (raw score, probability) pairs; ValueError as above."""
        return cls(tuple(raw for raw, _ in knots), tuple(likely for _, likely in knots))

    @property
    def knots(self) -> tuple[tuple[float, float], ...]:
        """The (raw score, probability) pairs."""
        return tuple(zip(self.raw, self.probability, strict=True))

    def probabilities(self, raw: NDArray[np.float32] | NDArray[np.float64]) -> NDArray[np.float64]:
        """The probabilities of raw scores, in their shape."""
        return np.asarray(np.interp(raw, self.raw, self.probability), dtype=np.float64)

    def least_raw(self, probability: float) -> float:
        """The raw score at which a probability is reached; infinite where it never is."""
        return float(np.interp(probability, self.probability, self.raw, right=np.inf))


# Says that a raw score is taken for what it is.
AS_IT_IS = Curve((0.0, 1.0), (0.0, 1.0))
