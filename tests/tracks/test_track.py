from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.geometry.ground import distance_m
from detector.observation import PositionMethod
from detector.tracks.track import DEFAULT_ACCURACY_M, Fix, Track, bend_m

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def fix(second: float, lat: float = 31, lon: float = 121, accuracy_m: float | None = None) -> Fix:
    return Fix(NOON + timedelta(seconds=second), lat, lon, accuracy_m)


def after(second: float) -> datetime:
    return NOON + timedelta(seconds=second)


def test_between_two_fixes_the_position_is_on_the_straight_line() -> None:
    place = Track.of([fix(0, 31, 121), fix(10, 31.001, 121.002)]).position_at(after(2.5))
    assert place is not None
    assert (place.lat, place.lon) == pytest.approx((31.00025, 121.0005))
    assert place.method is PositionMethod.TRACK


def test_on_a_fix_the_position_is_the_fix() -> None:
    place = Track.of([fix(0), fix(10, 31.001, accuracy_m=3)]).position_at(after(10))
    assert place is not None
    assert (place.lat, place.accuracy_m) == (31.001, 3)


@pytest.mark.parametrize("second", [-0.001, 10.001])
def test_outside_the_track_there_is_no_position(second: float) -> None:
    assert Track.of([fix(0), fix(10)]).position_at(after(second)) is None


def test_a_gap_of_30_s_is_bridged_and_a_longer_one_is_not() -> None:
    assert Track.of([fix(0), fix(30)]).position_at(after(15)) is not None
    assert Track.of([fix(0), fix(30.001)]).position_at(after(15)) is None


def test_the_ends_of_a_long_gap_are_still_known() -> None:
    track = Track.of([fix(0), fix(900)])
    assert track.position_at(after(0)) is not None
    assert track.position_at(after(900)) is not None


def test_accuracy_grows_into_the_gap_and_with_its_length() -> None:
    def radius_m(gap_s: float, second: float) -> float:
        place = Track.of([fix(0), fix(gap_s)]).position_at(after(second))
        assert place is not None
        return place.accuracy_m

    assert radius_m(10, 0) == DEFAULT_ACCURACY_M
    assert radius_m(10, 0) < radius_m(10, 1) < radius_m(10, 5) < radius_m(20, 10)
    assert bend_m(15, 15) == 112.5


def test_accuracy_runs_from_one_fix_to_the_other() -> None:
    place = Track.of([fix(0, accuracy_m=4), fix(0.01, accuracy_m=8)]).position_at(after(0.005))
    assert place is not None
    assert place.accuracy_m == pytest.approx(6, abs=0.001)


def test_fixes_come_in_any_order_and_the_first_of_a_time_is_kept() -> None:
    track = Track.of([fix(10, 3), fix(0, 1), fix(10, 4), fix(5, 2)])
    assert [one.lat for one in track.fixes] == [1, 2, 3]


def test_the_date_line_is_crossed_the_short_way() -> None:
    place = Track.of([fix(0, 0, 179.999), fix(10, 0, -179.999)]).position_at(after(5))
    assert place is not None
    assert abs(place.lon) == pytest.approx(180)


def test_a_time_in_another_zone_is_the_same_time() -> None:
    track = Track.of([fix(0), fix(10, 31.001)])
    shanghai = after(5).astimezone(timezone(timedelta(hours=8)))
    assert track.position_at(shanghai) == track.position_at(after(5))


def test_a_time_without_a_zone_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(TypeError):
        Track.of([fix(0), fix(10)]).position_at(after(5).replace(tzinfo=None))


@given(
    st.lists(
        st.builds(
            fix, st.integers(0, 100), st.floats(-90, 90), st.floats(-180, 180), st.floats(1, 50)
        ),
        min_size=1,
    ),
    st.floats(-5, 105),
)
def test_a_position_is_never_farther_from_a_fix_than_its_neighbour_is(
    fixes: list[Fix], second: float
) -> None:
    track = Track.of(fixes)
    place = track.position_at(after(second))
    before = [one for one in track.fixes if one.at <= after(second)]
    later = [one for one in track.fixes if one.at >= after(second)]
    if place is None:
        assert not before or not later or later[0].at - before[-1].at > timedelta(seconds=30)
        return
    one, other = before[-1], later[0]
    assert min(one.lat, other.lat) - 1e-9 <= place.lat <= max(one.lat, other.lat) + 1e-9
    along_lon_m = distance_m(0, one.lon, 0, other.lon)
    assert distance_m(0, one.lon, 0, place.lon) <= along_lon_m + 0.01
