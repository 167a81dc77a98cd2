"""Matching, thresholds for a stated precision, and quiet streets."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.looks import Boxes
from training.thresholds import (
    CANDIDATES,
    LEAST,
    MIN_SUPPORT,
    UNMEASURED,
    Choice,
    Judged,
    alarms_per_100,
    at,
    best_balance,
    choose,
    judge,
    matches,
    quietened,
)

SQUARE = (0.0, 0.0, 10.0, 10.0)
FAR = (100.0, 100.0, 110.0, 110.0)
PILE, CABLE = 9, 10


def boxes(*rows: tuple[tuple[float, float, float, float], int, float]) -> Boxes:
    return Boxes.of([(*xyxy, class_id, confidence) for xyxy, class_id, confidence in rows])


def judged(confidence: list[float], hit: list[bool], labels: int) -> Judged:
    return Judged(
        np.array(confidence), np.array(hit, dtype=bool), np.zeros(len(hit), np.int64), labels, 1
    )


def steps(*parts: tuple[float, int, int], labels: int) -> Judged:
    """Boxes from (confidence, right, wrong)."""
    confidence = [level for level, right, wrong in parts for _ in range(right + wrong)]
    hit = [k < right for _, right, wrong in parts for k in range(right + wrong)]
    return judged(confidence, hit, labels)


def test_a_label_is_found_once() -> None:
    found = np.array([SQUARE, SQUARE, FAR], dtype=np.float32)
    assert matches(np.array([SQUARE], dtype=np.float32), found).tolist() == [True, False, False]


def test_nothing_matches_where_nothing_is_labelled() -> None:
    found = np.array([SQUARE], dtype=np.float32)
    assert matches(np.zeros((0, 4), dtype=np.float32), found).tolist() == [False]


def test_the_stronger_box_takes_the_label_and_other_classes_do_not_count() -> None:
    pairs = [
        (boxes((SQUARE, 6, 1.0)), boxes((SQUARE, 6, 0.4), (SQUARE, 6, 0.9), (SQUARE, 7, 0.99))),
        (boxes(), boxes((FAR, 6, 0.3))),
        (boxes((FAR, 6, 1.0), (SQUARE, 7, 1.0)), boxes()),
    ]
    found = judge(pairs, 6)
    assert found.confidence == pytest.approx([0.9, 0.4, 0.3])
    assert found.hit.tolist() == [True, False, False]
    assert found.picture.tolist() == [0, 0, 1]
    assert (found.labels, found.pictures) == (2, 3)


def test_the_least_threshold_of_the_stated_precision_is_taken() -> None:
    found = steps((0.9, 40, 1), (0.6, 20, 4), (0.4, 5, 30), labels=80)
    choice = choose(found, 0.85)
    assert choice.why == "precision"
    assert 0.4 < choice.threshold <= 0.6
    assert choice.precision == pytest.approx(60 / 65)
    assert choice.recall == pytest.approx(60 / 80)


def test_a_few_lucky_boxes_do_not_show_a_precision() -> None:
    lucky = steps((0.9, MIN_SUPPORT - 1, 0), (0.5, 0, 40), labels=20)
    assert choose(lucky, 0.85).why == "best F1"


def test_out_of_reach_the_best_balance_is_taken_and_said() -> None:
    choice = choose(steps((0.8, 30, 20), (0.3, 5, 60), labels=40), 0.85)
    assert choice.why == "best F1"
    assert 0.3 < choice.threshold <= 0.8
    assert choice.precision == pytest.approx(0.6)


def test_however_precise_nothing_below_the_least_is_reported() -> None:
    assert choose(steps((0.3, 20, 0), (0.1, 50, 0), labels=70), 0.85).threshold == LEAST
    assert choose(steps((0.1, 50, 0), labels=50), 0.85) == Choice(LEAST, "best F1", 0.0, 0.0)


def test_without_labels_there_is_a_guess_and_no_figures() -> None:
    assert choose(steps((0.9, 0, 5), labels=0)) == Choice(UNMEASURED, "not measured")
    assert at(steps((0.9, 0, 5), labels=0), 0.5, "given") == Choice(0.5, "given")


@given(
    st.lists(st.tuples(st.floats(0.01, 1), st.booleans()), max_size=80),
    st.floats(0.5, 0.99),
)
def test_a_precision_that_is_claimed_is_reached_and_no_lower_threshold_reaches_it(
    rows: list[tuple[float, bool]], precision: float
) -> None:
    found = judged([c for c, _ in rows], [h for _, h in rows], labels=90)
    choice = choose(found, precision)
    smoothed = {}
    for threshold in CANDIDATES:
        kept = found.confidence.astype(np.float32) >= np.float32(threshold)
        if kept.sum() >= MIN_SUPPORT:
            smoothed[threshold] = (found.hit[kept].sum() + 1) / (kept.sum() + 2)
    reached = [threshold for threshold, share in smoothed.items() if share >= precision]
    assert (choice.why == "precision") == bool(reached)
    if reached:
        assert choice.threshold == min(reached)


def test_the_middle_of_a_flat_top_is_taken() -> None:
    flat = [Choice(t, "best F1", 0.8, 0.8) for t in (0.3, 0.4, 0.5)]
    assert best_balance([Choice(0.2, "best F1", 0.1, 0.9), *flat]).threshold == 0.4


def test_f1_of_nothing_is_zero() -> None:
    assert Choice(0.5, "best F1", 0.0, 0.0).f1 == 0


def test_every_false_box_is_an_alarm() -> None:
    quiet = [boxes((SQUARE, PILE, 0.5), (FAR, PILE, 0.4), (FAR, CABLE, 0.9)), boxes()]
    assert alarms_per_100(quiet, PILE, 0.4) == 100
    assert alarms_per_100(quiet, PILE, 0.45) == 50
    assert alarms_per_100([], PILE, 0.4) == 0


def test_the_loudest_class_is_raised_and_a_quiet_one_is_not() -> None:
    loud = [boxes((SQUARE, PILE, 0.3 + 0.02 * k)) for k in range(20)]
    still = [boxes((SQUARE, CABLE, 0.5)), *[boxes()] * 99]
    raised = quietened({PILE: 0.3, CABLE: 0.3, 7: 0.4}, {PILE: loud, CABLE: still}, most=6.0)
    assert raised[CABLE] == 0.3
    assert raised[7] == 0.4
    assert alarms_per_100(loud, PILE, raised[PILE]) == 5
    assert alarms_per_100(loud, PILE, raised[PILE] - 0.01) > 5


def test_quiet_thresholds_stay_as_they_are() -> None:
    assert quietened({PILE: 0.3}, {PILE: [boxes()] * 10}) == {PILE: 0.3}


def test_a_class_that_never_falls_quiet_gets_the_highest() -> None:
    certain = [boxes((SQUARE, PILE, 0.99))]
    assert quietened({PILE: 0.3}, {PILE: certain}) == {PILE: CANDIDATES[-1]}
