"""Matching, balance, and thresholds that keep quiet streets quiet."""

from __future__ import annotations

import numpy as np
import pytest

from training.coco import Boxes
from training.thresholds import (
    CANDIDATES,
    HIGHEST_MEASURED,
    LEAST,
    UNMEASURED,
    Balance,
    alarm_share,
    balances,
    best,
    choose,
    least_quiet,
    matches,
)

SQUARE = [0.0, 0.0, 10.0, 10.0]
FAR = [100.0, 100.0, 110.0, 110.0]


def boxes(*rows: tuple[list[float], int, float]) -> Boxes:
    return Boxes(
        np.array([row[0] for row in rows], dtype=np.float32).reshape(-1, 4),
        np.array([row[1] for row in rows], dtype=np.int64),
        np.array([row[2] for row in rows], dtype=np.float32),
    )


def test_a_label_is_found_once() -> None:
    found = np.array([SQUARE, SQUARE, FAR], dtype=np.float32)
    assert matches(np.array([SQUARE], dtype=np.float32), found).tolist() == [True, False, False]


def test_nothing_matches_where_nothing_is_labelled() -> None:
    found = np.array([SQUARE], dtype=np.float32)
    assert matches(np.zeros((0, 4), dtype=np.float32), found).tolist() == [False]


def test_balance_counts_false_and_missed_boxes() -> None:
    truth = [boxes((SQUARE, 6, 1.0), (FAR, 6, 1.0))]
    found = [boxes((SQUARE, 6, 0.9), ([50.0, 50.0, 60.0, 60.0], 6, 0.5), (FAR, 7, 0.9))]
    by_threshold = {choice.threshold: choice for choice in balances(truth, found, 6)}
    assert by_threshold[0.5].precision == 0.5
    assert by_threshold[0.5].recall == 0.5
    assert by_threshold[0.6].precision == 1.0


def test_the_middle_of_a_flat_top_is_taken() -> None:
    flat = [Balance(t, 0.8, 0.8) for t in (0.3, 0.4, 0.5)]
    assert best([Balance(0.2, 0.1, 0.9), *flat]).threshold == 0.4


def test_f1_of_nothing_is_zero() -> None:
    assert Balance(0.5, 0.0, 0.0).f1 == 0


@pytest.mark.parametrize(("most", "expected"), [(0.0, 0.51), (0.5, 0.3), (1.0, 0.3)])
def test_a_threshold_rises_until_streets_are_quiet(most: float, expected: float) -> None:
    quiet = [boxes((SQUARE, 6, 0.5)), boxes()]
    assert least_quiet(quiet, 6, most, 0.3) == expected
    assert alarm_share(quiet, 6, 0.4) == 0.5


def test_a_class_that_never_falls_quiet_gets_the_highest() -> None:
    assert least_quiet([boxes((SQUARE, 6, 0.99))], 6, 0.0, 0.3) == CANDIDATES[-1]


def test_only_alarm_classes_are_raised() -> None:
    quiet = [boxes((SQUARE, 6, 0.5), (SQUARE, 3, 0.9))]
    chosen = choose({3: Balance(0.25, 1, 1)}, quiet, (3, 6, 10, 2), alarms=(6, 10), most=0.0)
    assert chosen == {3: 0.25, 6: 0.51, 10: LEAST, 2: UNMEASURED}


def test_one_camera_does_not_ask_for_certainty() -> None:
    assert choose({4: Balance(0.8, 1, 1)}, [], (4,), (), 0.0) == {4: HIGHEST_MEASURED}
