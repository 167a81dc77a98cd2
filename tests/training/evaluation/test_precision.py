"""Average precision and its resamples, beside faster-coco-eval."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.looks import Boxes
from training import coco
from training.evaluation import bootstrap
from training.evaluation.matching import match
from training.evaluation.result import Estimate

pytest.importorskip("faster_coco_eval")

EDGE = st.integers(0, 24)
SIZE = st.integers(1, 16)


@st.composite
def some_boxes(draw: st.DrawFn, most: int) -> Boxes:
    rows = []
    for _ in range(draw(st.integers(0, most))):
        x, y, w, h = draw(EDGE), draw(EDGE), draw(SIZE), draw(SIZE)
        confidence = draw(st.integers(1, 999)) / 1000
        rows.append((x, y, x + w, y + h, draw(st.sampled_from((8, 9))), confidence))
    rows.sort(key=lambda row: -row[5])
    return Boxes.of(rows)


@st.composite
def pictures(draw: st.DrawFn) -> tuple[list[Boxes], list[Boxes]]:
    count = draw(st.integers(1, 5))
    truth = [draw(some_boxes(4)) for _ in range(count)]
    found = [draw(some_boxes(6)) for _ in range(count)]
    return truth, found


@settings(max_examples=60, deadline=None)
@given(pictures(), st.sampled_from((0.0, 5.0, 9.0)), st.sampled_from((None, 0.4)))
def test_the_full_sample_is_cocos_own_figure(
    scenes: tuple[list[Boxes], list[Boxes]], min_width_px: float, iou: float | None
) -> None:
    truth, found = scenes
    scores = coco.score(truth, found, [8, 9], iou, min_width_px)
    for class_id in (8, 9):
        ious = coco.IOUS if iou is None else (iou,)
        matched = match(truth, found, class_id, ious, min_width_px)
        weights = np.ones((1, len(truth)))
        ours = bootstrap.average_precision(matched, weights)
        if class_id not in scores:
            assert np.isnan(ours.value)
            continue
        theirs = scores[class_id]
        assert matched.labels.sum() == theirs.labels
        assert ours.value == pytest.approx(theirs.ap50, abs=1e-6)
        assert ours.draws[0] == pytest.approx(theirs.ap50, abs=1e-6)
        if iou is None:
            over_ten = bootstrap.average_precision_50_95(matched, weights)
            assert over_ten.value == pytest.approx(theirs.ap, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(pictures(), st.data())
def test_a_weight_is_as_many_copies_of_the_picture(
    scenes: tuple[list[Boxes], list[Boxes]], data: st.DataObject
) -> None:
    truth, found = scenes
    weights = data.draw(st.lists(st.integers(0, 3), min_size=len(truth), max_size=len(truth)))
    drawn = bootstrap.average_precision(match(truth, found, 9), np.array([weights], dtype=float))
    copies = [k for k, times in enumerate(weights) for _ in range(times)]
    scores = coco.score([truth[k] for k in copies], [found[k] for k in copies], [9])
    if 9 in scores:
        assert drawn.draws[0] == pytest.approx(scores[9].ap50, abs=1e-6)
    else:
        assert np.isnan(drawn.draws[0])


def test_a_group_is_drawn_whole() -> None:
    weights = bootstrap.resampled(["a", "a", "b", "c", "c", "c"], resamples=500)
    assert (weights[:, 0] == weights[:, 1]).all()
    assert (weights[:, 3] == weights[:, 5]).all()
    assert (weights[:, [0, 2, 3]].sum(axis=1) == 3).all()
    assert weights[:, 2].mean() == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        pytest.param(0, 10, 0.0, 0.2775, id="none of ten"),
        pytest.param(10, 10, 0.7225, 1.0, id="all of ten"),
        pytest.param(81, 263, 0.2553, 0.3662, id="Newcombe 1998"),
        pytest.param(0, 0, 0.0, 1.0, id="nothing tried"),
    ],
)
def test_wilsons_interval(successes: int, trials: int, low: float, high: float) -> None:
    assert bootstrap.wilson(successes, trials) == pytest.approx((low, high), abs=1e-4)


def test_what_always_worked_is_not_certain() -> None:
    weights = bootstrap.resampled(list("abcde"))
    ones = np.ones(5, dtype=np.int64)
    estimate = bootstrap.ratio(ones, ones, weights).estimate()
    assert estimate.value == estimate.high == 1.0
    assert estimate.low == pytest.approx(0.5655, abs=1e-3)


def test_an_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(7)
    inside = 0
    for _ in range(200):
        labels = rng.integers(1, 4, size=60)
        found = rng.binomial(labels, 0.8)
        weights = bootstrap.resampled([str(k) for k in range(60)], resamples=300)
        estimate = bootstrap.ratio(found, labels, weights).estimate()
        assert estimate.low is not None
        assert estimate.high is not None
        inside += estimate.low <= 0.8 <= estimate.high
    assert 182 <= inside <= 200


def test_a_mean_leaves_out_what_is_undefined() -> None:
    one = bootstrap.Drawn(0.5, np.array([0.4, np.nan, 0.6]))
    two = bootstrap.Drawn(1.0, np.array([0.8, 0.9, 1.0]))
    nothing = bootstrap.Drawn(float("nan"), np.full(3, np.nan))
    mean = bootstrap.mean([one, two, nothing])
    assert mean.value == 0.75
    assert mean.draws.tolist() == pytest.approx([0.6, 0.9, 0.8])
    assert bootstrap.mean([nothing]).estimate() == Estimate(value=None, low=None, high=None)
