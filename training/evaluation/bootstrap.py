"""Intervals by resampling pictures, or groups of pictures that belong together.

A resample is a row of weights: how often each picture was drawn. Every figure of a measurement
uses the same rows, so that means and differences of figures can be taken row by row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from training.evaluation.matching import Matched
from training.evaluation.result import Estimate

Floats = NDArray[np.float64]

RESAMPLES = 1000
# Average precision over ten overlaps costs ten times as much, and moves less.
RESAMPLES_50_95 = 200
SEED = 20260101
# The normal quantile of a two-sided 95 % interval, and its percentiles.
Z = 1.959964
PERCENTILES = (2.5, 97.5)
# COCO reads the precision at these recalls.
RECALLS = np.linspace(0.0, 1.0, 101)
# Resamples worked on at once: bounds the memory to this many rows of one number a label.
ROWS = 100


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure (NaN: undefined) and its value (b,) in each resample.

    `counts` are successes and trials where the figure is a proportion of countable things.
    """

    value: float
    draws: Floats
    counts: tuple[int, int] | None = None

    def estimate(self) -> Estimate:
        """The figure with its percentile interval.

        Resampling says nothing of what never happened (five hits of five have no spread), so the
        interval of a proportion also reaches as far as Wilson's.
        """
        known = self.draws[~np.isnan(self.draws)]
        if isnan(self.value) or not known.size:
            return Estimate(value=None if isnan(self.value) else self.value, low=None, high=None)
        low, high = (float(edge) for edge in np.percentile(known, PERCENTILES))
        if self.counts is not None:
            wilson_low, wilson_high = wilson(*self.counts)
            low, high = min(low, wilson_low), max(high, wilson_high)
        return Estimate(value=self.value, low=low, high=high)


def resampled(groups: Sequence[str], resamples: int = RESAMPLES, seed: int = SEED) -> Floats:
    """Weights (b, p) of pictures whose groups are drawn with replacement, as many as there are."""
    _, group = np.unique(np.asarray(groups), return_inverse=True)
    count = int(group.max()) + 1 if len(group) else 0
    if not count:
        return np.zeros((resamples, 0))
    drawn = np.random.default_rng(seed).multinomial(
        count, np.full(count, 1 / count), size=resamples
    )
    return np.asarray(drawn[:, group], dtype=np.float64)


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Wilson's 95 % score interval of a proportion (Wilson 1927); 0 and 1 without trials."""
    if not trials:
        return 0.0, 1.0
    share, square = successes / trials, Z * Z / trials
    middle = (share + square / 2) / (1 + square)
    half = Z * sqrt(share * (1 - share) / trials + square / (4 * trials)) / (1 + square)
    return max(0.0, middle - half), min(1.0, middle + half)


def ratio(part: NDArray[np.int64], whole: NDArray[np.int64], weights: Floats) -> Drawn:
    """Sum of `part` (p,) over sum of `whole` (p,), both counts by picture, as a proportion."""
    parts, wholes = int(part.sum()), int(whole.sum())
    value = parts / wholes if wholes else float("nan")
    return Drawn(value, divided(weights @ part, weights @ whole), (parts, wholes))


def gathered(weights: Floats, picture: NDArray[np.int64], column: NDArray[np.int64]) -> Floats:
    """The weight (b, c) of n things by column: each weighs as its picture in `weights` (b, p).

    `picture` and `column` (n,) are indices; there are as many columns as the largest needs.
    """
    columns = int(column.max()) + 1 if len(column) else 1
    things = csr_array(
        (np.ones(len(picture)), (picture, column)), shape=(weights.shape[1], columns)
    )
    return np.asarray(weights @ things, dtype=np.float64)


def divided(part: Floats, whole: Floats) -> Floats:
    """`part` / `whole`, NaN where the whole is 0."""
    quotient = np.full(part.shape, np.nan)
    np.divide(part, whole, out=quotient, where=whole > 0)
    return quotient


def average_precision(matched: Matched, weights: Floats) -> Drawn:
    """COCO's 101-point average precision at the first overlap of `matched`."""
    return _average_precision(matched, weights, slice(0, 1))


def average_precision_50_95(matched: Matched, weights: Floats) -> Drawn:
    """The mean over all overlaps of `matched`, with fewer resamples."""
    return _average_precision(matched, weights[:RESAMPLES_50_95], slice(0, matched.hit.shape[0]))


def mean(figures: Sequence[Drawn]) -> Drawn:
    """The mean of figures row by row, over those that are defined."""
    known = [figure for figure in figures if not isnan(figure.value)]
    if not known:
        return Drawn(float("nan"), np.zeros(0))
    table = np.stack([figure.draws for figure in known])
    defined = ~np.isnan(table)
    draws = divided(np.where(defined, table, 0.0).sum(axis=0), defined.sum(axis=0).astype(float))
    return Drawn(float(np.mean([figure.value for figure in known])), draws)


def _average_precision(matched: Matched, weights: Floats, overlaps: slice) -> Drawn:
    whole = np.ones((1, len(matched.labels)))
    values, draws = [], []
    for hit, void in zip(matched.hit[overlaps], matched.void[overlaps], strict=True):
        steps = _Steps.of(matched, hit, void)
        values.append(steps.precision(whole)[0])
        draws.append(
            np.concatenate(
                [steps.precision(weights[k : k + ROWS]) for k in range(0, len(weights), ROWS)]
            )
        )
    return Drawn(float(np.mean(values)), np.mean(draws, axis=0))


@dataclass(frozen=True, slots=True)
class _Steps:
    """The places where recall grows: only there can the interpolated precision change.

    `picture` (h,) is the picture of each hit by falling confidence; `wrong` and `before` (n,) are
    picture and next hit of each false box that is surer than the last hit; `labels` (p,).
    """

    picture: NDArray[np.int64]
    wrong: NDArray[np.int64]
    before: NDArray[np.int64]
    labels: NDArray[np.int64]

    @classmethod
    def of(cls, matched: Matched, hit: NDArray[np.bool_], void: NDArray[np.bool_]) -> _Steps:
        passed = np.cumsum(hit)
        wrong = ~hit & ~void & (passed < hit.sum())
        return cls(matched.picture[hit], matched.picture[wrong], passed[wrong], matched.labels)

    def precision(self, weights: Floats) -> Floats:
        """Average precision (b,) under weights (b, p); NaN where no label was drawn."""
        total = weights @ self.labels
        if not len(self.picture):
            return np.where(total > 0, 0.0, np.nan)
        true = np.cumsum(weights[:, self.picture], axis=1)
        false = np.zeros_like(true)
        wrong = gathered(weights, self.wrong, self.before)
        false[:, : wrong.shape[1]] = wrong
        precision = true / np.maximum(true + np.cumsum(false, axis=1), 1e-12)
        best = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
        best = np.concatenate([best, np.zeros((len(weights), 1))], axis=1)
        recall = true / np.maximum(total, 1e-12)[:, None]
        at = np.stack([np.searchsorted(row, RECALLS, side="left") for row in recall])
        means = np.take_along_axis(best, at, axis=1).mean(axis=1)
        return np.where(total > 0, means, np.nan)
