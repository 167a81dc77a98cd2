"""Which observation is which stay: one to one, and what is missing, false and double."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from detector.geometry.boxes import iou_matrix
from detector.observation import BoxXyxy

LEAST_IOU = 0.5
START_WITHIN_S = 10.0
LEAST_STAY_S = 15.0
"""What is shorter is left out on both sides."""


@dataclass(frozen=True)
class Event:
    """Something stood here from then to then: stream seconds, xyxy in pixels."""

    start_s: float
    end_s: float
    box: BoxXyxy

    @property
    def length_s(self) -> float:
        """How long it lasted."""
        return self.end_s - self.start_s


@dataclass(frozen=True)
class Tally:
    """What a rule made of stays: `start_errors_s` and `end_errors_s` are observed minus true, and
    `time_ious` overlap over union in time, one for each matched stay; `on_matched` counts the
    observations that lie on matched stays, the matches included. `missed` are indices of stays,
    `false` indices of those observations that last.
    """

    stays: int = 0
    seen: int = 0
    on_matched: int = 0
    start_errors_s: tuple[float, ...] = ()
    end_errors_s: tuple[float, ...] = ()
    time_ious: tuple[float, ...] = ()
    missed: tuple[int, ...] = field(default=(), compare=False)
    false: tuple[int, ...] = field(default=(), compare=False)

    @property
    def matched(self) -> int:
        """How many stays have their observation."""
        return len(self.time_ious)

    def __add__(self, other: Tally) -> Tally:
        """Both together; which ones were missed or false is told for one scene only."""
        return Tally(
            self.stays + other.stays,
            self.seen + other.seen,
            self.on_matched + other.on_matched,
            self.start_errors_s + other.start_errors_s,
            self.end_errors_s + other.end_errors_s,
            self.time_ious + other.time_ious,
        )


def judge(
    stays: Sequence[Event], seen: Sequence[Event], happened: Sequence[Event] | None = None
) -> Tally:
    """Match the observations `seen` of one scene to its `stays`.

    `happened` says, stay by stay, when the scene had it, where that is not what the truth says
    (its starts lag); errors in time are measured against it.
    """
    happened = list(stays if happened is None else happened)
    counted = [index for index, stay in enumerate(stays) if stay.length_s >= LEAST_STAY_S]
    truth, really = [stays[index] for index in counted], [happened[index] for index in counted]
    long = lasting(seen)
    overlap = iou_matrix(_boxes(truth), _boxes(long))
    starts = np.abs(_starts(truth)[:, None] - _starts(long)[None, :])
    pairs = assigned(overlap, (overlap >= LEAST_IOU) & (starts <= START_WITHIN_S))
    on_stays = overlap >= LEAST_IOU
    together = np.array([[time_iou(a, b) > 0 for b in long] for a in truth], dtype=bool)
    together = together.reshape(overlap.shape)
    matched, used = {a for a, _ in pairs}, {b for _, b in pairs}
    return Tally(
        stays=len(truth),
        seen=len(long),
        on_matched=sum(int((on_stays & together)[a].sum()) for a in matched),
        start_errors_s=tuple(long[b].start_s - really[a].start_s for a, b in pairs),
        end_errors_s=tuple(long[b].end_s - really[a].end_s for a, b in pairs),
        time_ious=tuple(time_iou(really[a], long[b]) for a, b in pairs),
        missed=tuple(counted[a] for a in range(len(truth)) if a not in matched),
        false=tuple(b for b in range(len(long)) if b not in used),
    )


def lasting(events: Sequence[Event]) -> list[Event]:
    """The events that are long enough to count."""
    return [event for event in events if event.length_s >= LEAST_STAY_S]


def assigned(score: NDArray[np.float64], allowed: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """One-to-one pairs of rows and columns: as many allowed ones as possible, of the best score.

    `score` is (n, m) in 0..1.
    """
    if not allowed.any():
        return []
    # One pair more is worth more than any gain in score.
    worth = np.where(allowed, min(score.shape) + score, 0.0)
    rows, columns = linear_sum_assignment(worth, maximize=True)
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return [(row, column) for row, column in pairs if allowed[row, column]]


def time_iou(a: Event, b: Event) -> float:
    """Overlap over union of two spans of time."""
    shared = min(a.end_s, b.end_s) - max(a.start_s, b.start_s)
    union = max(a.end_s, b.end_s) - min(a.start_s, b.start_s)
    return max(0.0, shared) / union if union > 0 else 0.0


def figures(tally: Tally) -> dict[str, object]:
    """The numbers of a tally; errors are in seconds, observed minus true."""
    matched = tally.matched
    precision, recall = matched / max(1, tally.seen), matched / max(1, tally.stays)
    return {
        "stays": tally.stays,
        "observations": tally.seen,
        "matched": matched,
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(2 * matched / max(1, tally.seen + tally.stays), 4),
        "observations_per_matched_stay": round(tally.on_matched / max(1, matched), 3),
        "start_error_s": _spread(tally.start_errors_s),
        "end_error_s": _spread(tally.end_errors_s),
        "time_iou": round(float(np.mean(tally.time_ious)), 4) if matched else None,
    }


def _spread(errors_s: tuple[float, ...]) -> dict[str, float] | None:
    if not errors_s:
        return None
    size = np.abs(errors_s)
    return {
        "median": round(float(np.median(errors_s)), 3),
        "mean_size": round(float(size.mean()), 3),
        "p95_size": round(float(np.percentile(size, 95)), 3),
    }


def _boxes(events: Sequence[Event]) -> NDArray[np.float64]:
    return np.array([event.box for event in events], dtype=np.float64).reshape(-1, 4)


def _starts(events: Sequence[Event]) -> NDArray[np.float64]:
    return np.array([event.start_s for event in events], dtype=np.float64)
