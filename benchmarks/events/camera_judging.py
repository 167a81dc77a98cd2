"""Observations of a camera against its derived stays: found, doubled, off, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from benchmarks.events.junction import DerivedStay, Shot, unlabelled_areas
from benchmarks.events.matching import LEAST_IOU, START_WITHIN_S, Event, assigned, time_iou
from benchmarks.events.ours import GAP_S
from detector.geometry.boxes import iou_matrix
from detector.observation import BoxXyxy

LEAST_STAY_S = 60.0
LEAST_SHARED_TIME = 0.5
LABELLED_SHARE = 0.5


@dataclass(frozen=True)
class Judged:
    """What came of the wanted stays and of the observations; rows are indices."""

    wanted: tuple[DerivedStay, ...]
    events: tuple[Event, ...]
    loose: dict[int, int]
    strict: dict[int, int]
    found: frozenset[int]
    on_stay: NDArray[np.intp]
    """For each observation how many derived stays of any sort it lies on."""


def judge(stays: Sequence[DerivedStay], events: Sequence[Event], shots: Sequence[Shot]) -> Judged:
    """Match observations to the stays that must be raised."""
    wanted = [it for it in stays if it.wanted and it.event.length_s >= LEAST_STAY_S]
    overlap = iou_matrix(_boxes([it.event for it in wanted]), _boxes(events))
    shared = np.array([[time_iou(it.event, event) for event in events] for it in wanted])
    shared = shared.reshape(overlap.shape)
    slack = np.array([START_WITHIN_S + _picture_off_s(it.event.start_s, shots) for it in wanted])
    starts = np.abs(
        np.array([it.event.start_s for it in wanted])[:, None]
        - np.array([event.start_s for event in events])[None, :]
    )
    loose = (overlap >= LEAST_IOU) & (shared > 0)
    strict = loose & (starts <= slack[:, None]) & (shared >= LEAST_SHARED_TIME)
    held = np.array([[_held(it.event, event) for event in events] for it in wanted])
    held = held.reshape(overlap.shape) >= LEAST_SHARED_TIME
    on_any = iou_matrix(_boxes([it.event for it in stays]), _boxes(events)) >= LEAST_IOU
    spans = np.array([[time_iou(it.event, event) for event in events] for it in stays])
    return Judged(
        tuple(wanted),
        tuple(events),
        dict(assigned(shared, loose)),
        dict(assigned(shared, strict)),
        frozenset(np.flatnonzero(((overlap >= LEAST_IOU) & held).any(axis=1)).tolist()),
        (on_any & (spans.reshape(on_any.shape) > 0)).sum(axis=0),
    )


def _held(stay: Event, event: Event) -> float:
    """Share of a stay's time that an observation holds."""
    shared = min(stay.end_s, event.end_s) - max(stay.start_s, event.start_s)
    return max(0.0, shared) / stay.length_s


def _picture_off_s(t_s: float, shots: Sequence[Shot]) -> float:
    """Seconds from a picture to the one before or after it, whichever is farther, up to the gap."""
    times = np.array([shot.t_s for shot in shots])
    at = int(np.abs(times - t_s).argmin())
    around = np.diff(times[max(0, at - 1) : at + 2])
    return float(around[around <= GAP_S].max(initial=0.0))


def figures(judged: Judged, shots: Sequence[Shot], *, by_day: bool) -> dict[str, object]:
    """Recall and false observations of the day or of the night."""
    rows = [n for n, it in enumerate(judged.wanted) if by_day_of(it.event, shots) == by_day]
    events = [n for n, it in enumerate(judged.events) if by_day_of(it, shots) == by_day]
    off = [n for n in events if judged.on_stay[n] == 0]
    unsure = [n for n in off if unlabelled(judged.events[n])]
    false = [n for n in off if n not in unsure]
    labelled = [n for n in false if labelled_share(judged.events[n], shots) >= LABELLED_SHARE]
    hours = watched_h(shots, by_day=by_day)
    loose = [judged.loose[n] for n in rows if n in judged.loose]
    return {
        "stays": len(rows),
        "recall_found": _ratio(sum(n in judged.found for n in rows), len(rows)),
        "recall_loose": _ratio(len(loose), len(rows)),
        "recall_strict": _ratio(sum(n in judged.strict for n in rows), len(rows)),
        "observations": len(events),
        "on_a_derived_stay": len(events) - len(off),
        "where_labels_leave_vehicles_out": len(unsure),
        "false": len(false),
        "false_but_a_labelled_vehicle_is_there": len(labelled),
        "hours_watched": round(hours, 2),
        "false_per_hour": round(len(false) / hours, 2) if hours else None,
        "off_stays_per_hour": round(len(off) / hours, 2) if hours else None,
        "doubles": sum(_doubles(judged, n) for n in rows),
    }


def _doubles(judged: Judged, row: int) -> int:
    """Observations beyond the first that lie on one wanted stay."""
    stay = judged.wanted[row].event
    overlap = iou_matrix([stay.box], _boxes(judged.events))[0]
    shared = np.array([time_iou(stay, event) for event in judged.events])
    return max(0, int(((overlap >= LEAST_IOU) & (shared > 0)).sum()) - 1)


def watched_h(shots: Sequence[Shot], *, by_day: bool) -> float:
    """Hours between pictures that are no farther apart than the gap."""
    pairs = [(a, b) for a, b in pairwise(shots) if a.by_day == by_day]
    return sum(b.t_s - a.t_s for a, b in pairs if b.t_s - a.t_s <= GAP_S) / 3600


def labelled_share(event: Event, shots: Sequence[Shot]) -> float:
    """In which share of the pictures of its time the labels name a vehicle on its spot."""
    own = [shot for shot in shots if within(shot.t_s, event)]
    return sum(on_one(event.box, shot.vehicles) for shot in own) / max(1, len(own))


def unlabelled(event: Event) -> bool:
    """Whether the middle of its box lies where the labels leave vehicles out."""
    x, y = (event.box[0] + event.box[2]) / 2, (event.box[1] + event.box[3]) / 2
    return any(x1 <= x <= x2 and y1 <= y <= y2 for x1, y1, x2, y2 in unlabelled_areas())


def within(t_s: float, event: Event) -> bool:
    """Whether a time lies in an event's."""
    # The truth's times are rounded to hundredths.
    return event.start_s - 0.01 <= t_s <= event.end_s + 0.01


def by_day_of(event: Event, shots: Sequence[Shot]) -> bool:
    """Whether an event began in daylight."""
    return next(shot.by_day for shot in shots if shot.t_s >= event.start_s - 0.01)


def on_one(box: BoxXyxy, others: Sequence[BoxXyxy] | NDArray[np.float32]) -> bool:
    """Whether a box lies on one of the others."""
    return bool(len(others)) and bool(iou_matrix([box], others).max() >= LEAST_IOU)


def _boxes(events: Sequence[Event]) -> NDArray[np.float64]:
    return np.array([event.box for event in events], dtype=np.float64).reshape(-1, 4)


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None
