"""Precision and recall of a class as its threshold falls."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from training.evaluation.matching import Matched
from training.evaluation.result import Curve

MOST_POINTS = 200


def curve(matched: Matched) -> Curve:
    """Precision and recall after each hit at the first overlap, at most 200 points."""
    hit, void = matched.hit[0], matched.void[0]
    true = np.cumsum(hit)
    false = np.cumsum(~hit & ~void)
    at = np.flatnonzero(hit)
    if len(at) > MOST_POINTS:
        at = at[np.unique(np.linspace(0, len(at) - 1, MOST_POINTS).round().astype(int))]
    labels = max(1, int(matched.labels.sum()))
    return Curve(
        recall=_rounded(true[at] / labels),
        precision=_rounded(true[at] / (true[at] + false[at])),
        confidence=_rounded(matched.confidence[at].astype(np.float64)),
    )


def _rounded(values: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(round(float(value), 4) for value in values)
