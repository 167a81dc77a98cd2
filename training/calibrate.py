"""How likely is a box of this confidence right? Fitted for each class on unseen pictures.

With enough hits the answer is isotonic: the share of right boxes, made to rise with the confidence
(pool adjacent violators), in at most ten steps joined by straight lines. Each step is drawn towards
a temperature curve by a few imagined boxes, so that five lucky boxes do not promise certainty.
With few hits the temperature curve is all there is: sigmoid(logit(raw) / T + b), held near T = 1
and b = 0 by normal priors.

The error is the expected calibration error (Naeini et al. 2015, with bins of equal counts; Guo et
al. 2017): the mean distance between what boxes promise and how often they are right. After
calibration it is measured on pictures that the curve was not fitted on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression, minimize
from scipy.special import expit, logit

from detector.model.calibration import AS_IT_IS, Curve
from training.thresholds import Judged

# Below, thousands of boxes are nearly always wrong and would drown the rest.
FIT_FROM = 0.01
ERROR_FROM = 0.05
ERROR_BINS = 10
FEW_HITS = 30
MAX_STEPS = 10
# Steps nearer to each other in raw score than this become one.
MIN_GAP = 0.002
# Boxes that the temperature curve adds to each step.
IMAGINED = 4.0
# Standard deviations of the priors on log T and b.
LOG_T_SPREAD, OFFSET_SPREAD = 0.5, 1.0
# What every curve keeps of the straight line, so that it rises everywhere.
STRAIGHT = 0.01
TEMPERATURE_KNOTS = (0.01, 0.03, 0.07, 0.15, 0.25, 0.4, 0.55, 0.7, 0.85, 0.95)
FOLDS = 5
SEED = 7

Method = Literal["isotonic", "temperature", "none"]


@dataclass(frozen=True)
class Fitted:
    """A curve, how it was made and from how many boxes; the errors are 0..1, None where unknown."""

    curve: Curve
    method: Method
    boxes: int
    hits: int
    error_before: float | None
    error_after: float | None


@dataclass(frozen=True)
class _Steps:
    """Neighbouring groups of boxes: mean raw score, boxes and hits, each (k,) float64."""

    raw: NDArray[np.float64]
    boxes: NDArray[np.float64]
    hits: NDArray[np.float64]

    def merged(self, k: int) -> _Steps:
        """With groups k and k + 1 as one."""
        weight = self.boxes[k : k + 2]
        raw = np.delete(self.raw, k + 1)
        raw[k] = np.average(self.raw[k : k + 2], weights=weight)
        boxes, hits = np.delete(self.boxes, k + 1), np.delete(self.hits, k + 1)
        boxes[k], hits[k] = weight.sum(), self.hits[k : k + 2].sum()
        return _Steps(raw, boxes, hits)


def fit(judged: Judged) -> Fitted:
    """The curve of a class, with its error before and after on folds of whole pictures."""
    used = judged.take(judged.confidence >= FIT_FROM)
    if not len(used.hit) or not judged.labels:
        return Fitted(AS_IT_IS, "none", 0, 0, None, None)
    curve, method = _curve(used)
    shown = used.confidence >= ERROR_FROM
    return Fitted(
        curve,
        method,
        len(used.hit),
        int(used.hit.sum()),
        calibration_error(used.confidence[shown], used.hit[shown]),
        calibration_error(_out_of_fold(used)[shown], used.hit[shown]),
    )


def calibration_error(
    promised: NDArray[np.float64], hit: NDArray[np.bool_], bins: int = ERROR_BINS
) -> float | None:
    """Expected calibration error, 0..1, over bins of equal counts; None without boxes.

    `promised` (n,) are probabilities, `hit` (n,) whether the box was right.
    """
    if not len(hit):
        return None
    order = np.argsort(promised, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    gaps = [abs(float(promised[part].mean() - hit[part].mean())) for part in parts]
    return float(np.average(gaps, weights=[len(part) for part in parts]))


def _out_of_fold(judged: Judged) -> NDArray[np.float64]:
    """Each box's probability by a curve that its picture had no part in; the raw score where there
    is only one picture.
    """
    pictures = np.unique(judged.picture)
    np.random.default_rng(SEED).shuffle(pictures)
    promised = np.empty(len(judged.hit))
    for number in range(FOLDS):
        held = np.isin(judged.picture, pictures[number::FOLDS])
        rest = judged.take(~held)
        curve = _curve(rest)[0] if len(rest.hit) else AS_IT_IS
        promised[held] = curve.probabilities(judged.confidence[held])
    return promised


def _curve(judged: Judged) -> tuple[Curve, Method]:
    temperature = _temperature(judged.confidence, judged.hit)
    if judged.hit.sum() < FEW_HITS:
        raw = np.array(TEMPERATURE_KNOTS)
        return _through(raw, temperature(raw)), "temperature"
    steps = _steps(judged.confidence, judged.hit)
    weight = steps.boxes + IMAGINED
    likely = (steps.hits + IMAGINED * temperature(steps.raw)) / weight
    return _through(steps.raw, isotonic_regression(likely, weights=weight).x), "isotonic"


@dataclass(frozen=True)
class _Temperature:
    temperature: float
    offset: float

    def __call__(self, raw: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(expit(_logit(raw) / self.temperature + self.offset), dtype=np.float64)


def _logit(raw: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(logit(np.clip(raw, 1e-4, 1 - 1e-4)), dtype=np.float64)


def _temperature(raw: NDArray[np.float64], hit: NDArray[np.bool_]) -> _Temperature:
    """The most probable curve, given the boxes and the priors."""
    scores, sign = _logit(raw), np.where(hit, -1.0, 1.0)

    def loss(parameters: NDArray[np.float64]) -> float:
        log_t, offset = parameters
        surprise = np.logaddexp(0, sign * (scores / np.exp(log_t) + offset)).sum()
        return float(surprise + (log_t / LOG_T_SPREAD) ** 2 / 2 + (offset / OFFSET_SPREAD) ** 2 / 2)

    log_t, offset = minimize(loss, np.zeros(2), method="L-BFGS-B", bounds=[(-3, 3), (-9, 9)]).x
    return _Temperature(float(np.exp(log_t)), float(offset))


def _steps(raw: NDArray[np.float64], hit: NDArray[np.bool_]) -> _Steps:
    """Groups of rising share of hits, at most `MAX_STEPS` and `MIN_GAP` apart.

    Merges first what lies too near, then the pair that differs least (Ward's criterion).
    """
    level, which = np.unique(raw, return_inverse=True)
    boxes = np.bincount(which).astype(np.float64)
    hits = np.bincount(which, weights=hit.astype(np.float64))
    ends = isotonic_regression(hits / boxes, weights=boxes).blocks[:-1]
    counts = np.add.reduceat(boxes, ends)
    steps = _Steps(
        np.add.reduceat(level * boxes, ends) / counts, counts, np.add.reduceat(hits, ends)
    )
    while len(steps.raw) > 1:
        near = np.diff(steps.raw) < MIN_GAP
        if near.any():
            steps = steps.merged(int(near.argmax()))
        elif len(steps.raw) > MAX_STEPS:
            steps = steps.merged(int(_ward(steps).argmin()))
        else:
            break
    return steps


def _ward(steps: _Steps) -> NDArray[np.float64]:
    """What the squared error grows by when each pair of neighbours becomes one, (k - 1,)."""
    one, other = steps.boxes[:-1], steps.boxes[1:]
    return np.asarray(
        one * other / (one + other) * np.diff(steps.hits / steps.boxes) ** 2, dtype=np.float64
    )


def _through(raw: NDArray[np.float64], likely: NDArray[np.float64]) -> Curve:
    """A curve through points that do not fall, ends added, made to rise strictly."""
    inner = (raw >= MIN_GAP) & (raw <= 1 - MIN_GAP)
    x = np.concatenate([[0.0], raw[inner], [1.0]])
    y = np.concatenate([[0.0], likely[inner], likely[-1:]])
    rising = (1 - STRAIGHT) * y + STRAIGHT * x
    return Curve.of(
        [(round(float(a), 6), round(float(b), 6)) for a, b in zip(x, rising, strict=True)]
    )
