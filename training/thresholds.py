"""Confidence thresholds per class: the best balance on val, raised where streets are quiet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.coco import Boxes

MATCH_IOU = 0.5
# Confidences that are tried.
CANDIDATES = tuple(round(0.20 + 0.01 * step, 2) for step in range(61))
# What a class gets that nothing can be measured for; one that only quiet streets speak about starts
# at the least.
UNMEASURED = 0.35
LEAST = 0.25
# No set is wide enough to ask for more than this: the balance of one camera is not that of others.
HIGHEST_MEASURED = 0.60


@dataclass(frozen=True)
class Balance:
    """Precision, recall and their harmonic mean at a threshold, 0..1."""

    threshold: float
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def matches(
    truth: NDArray[np.float32], found: NDArray[np.float32], min_iou: float = MATCH_IOU
) -> NDArray[np.bool_]:
    """Which found boxes (N, 4), best first, take one of the labels (M, 4); each is taken once."""
    taken = np.zeros(len(truth), dtype=bool)
    hits = np.zeros(len(found), dtype=bool)
    overlaps = iou_matrix(found, truth)
    for k in range(len(found)):
        row = np.where(taken, 0.0, overlaps[k])
        if row.size and row.max() >= min_iou:
            taken[int(row.argmax())] = True
            hits[k] = True
    return hits


def iou_matrix(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float64]:
    """Intersection over union of every pair: (N, 4), (M, 4) -> (N, M)."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=2)
    area_a = (a[:, 2:] - a[:, :2]).prod(axis=1)
    area_b = (b[:, 2:] - b[:, :2]).prod(axis=1)
    union = area_a[:, None] + area_b[None, :] - shared
    return np.asarray(shared / np.maximum(union, 1e-9), dtype=np.float64)


def balances(truth: Sequence[Boxes], found: Sequence[Boxes], class_id: int) -> list[Balance]:
    """Precision and recall of a class at every candidate threshold."""
    confidences: list[NDArray[np.float32]] = []
    hits: list[NDArray[np.bool_]] = []
    count = 0
    for known, seen in zip(truth, found, strict=True):
        known_xyxy = known.xyxy[known.class_id == class_id]
        mine = np.flatnonzero(seen.class_id == class_id)
        mine = mine[np.argsort(-seen.confidence[mine], kind="stable")]
        count += len(known_xyxy)
        confidences.append(seen.confidence[mine])
        hits.append(matches(known_xyxy, seen.xyxy[mine]))
    scores, good = np.concatenate(confidences), np.concatenate(hits)
    return [_balance(scores, good, count, threshold) for threshold in CANDIDATES]


def _balance(
    scores: NDArray[np.float32], good: NDArray[np.bool_], count: int, threshold: float
) -> Balance:
    kept = scores >= threshold
    right = int(good[kept].sum())
    return Balance(threshold, right / max(1, int(kept.sum())), right / max(1, count))


def best(choices: Sequence[Balance]) -> Balance:
    """The middle of the thresholds whose F1 is within 0.005 of the best, against noise."""
    top = max(choice.f1 for choice in choices)
    near = [choice for choice in choices if choice.f1 >= top - 0.005]
    return near[len(near) // 2]


def alarm_share(quiet: Sequence[Boxes], class_id: int, threshold: float) -> float:
    """Share of pictures without a violation that raise one of a class at a threshold."""
    raised = sum(
        bool(((boxes.class_id == class_id) & (boxes.confidence >= threshold)).any())
        for boxes in quiet
    )
    return raised / max(1, len(quiet))


def least_quiet(quiet: Sequence[Boxes], class_id: int, most: float, start: float) -> float:
    """The least candidate from `start` on at which at most `most` of the pictures alarm."""
    for threshold in CANDIDATES:
        if threshold >= start and alarm_share(quiet, class_id, threshold) <= most:
            return threshold
    return CANDIDATES[-1]


def choose(
    measured: Mapping[int, Balance],
    quiet: Sequence[Boxes],
    classes: Sequence[int],
    alarms: Sequence[int],
    most: float,
) -> dict[int, float]:
    """A threshold for every class; those of `alarms` are raised until quiet streets are quiet."""
    chosen: dict[int, float] = {}
    for class_id in classes:
        if class_id in measured:
            start = min(measured[class_id].threshold, HIGHEST_MEASURED)
        else:
            start = LEAST if class_id in alarms else UNMEASURED
        chosen[class_id] = (
            least_quiet(quiet, class_id, most, start) if class_id in alarms else start
        )
    return chosen
