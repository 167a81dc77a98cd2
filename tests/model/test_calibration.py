"""Curves from raw scores to probabilities."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.model.calibration import AS_IT_IS, MAX_KNOTS, Curve

INNER = st.lists(st.integers(1, 999), min_size=1, max_size=12, unique=True).map(sorted)


@st.composite
def curves(draw: st.DrawFn) -> Curve:
    """Any curve that a file may carry, flat and steep ones among them."""
    raw = draw(INNER)
    size = len(raw) + 1
    likely = sorted(draw(st.lists(st.integers(1, 1000), min_size=size, max_size=size, unique=True)))
    return Curve((0.0, *(x / 1000 for x in raw), 1.0), (0.0, *(y / 1000 for y in likely)))


@given(curves(), st.lists(st.floats(0, 1, width=32), min_size=2, max_size=30))
def test_the_order_of_scores_never_changes_and_probabilities_stay_in_range(
    curve: Curve, scores: list[float]
) -> None:
    raw = np.sort(np.array(scores, dtype=np.float32))
    likely = curve.probabilities(raw)
    apart = np.diff(raw.astype(np.float64)) > 1e-9
    assert (np.diff(likely) >= 0).all()
    assert (np.diff(likely)[apart] > 0).all()
    assert likely.min() >= 0
    assert likely.max() <= 1


@given(curves(), st.floats(0, 1))
def test_the_least_raw_score_is_where_the_probability_is_reached(
    curve: Curve, likely: float
) -> None:
    least = curve.least_raw(likely)
    if likely > curve.probability[-1]:
        assert least == np.inf
    else:
        assert curve.probabilities(np.array([least]))[0] == pytest.approx(likely, abs=1e-9)


def test_between_knots_the_line_is_straight() -> None:
    curve = Curve.of([(0, 0), (0.5, 0.2), (1, 0.8)])
    assert curve.probabilities(np.array([[0.25, 0.5], [0.75, 1.0]])) == pytest.approx(
        np.array([[0.1, 0.2], [0.5, 0.8]])
    )
    assert curve.knots == ((0, 0), (0.5, 0.2), (1, 0.8))


def test_a_curve_that_changes_nothing_changes_nothing() -> None:
    raw = np.linspace(0, 1, 7)
    assert AS_IT_IS.probabilities(raw).tolist() == raw.tolist()


@pytest.mark.parametrize(
    ("knots", "said"),
    [
        ([(0, 0)], "knots"),
        ([(k / (MAX_KNOTS + 1),) * 2 for k in range(MAX_KNOTS + 2)], "knots"),
        ([(0, 0), (0.5, 0.5), (0.6, 0.5), (1, 1)], "rise"),
        ([(0, 0), (0.5, 0.6), (0.6, 0.5), (1, 1)], "rise"),
        ([(0, 0), (0.5, 0.5), (0.5, 0.6), (1, 1)], "rise"),
        ([(0, 0), (0.5, float("nan")), (1, 1)], "rise"),
        ([(0.1, 0), (1, 1)], "begins"),
        ([(0, 0.1), (1, 1)], "begins"),
        ([(0, 0), (0.9, 1)], "ends"),
        ([(0, 0), (1, 1.2)], "between 0 and 1"),
    ],
)
def test_a_curve_that_cannot_be_is_refused(knots: list[tuple[float, float]], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Curve.of(knots)
