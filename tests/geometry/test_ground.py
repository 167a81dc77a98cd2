from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.geometry.ground import EARTH_RADIUS_M, distance_m, pairs_within

LAT = st.floats(-90, 90)
LON = st.floats(-180, 180)


def test_a_degree_of_latitude_is_111_km() -> None:
    assert distance_m(31, 121, 32, 121) == pytest.approx(111_195, abs=1)


def test_a_degree_of_longitude_shrinks_with_the_cosine_of_the_latitude() -> None:
    assert distance_m(60, 0, 60, 0.001) == pytest.approx(55.6, abs=0.05)


def test_the_date_line_does_not_part_neighbours() -> None:
    assert distance_m(0, 179.9999, 0, -179.9999) == pytest.approx(22.24, abs=0.01)


@given(LAT, LON, LAT, LON)
def test_distance_is_the_same_both_ways_and_never_beyond_half_the_globe(
    lat1: float, lon1: float, lat2: float, lon2: float
) -> None:
    there = distance_m(lat1, lon1, lat2, lon2)
    assert there == distance_m(lat2, lon2, lat1, lon1)
    assert 0 <= there <= EARTH_RADIUS_M * 3.1416
    assert distance_m(lat1, lon1, lat1, lon1) == 0


def test_no_places_have_no_pairs() -> None:
    assert pairs_within([], 25) == []


@given(st.lists(st.tuples(st.sampled_from([0, 31, 89.9999]), st.floats(0, 0.001)), max_size=8))
def test_pairs_within_a_radius_are_those_that_the_distance_says(
    places: list[tuple[float, float]],
) -> None:
    found = set(pairs_within(places, 25))
    for j, there in enumerate(places):
        for i, here in enumerate(places[:j]):
            far_m = distance_m(*here, *there)
            assert (i, j) in found or far_m > 25
            assert (i, j) not in found or far_m < 25.01


def test_neighbours_across_the_date_line_are_a_pair() -> None:
    assert pairs_within([(0, 179.9999), (5, 5), (0, -179.9999)], 25) == [(0, 2)]
