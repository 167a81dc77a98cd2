"""Curves fitted on boxes whose truth is known, and their error."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from detector.model.calibration import AS_IT_IS
from training.calibrate import FEW_HITS, MAX_STEPS, calibration_error, fit
from training.thresholds import Judged


def drawn(count: int, power: float, seed: int = 3) -> Judged:
    """Boxes of evenly spread scores that are right with probability score ** power."""
    rng = np.random.default_rng(seed)
    scores = rng.uniform(0.01, 0.99, count)
    hit = rng.uniform(size=count) < scores**power
    return judged(scores, hit, rng.integers(0, 1 + count // 4, count))


def judged(
    scores: NDArray[np.float64], hit: NDArray[np.bool_], picture: NDArray[np.int64]
) -> Judged:
    return Judged(scores, hit, picture, max(1, int(hit.sum())), int(picture.max(initial=0)) + 1)


def test_the_curve_finds_how_often_boxes_are_right() -> None:
    fitted = fit(drawn(6000, 2.0))
    scores = np.linspace(0.1, 0.95, 12)
    assert fitted.method == "isotonic"
    assert fitted.curve.probabilities(scores) == pytest.approx(scores**2, abs=0.06)
    assert len(fitted.curve.knots) <= MAX_STEPS + 2


def test_the_error_falls_on_pictures_that_the_curve_did_not_see() -> None:
    fitted = fit(drawn(3000, 3.0))
    assert fitted.error_before is not None
    assert fitted.error_after is not None
    assert fitted.error_before > 0.15
    assert fitted.error_after < 0.05


def test_scores_that_are_probabilities_already_stay() -> None:
    fitted = fit(drawn(6000, 1.0))
    scores = np.linspace(0.05, 0.95, 10)
    assert fitted.curve.probabilities(scores) == pytest.approx(scores, abs=0.07)


def test_few_hits_bend_the_curve_a_little_and_never_promise_certainty() -> None:
    scores = np.full(8, 0.5)
    fitted = fit(judged(scores, np.ones(8, dtype=bool), np.arange(8)))
    (likely,) = fitted.curve.probabilities(np.array([0.5]))
    assert fitted.method == "temperature"
    assert 0.5 < likely < 0.9
    assert fitted.hits < FEW_HITS


def test_a_handful_of_lucky_boxes_at_the_top_does_not_promise_certainty() -> None:
    below = drawn(400, 2.0)
    lucky = judged(
        np.append(below.confidence[below.confidence < 0.8], [0.97] * 4),
        np.append(below.hit[below.confidence < 0.8], [True] * 4),
        np.append(below.picture[below.confidence < 0.8], np.arange(4)),
    )
    (likely,) = fit(lucky).curve.probabilities(np.array([0.97]))
    assert 0.6 < likely < 0.99


@pytest.mark.parametrize("labels", [0, 5])
def test_without_boxes_the_score_stays_what_it_is(labels: int) -> None:
    nothing = np.empty(0)
    fitted = fit(Judged(nothing, nothing.astype(bool), nothing.astype(np.int64), labels, 9))
    assert (fitted.curve, fitted.method, fitted.error_after) == (AS_IT_IS, "none", None)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0, 1), st.booleans(), st.integers(0, 9)), min_size=1, max_size=150
    ),
    st.integers(0, 60),
)
def test_whatever_was_found_the_curve_is_one_that_a_file_may_carry(
    rows: list[tuple[float, bool, int]], sure: int
) -> None:
    rows = rows + [(0.9 + k / 1000, True, k % 10) for k in range(sure)]
    scores, hit, picture = (np.array(column) for column in zip(*rows, strict=True))
    fitted = fit(judged(scores, hit.astype(bool), picture.astype(np.int64)))
    likely = fitted.curve.probabilities(np.linspace(0, 1, 501))
    assert (np.diff(likely) > 0).all()
    assert fitted.boxes == int((scores >= 0.01).sum()) or fitted.method == "none"


def test_the_error_of_certain_and_wrong_is_one_and_of_honest_boxes_nothing() -> None:
    assert calibration_error(np.ones(20), np.zeros(20, dtype=bool)) == 1
    honest = np.repeat([0.25, 0.75], 40)
    hit = np.tile([True, False, False, False], 10).tolist()
    hit += np.tile([False, True, True, True], 10).tolist()
    assert calibration_error(honest, np.array(hit), bins=2) == pytest.approx(0)
    assert calibration_error(np.empty(0), np.empty(0, dtype=bool)) is None
