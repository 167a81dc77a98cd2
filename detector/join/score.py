"""Priority of a problem: P = K + E + D + S + V + R + W points, then the floor of its sub-kind.

The numbers of a sub-kind come from the taxonomy, and a city may change them. The confidence of the
model is no part of it.
"""

from __future__ import annotations

from math import floor, isfinite
from typing import Literal

from detector.problem import Score
from detector.taxonomy import TAXONOMY, SubKind

SCORE_VERSION = "1"

EXTENT_POINTS = 15.0
DURATION_POINTS = 15.0
PLACE_POINTS = 15.0
VISIBILITY_POINTS = 12.0
RECURRENCE_POINTS = (0.0, 4.0, 7.0, 10.0)  # by rebounds in 90 days, the last for 3 and more
WITNESS_POINTS = (0.0, 4.0, 6.0, 8.0)  # by independent sources, the last for 4 and more

# Full visibility up to the near distance from a listed point, none from the far one.
NEAR_M = 500.0
FAR_M = 2000.0

SECONDS_PER_HOUR = 3600.0

Band = Literal["urgent", "high", "medium", "low"]
BANDS: tuple[tuple[int, Band], ...] = ((80, "urgent"), (60, "high"), (40, "medium"), (0, "low"))


def first_score(
    sub_kind: str,
    *,
    count: float,
    dwell_s: float | None,
    arrival_known: bool,
    sources: int = 1,
    place_points: float | None = None,
    distance_m: float | None = None,
    rebounds: int | None = None,
) -> Score:
    """The score of a problem of this sub-kind, from what is known; the rest counts 0.

    `count` is its extent in the unit of the sub-kind's `n_full` (things, m2 or m). `dwell_s` is
    None where a duration cannot be known, as in a photo; without a known arrival it is a least
    value, counts as such, and `missing` names "arrival". `sources` counts independent
    witnesses, `place_points` is 0..15 for the class of place, `distance_m` is to the nearest
    listed point, `rebounds` counts returns within 90 days.

    Raises KeyError for an unknown sub-kind, ValueError for a number out of its range.
    """
    numbers = TAXONOMY.sub_kind(sub_kind)
    _refuse_negative(
        count=count,
        dwell_s=dwell_s,
        sources=sources,
        place_points=place_points,
        distance_m=distance_m,
        rebounds=rebounds,
    )
    known = {
        "kind": numbers.base,
        "extent": EXTENT_POINTS * min(1.0, count / numbers.n_full),
        "duration": None if dwell_s is None else _duration(numbers, dwell_s),
        "place": None if place_points is None else min(PLACE_POINTS, place_points),
        "visibility": None if distance_m is None else _visibility(distance_m),
        "recurrence": None if rebounds is None else RECURRENCE_POINTS[min(rebounds, 3)],
        "witnesses": WITNESS_POINTS[min(max(sources, 1), 4) - 1],
    }
    missing = [name for name, points in known.items() if points is None]
    if dwell_s is not None and not arrival_known:
        missing.append("arrival")
    return _score(numbers, {name: points or 0.0 for name, points in known.items()}, missing)


def _score(numbers: SubKind, points: dict[str, float], missing: list[str]) -> Score:
    # Six digits: the parts are exact in decimals, and half-up must not hang on the last bit.
    parts = {name: round(value, 6) for name, value in points.items()}
    total = max(half_up(sum(parts.values())), half_up(numbers.floor))
    return Score(
        total=total, band=band(total), parts=parts, missing=tuple(missing), version=SCORE_VERSION
    )


def half_up(points: float) -> int:
    """The nearest integer, halves upwards, whatever the last bits of a sum say."""
    return floor(round(points, 6) + 0.5)


def band(total: int) -> Band:
    """The band of a score from 0 to 100: urgent from 80, high from 60, medium from 40, low."""
    return next(name for least, name in BANDS if total >= least)


def _duration(numbers: SubKind, dwell_s: float) -> float:
    share = min(1.0, dwell_s / (numbers.t_full_h * SECONDS_PER_HOUR))
    return min(numbers.d_cap, DURATION_POINTS * share)


def _visibility(distance_m: float) -> float:
    share = (FAR_M - distance_m) / (FAR_M - NEAR_M)
    return VISIBILITY_POINTS * min(1.0, max(0.0, share))


def _refuse_negative(**inputs: float | None) -> None:
    for name, value in inputs.items():
        if value is not None and not (isfinite(value) and value >= 0):
            raise ValueError(f"{name} of a score is {value}; it is a finite number from 0")
