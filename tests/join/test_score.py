from __future__ import annotations

import csv
from math import inf, nan
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.join.score import band, first_score, half_up
from detector.problem import Score
from detector.taxonomy import TAXONOMY

SHARED = Path(__file__).parents[2].parent / "shared"
EXAMPLES = SHARED / "data/domain/score_examples.csv"
# Points for the class of place.
PLACES = {
    "school": 15,
    "market": 14,
    "transport_hub": 14,
    "community": 12,
    "main_road": 11,
    "back_lane": 11,
}
LETTERS = {
    "K": "kind",
    "E": "extent",
    "D": "duration",
    "S": "place",
    "V": "visibility",
    "R": "recurrence",
    "W": "witnesses",
}
SUB_KINDS = st.sampled_from([entry.name for entry in TAXONOMY.sub_kinds])
AMOUNT = st.floats(0, 1e9)


def full_score(row: dict[str, str]) -> Score:
    return first_score(
        row["kind"],
        count=int(row["n"]),
        dwell_s=float(row["t_h"]) * 3600,
        arrival_known=True,
        sources=int(row["sources"]),
        place_points=PLACES[row["place"]],
        distance_m=float(row["dist_m"]),
        rebounds=int(row["rebounds"]),
    )


@pytest.mark.shared
@pytest.mark.parametrize("case", "ABCDEFGH")
def test_the_worked_examples_of_the_domain_come_out_exactly(case: str) -> None:
    if not EXAMPLES.exists():
        pytest.skip(f"{EXAMPLES} is not beside this checkout")
    with EXAMPLES.open(encoding="utf-8") as file:
        row = next(row for row in csv.DictReader(file) if row["case"] == case)
    score = full_score(row)
    assert {letter: score.parts[name] for letter, name in LETTERS.items()} == {
        letter: float(row[letter]) for letter in LETTERS
    }
    assert round(sum(score.parts.values()), 6) == float(row["sum"])
    assert score.total == int(row["P"])
    assert score.missing == ()


def test_what_is_unknown_counts_nothing_and_is_named() -> None:
    score = first_score("garbage.overflow", count=1, dwell_s=None, arrival_known=False)
    assert score.missing == ("duration", "place", "visibility", "recurrence")
    assert all(score.parts[name] == 0 for name in score.missing)


def test_a_first_score_of_a_video_misses_place_visibility_and_recurrence() -> None:
    score = first_score("garbage.overflow", count=1, dwell_s=60, arrival_known=True)
    assert score.missing == ("place", "visibility", "recurrence")


def test_a_duration_without_a_known_arrival_counts_as_the_least_value_that_it_is() -> None:
    seen, watched = (
        first_score("garbage.overflow", count=1, dwell_s=7200, arrival_known=known)
        for known in (False, True)
    )
    assert seen.parts == watched.parts
    assert seen.missing == (*watched.missing, "arrival")


def test_a_known_nothing_is_not_missing() -> None:
    score = first_score(
        "garbage.overflow",
        count=1,
        dwell_s=0,
        arrival_known=True,
        place_points=0,
        distance_m=9000,
        rebounds=0,
    )
    assert score.missing == ()


@pytest.mark.parametrize(("sources", "points"), [(0, 0), (1, 0), (2, 4), (3, 6), (4, 8), (9, 8)])
def test_witnesses_count_by_independent_source(sources: int, points: float) -> None:
    score = first_score("cable.messy", count=1, dwell_s=None, arrival_known=False, sources=sources)
    assert score.parts["witnesses"] == points


@pytest.mark.parametrize(
    ("total", "name"),
    [(100, "urgent"), (80, "urgent"), (79, "high"), (60, "high"), (59, "medium"), (39, "low")],
)
def test_bands_begin_at_their_least_score(total: int, name: str) -> None:
    assert band(total) == name


def test_halves_go_up_even_where_the_last_bit_is_short() -> None:
    assert [half_up(value) for value in (0.5, 1.5, 2.4999999999, 68.499)] == [1, 2, 3, 68]


def test_an_unknown_sub_kind_is_refused() -> None:
    with pytest.raises(KeyError, match="taxonomy"):
        first_score("parking.moon", count=1, dwell_s=None, arrival_known=False)


@pytest.mark.parametrize("value", [nan, inf, -1.0])
def test_a_number_that_is_none_is_refused_and_named(value: float) -> None:
    with pytest.raises(ValueError, match="dwell_s"):
        first_score("cable.messy", count=1, dwell_s=value, arrival_known=False)


@given(SUB_KINDS, AMOUNT, AMOUNT, AMOUNT, AMOUNT, st.integers(0, 9), st.integers(0, 9))
def test_a_score_is_within_0_and_100_and_grows_with_each_part(
    sub_kind: str,
    count: float,
    dwell_s: float,
    place: float,
    distance_m: float,
    rebounds: int,
    sources: int,
) -> None:
    def total(count: float, dwell_s: float, far: float, rebounds: int, sources: int) -> int:
        return first_score(
            sub_kind,
            count=count,
            dwell_s=dwell_s,
            arrival_known=True,
            sources=sources,
            place_points=place,
            distance_m=far,
            rebounds=rebounds,
        ).total

    base = total(count, dwell_s, distance_m, rebounds, sources)
    assert 0 <= base <= 100
    assert total(count + 1, dwell_s, distance_m, rebounds, sources) >= base
    assert total(count, dwell_s + 60, distance_m, rebounds, sources) >= base
    assert total(count, dwell_s, distance_m / 2, rebounds, sources) >= base
    assert total(count, dwell_s, distance_m, rebounds + 1, sources) >= base
    assert total(count, dwell_s, distance_m, rebounds, sources + 1) >= base
    assert TAXONOMY.sub_kind(sub_kind).floor <= base
