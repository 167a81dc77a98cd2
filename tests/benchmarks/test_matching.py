from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.events.matching import Event, Tally, assigned, figures, judge, time_iou

STAY = Event(100, 200, (100, 100, 200, 160))
ELSEWHERE = (400.0, 100.0, 500.0, 160.0)


def test_a_rule_that_raises_each_stay_once_has_f1_1():
    stays = [STAY, Event(150, 400, ELSEWHERE)]

    row = figures(judge(stays, stays))

    assert (row["precision"], row["recall"], row["f1"]) == (1, 1, 1)
    assert row["observations_per_matched_stay"] == 1
    assert row["time_iou"] == 1


def test_a_rule_that_raises_each_stay_twice_has_precision_a_half():
    twice = [STAY, Event(103, 198, (102, 100, 202, 160))]

    row = figures(judge([STAY], twice))

    assert (row["precision"], row["recall"]) == (0.5, 1)
    assert row["observations_per_matched_stay"] == 2


def test_a_stay_that_is_cut_in_two_counts_as_one_match_and_one_false():
    halves = [Event(100, 145, STAY.box), Event(150, 200, STAY.box)]

    tally = judge([STAY], halves)

    assert (tally.matched, tally.seen, tally.on_matched) == (1, 2, 2)
    assert tally.end_errors_s == (-55,)
    assert tally.false == (1,)


@pytest.mark.parametrize(
    ("seen", "matched"),
    [
        (Event(110, 200, STAY.box), 1),
        (Event(110.1, 200, STAY.box), 0),
        (Event(90, 200, STAY.box), 1),
        (Event(100, 200, (133, 100, 233, 160)), 1),
        (Event(100, 200, (134, 100, 234, 160)), 0),
    ],
)
def test_a_pair_needs_half_of_the_box_and_a_start_within_10_s(seen: Event, matched: int):
    assert judge([STAY], [seen]).matched == matched


def test_what_lasts_under_15_s_is_left_out_on_both_sides():
    short = Event(300, 314.9, ELSEWHERE)

    tally = judge([STAY, short], [STAY, short])

    assert (tally.stays, tally.seen, tally.matched) == (1, 1, 1)


def test_what_was_missed_is_told_by_its_place_in_the_truth():
    short = Event(0, 5, ELSEWHERE)

    assert judge([short, STAY], []).missed == (1,)


def test_errors_in_time_are_measured_against_what_happened():
    truth, happened = Event(107, 200, STAY.box), STAY

    tally = judge([truth], [Event(101, 203, STAY.box)], [happened])

    assert tally.start_errors_s == (1,)
    assert tally.end_errors_s == (3,)
    assert tally.time_ious[0] == pytest.approx(99 / 103)


def test_tallies_add_up():
    both = judge([STAY], [STAY]) + judge([STAY], [])

    assert figures(both)["recall"] == 0.5
    assert sum([both, Tally()], Tally()) == both


def test_two_neighbours_are_matched_so_that_both_have_their_observation():
    # Taking the best pair first would leave the second stay without one.
    score = np.array([[0.9, 0.8], [0.85, 0.0]])

    assert assigned(score, score >= 0.5) == [(0, 1), (1, 0)]


@given(
    st.integers(0, 6).flatmap(
        lambda n: st.lists(
            st.lists(st.floats(0, 1), min_size=4, max_size=4), min_size=n, max_size=n
        )
    )
)
def test_pairs_are_one_to_one_and_allowed(rows: list[list[float]]):
    score = np.array(rows, dtype=np.float64).reshape(-1, 4)

    pairs = assigned(score, score >= 0.5)

    assert len({a for a, _ in pairs}) == len({b for _, b in pairs}) == len(pairs)
    assert all(score[a, b] >= 0.5 for a, b in pairs)


def test_time_iou_of_spans_that_only_touch_is_0():
    assert time_iou(Event(0, 10, STAY.box), Event(10, 20, STAY.box)) == 0
    assert time_iou(Event(0, 10, STAY.box), Event(5, 20, STAY.box)) == pytest.approx(0.25)
