"""The confidence from which a class is reported.

For each class the least threshold at which the stated share of its boxes is right, on pictures
that training did not see; then raised, the loudest class first, until streets without a violation
are quiet. Where the share cannot be reached, the best balance of precision and recall is taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from detector.geometry.boxes import iou_matrix
from detector.looks import Boxes

MATCH_IOU = 0.5
PRECISION = 0.85
# False boxes of all violation classes together, in 100 pictures without a violation.
MOST_ALARMS = 5.0
# A box that is more likely wrong than 3 to 1 is never reported, however kind the pictures were.
LEAST = 0.25
CANDIDATES = tuple(round(LEAST + 0.01 * step, 2) for step in range(75))
# What a class gets that nothing can be measured for.
UNMEASURED = 0.35
# Fewer boxes above a threshold do not show a precision.
MIN_SUPPORT = 10

Why: TypeAlias = Literal["precision", "best F1", "quiet streets", "given", "not measured"]


Pair: TypeAlias = tuple[Boxes, Boxes]


@dataclass(frozen=True)
class Judged:
    """The boxes of one class that a model found in `pictures` pictures with `labels` labels of it.

    `confidence` (n,) float64, `hit` (n,) whether a label was met, `picture` (n,) its number.
    """

    confidence: NDArray[np.float64]
    hit: NDArray[np.bool_]
    picture: NDArray[np.int64]
    labels: int
    pictures: int

    def reported(self, threshold: float) -> NDArray[np.bool_]:
        """Which boxes (n,) reach a threshold, compared as the run time does, in float32."""
        return np.asarray(self.confidence.astype(np.float32) >= np.float32(threshold))

    def take(self, index: NDArray[np.bool_]) -> Judged:
        """Some of the boxes; the number of labels stays."""
        return Judged(
            self.confidence[index],
            self.hit[index],
            self.picture[index],
            self.labels,
            self.pictures,
        )


@dataclass(frozen=True)
class Choice:
    """A threshold, why it is this one, and the precision and recall that it reached, 0..1."""

    threshold: float
    why: Why
    precision: float | None = None
    recall: float | None = None

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        precision, recall = self.precision or 0.0, self.recall or 0.0
        total = precision + recall
        return 2 * precision * recall / total if total else 0.0


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


def judge(pairs: Sequence[Pair], class_id: int, min_iou: float = MATCH_IOU) -> Judged:
    """Judges the found boxes of a class in pairs of (labels, found), one pair a picture."""
    confidences = [np.empty(0)]
    hits = [np.empty(0, dtype=np.bool_)]
    numbers = [np.empty(0, dtype=np.int64)]
    labels = 0
    for number, (known, seen) in enumerate(pairs):
        known_xyxy = known.xyxy[known.class_id == class_id]
        mine = np.flatnonzero(seen.class_id == class_id)
        mine = mine[np.argsort(-seen.confidence[mine], kind="stable")]
        labels += len(known_xyxy)
        confidences.append(seen.confidence[mine].astype(np.float64))
        hits.append(matches(known_xyxy, seen.xyxy[mine], min_iou))
        numbers.append(np.full(len(mine), number, dtype=np.int64))
    return Judged(
        np.concatenate(confidences),
        np.concatenate(hits),
        np.concatenate(numbers),
        labels,
        len(pairs),
    )


def choose(judged: Judged, precision: float = PRECISION) -> Choice:
    """The threshold of a class, see the module's text; "not measured" where it has no label.

    The precision that must be reached is (right + 1) / (all + 2), so that few boxes, all of them
    right by luck, do not reach it; the one that is recorded is the plain share.
    """
    if not judged.labels:
        return Choice(UNMEASURED, "not measured")
    for threshold in CANDIDATES:
        kept = judged.reported(threshold)
        count, right = int(kept.sum()), int(judged.hit[kept].sum())
        if count >= MIN_SUPPORT and (right + 1) / (count + 2) >= precision:
            return at(judged, threshold, "precision")
    return best_balance([at(judged, threshold, "best F1") for threshold in CANDIDATES])


def at(judged: Judged, threshold: float, why: Why) -> Choice:
    """A threshold with the precision and recall that it reaches; None where there is no label."""
    if not judged.labels:
        return Choice(threshold, why)
    kept = judged.reported(threshold)
    right = int(judged.hit[kept].sum())
    return Choice(threshold, why, right / max(1, int(kept.sum())), right / judged.labels)


def best_balance(choices: Sequence[Choice]) -> Choice:
    """The middle of the thresholds whose F1 is within 0.005 of the best, against noise; the first
    where all are 0.
    """
    top = max(choice.f1 for choice in choices)
    if not top:
        return choices[0]
    near = [choice for choice in choices if choice.f1 >= top - 0.005]
    return near[len(near) // 2]


def alarms_per_100(quiet: Sequence[Boxes], class_id: int, threshold: float) -> float:
    """False boxes of a class in 100 pictures without a violation."""
    raised = sum(
        int(((b.class_id == class_id) & (b.confidence >= np.float32(threshold))).sum())
        for b in quiet
    )
    return 100 * raised / max(1, len(quiet))


def quietened(
    start: Mapping[int, float],
    quiet: Mapping[int, Sequence[Boxes]],
    most: float = MOST_ALARMS,
) -> dict[int, float]:
    """Thresholds by class, raised until all classes of `quiet` together alarm at most `most` times
    in 100 of their pictures without a violation.

    Each step raises the class that alarms most, so none pays for another's noise. A class stops at
    the highest candidate.
    """
    chosen = dict(start)
    rates = {c: alarms_per_100(quiet[c], c, chosen[c]) for c in quiet if c in chosen}
    while sum(rates.values()) > most:
        louder = [c for c in rates if rates[c] > 0 and chosen[c] < CANDIDATES[-1]]
        if not louder:
            break
        loudest = max(louder, key=lambda c: rates[c])
        chosen[loudest] = round(chosen[loudest] + 0.01, 2)
        rates[loudest] = alarms_per_100(quiet[loudest], loudest, chosen[loudest])
    return chosen
