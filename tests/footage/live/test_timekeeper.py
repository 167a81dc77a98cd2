"""The two clocks of a stream."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.footage.live.timekeeper import Moment, Timekeeper

START_S = 1_790_000_000.0


def told(keeper: Timekeeper, rows: list[tuple[float, float]]) -> list[Moment]:
    """The moments of pictures with these stamps and arrivals, in seconds since the start."""
    return [keeper.tell(stamp_s, START_S + now_s) for stamp_s, now_s in rows]


def test_stream_seconds_follow_the_stamps_whenever_pictures_arrive() -> None:
    moments = told(Timekeeper(None, -1, 1), [(50, 0), (51, 1.4), (52, 2.1), (53, 3.6)])
    assert [moment.t_s for moment in moments] == [0, 1, 2, 3]
    assert [moment.at_s - START_S for moment in moments] == [0, 1, 2, 3]
    assert {moment.session for moment in moments} == {1}


def test_a_buffer_that_is_sent_at_once_shows_that_the_first_picture_was_old() -> None:
    moments = told(Timekeeper(None, -1, 1), [(0, 0), (1, 0), (2, 0.1), (3, 0.1), (4, 1.1)])
    assert [moment.t_s for moment in moments] == [0, 1, 2, 3, 4]
    assert [round(moment.at_s - START_S, 3) for moment in moments] == [0, 0, 0.1, 0.1, 1.1]
    assert {moment.session for moment in moments} == {1}


def test_a_stall_that_is_made_up_for_later_leaves_no_mark() -> None:
    stalled = [(second / 10, max(second / 10, 8.0)) for second in range(20, 90)]
    moments = told(Timekeeper(None, -1, 1), [(0, 0), (1, 1), *stalled])
    for moment, (stamp_s, _) in zip(moments[2:], stalled, strict=True):
        assert moment == (stamp_s, START_S + stamp_s, 1)


def test_a_clock_set_back_begins_a_session_that_the_wall_places() -> None:
    moments = told(Timekeeper(None, -1, 1), [(100, 0), (101, 1), (3, 2.5), (4, 3.5)])
    assert [(moment.t_s, moment.session) for moment in moments] == [
        (0, 1),
        (1, 1),
        (2.5, 2),
        (3.5, 2),
    ]


def test_a_clock_set_far_ahead_begins_a_session_that_the_wall_places() -> None:
    wrapped = 2**32 / 90_000
    moments = told(Timekeeper(None, -1, 1), [(0, 0), (1, 1), (wrapped, 2), (wrapped + 1, 3)])
    assert [round(moment.t_s, 3) for moment in moments] == [0, 1, 2, 3]
    assert [moment.session for moment in moments] == [1, 1, 2, 2]


def test_pictures_shown_before_their_forerunners_are_no_clock_set_back() -> None:
    moments = told(Timekeeper(None, -1, 1), [(0, 0), (0.12, 0.1), (0.04, 0.1), (0.08, 0.2)])
    assert [round(moment.t_s, 3) for moment in moments] == [0, 0.12, 0.04, 0.08]


def test_a_slow_camera_is_tied_to_the_wall_again_and_again() -> None:
    keeper = Timekeeper(None, -1, 1)
    # One per cent slow over three hours: 108 s behind at the end, if nothing is done.
    moments = told(keeper, [(second * 0.99, second) for second in range(10_800)])
    assert START_S + 10_799 - moments[-1].at_s < 10
    assert abs(moments[-1].t_s - 10_799) < 35
    assert all(b.t_s > a.t_s for a, b in pairwise(moments))


def test_a_fast_camera_is_never_ahead_of_the_wall() -> None:
    moments = told(Timekeeper(None, -1, 1), [(second * 1.01, second) for second in range(10_800)])
    assert all(moment.at_s <= START_S + now + 1e-6 for now, moment in enumerate(moments))
    assert abs(moments[-1].t_s - 10_799) < 50 or moments[-1].session > 1


def test_the_wall_set_forward_moves_the_times_after_a_while_and_set_back_at_once() -> None:
    keeper = Timekeeper(None, -1, 1)
    told(keeper, [(second, second) for second in range(100)])
    forward = told(keeper, [(second, second + 3600) for second in range(100, 300)])
    assert abs(forward[-1].at_s - START_S - 3899) < 0.1
    back = told(keeper, [(second, second) for second in range(300, 320)])
    assert abs(back[-1].at_s - START_S - 319) < 0.1
    assert back[0].t_s > forward[-1].t_s


def test_a_later_connection_goes_on_at_the_wall_time_that_passed() -> None:
    first = Timekeeper(None, -1, 1)
    told(first, [(7, 0), (8, 1)])
    second = Timekeeper(first.epoch_s, first.last_t_s, first.session + 1)
    assert told(second, [(900, 31)])[0] == (31, START_S + 31, 2)


def test_a_restarted_process_goes_on_counting_from_its_epoch() -> None:
    assert told(Timekeeper(START_S - 3600, -1, 1), [(0, 5)])[0].t_s == 3605


def test_what_is_known_to_be_old_on_arrival_is_told_so() -> None:
    moments = told(Timekeeper(None, -1, 1, age_s=12), [(0, 0), (6, 0.1), (12, 0.1), (18, 6.2)])
    assert [round(moment.at_s - START_S, 3) for moment in moments] == [-12, -6, 0, 6]


@given(
    steps=st.lists(
        st.tuples(st.floats(-1e5, 1e5, allow_nan=False), st.floats(0, 100), st.booleans()),
        max_size=60,
    )
)
def test_whatever_stamps_come_sessions_rise_and_nothing_is_told_from_the_future(
    steps: list[tuple[float, float, bool]],
) -> None:
    keeper = Timekeeper(None, -1, 1)
    stamp_s = now_s = floor_s = 0.0
    session = 1
    for jump_s, wait_s, jumps in steps:
        now_s += wait_s
        stamp_s += jump_s if jumps else wait_s
        moment = keeper.tell(stamp_s, START_S + now_s)
        assert moment.at_s <= START_S + now_s + 1e-3
        assert moment.session >= session
        if moment.session > session:
            assert moment.t_s >= floor_s
        session, floor_s = moment.session, keeper.last_t_s


@pytest.mark.parametrize("ahead_s", [3600.0, -3600.0])
def test_the_wall_set_by_an_hour_moves_wall_times_at_once_and_stream_seconds_never(
    ahead_s: float,
) -> None:
    keeper = Timekeeper(None, -1, 1)
    told(keeper, [(second, second) for second in range(10)])
    moments = [keeper.tell(second, START_S + second, ahead_s) for second in range(10, 200)]
    assert moments == [(s, START_S + s + ahead_s, 1) for s in range(10, 200)]
