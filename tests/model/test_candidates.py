from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from detector.looks import Size
from detector.model.calibration import AS_IT_IS as STRAIGHT
from detector.model.calibration import Curve
from detector.model.candidates import MAX_BOXES, Sieve, boxes_from, suppress
from detector.model.card import Card
from detector.model.letterbox import Letterbox

CLASSES = 3
AS_IT_IS = Letterbox.fit(Size(640, 640), Size(640, 640))
Row = tuple[float, float, float, float, int, float]


def sieve(floor: float = 0.25, iou: float = 0.6) -> Sieve:
    return Sieve(np.arange(CLASSES), np.full(CLASSES, floor, np.float32), iou)


def raw(rows: list[Row]) -> NDArray[np.float32]:
    """The head of a network from rows of centre x, y, width, height, channel, score."""
    head = np.zeros((4 + CLASSES, max(1, len(rows))), np.float32)
    for column, (*xywh, channel, score) in enumerate(rows):
        head[:4, column] = xywh
        head[4 + channel, column] = score
    return head


def plain_suppress(xyxy: NDArray[np.float64], class_id: NDArray[np.int64], iou: float) -> list[int]:
    kept: list[int] = []
    for index in range(len(xyxy)):
        rivals = [other for other in kept if class_id[other] == class_id[index]]
        if all(plain_iou(xyxy[index], xyxy[other]) <= iou for other in rivals):
            kept.append(index)
    return kept


def plain_iou(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(0.0, across) * max(0.0, down)
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return float(shared / (areas - shared))


BOXES = st.tuples(
    st.integers(-30, 60),
    st.integers(-30, 60),
    st.integers(1, 60),
    st.integers(1, 60),
    st.integers(0, 2),
)


@given(st.lists(BOXES, max_size=40), st.sampled_from([0.1234567, 0.4567891, 0.7891234]))
def test_suppression_keeps_what_the_plain_loop_keeps(
    rows: list[tuple[int, int, int, int, int]], iou: float
) -> None:
    table = np.array(rows, dtype=np.float64).reshape(-1, 5)
    xyxy = np.concatenate([table[:, :2], table[:, :2] + table[:, 2:4]], axis=1)
    class_id = table[:, 4].astype(np.int64)
    assert list(suppress(xyxy, class_id, iou)) == plain_suppress(xyxy, class_id, iou)


def test_boxes_of_two_classes_left_of_the_canvas_do_not_suppress_each_other() -> None:
    found = boxes_from(raw([(10, 10, 60, 60, 0, 0.9), (10, 10, 60, 60, 1, 0.8)]), AS_IT_IS, sieve())
    assert list(found.class_id) == [0, 1]


def test_the_weaker_of_two_boxes_on_one_thing_goes() -> None:
    found = boxes_from(raw([(50, 50, 40, 40, 1, 0.5), (51, 50, 40, 40, 1, 0.9)]), AS_IT_IS, sieve())
    assert found.confidence.tolist() == [np.float32(0.9)]
    assert found.xyxy.tolist() == [[31, 30, 71, 70]]


def test_each_class_has_its_own_threshold() -> None:
    own = Sieve(np.array([7, 8, 9]), np.array([0.2, 0.5, 0.8], np.float32), 0.6)
    rows: list[Row] = [(100 * (c + 1), 100, 20, 20, c, 0.6) for c in range(3)]
    assert list(boxes_from(raw(rows), AS_IT_IS, own).class_id) == [7, 8]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("row", range(7))
def test_a_candidate_with_a_value_that_is_not_finite_is_dropped(bad: float, row: int) -> None:
    head = raw([(50, 50, 40, 40, 0, 0.9), (200, 200, 40, 40, 1, 0.8)])
    head[row, 0] = bad
    found = boxes_from(head, AS_IT_IS, sieve())
    assert np.isfinite(found.xyxy).all()
    assert np.isfinite(found.confidence).all()
    # A score of minus infinity is no score, and the box has another.
    assert len(found) == (2 if bad == -np.inf and row > 4 else 1)


@pytest.mark.parametrize("size", [(0, 10), (10, 0), (-5, 10)])
def test_a_box_without_area_is_dropped(size: tuple[float, float]) -> None:
    assert len(boxes_from(raw([(50, 50, *size, 0, 0.9)]), AS_IT_IS, sieve())) == 0


def test_a_box_outside_the_picture_is_dropped_and_one_across_its_edge_is_cut() -> None:
    letterbox = Letterbox.fit(Size(200, 100), Size(640, 640))
    found = boxes_from(
        raw([(320, 20, 100, 50, 0, 0.9), (0, 320, 64, 64, 0, 0.8)]), letterbox, sieve()
    )
    assert found.xyxy.tolist() == [[0, 40, 10, 60]]


def test_at_most_300_boxes_by_falling_confidence() -> None:
    scores = np.random.default_rng(1).uniform(0.3, 1, 900)
    rows: list[Row] = [
        (20 * (i % 30) + 10, 20 * (i // 30) + 10, 18, 18, i % 3, float(score))
        for i, score in enumerate(scores)
    ]
    found = boxes_from(raw(rows), AS_IT_IS, sieve())
    assert len(found) == MAX_BOXES
    assert (np.diff(found.confidence) <= 0).all()
    assert found.confidence[0] == np.float32(scores.max())


@given(arrays(np.float32, (4 + CLASSES, 12), elements=st.floats(width=32)))
def test_whatever_the_network_answers_the_boxes_are_sound(head: NDArray[np.float32]) -> None:
    letterbox = Letterbox.fit(Size(333, 77), Size(640, 160))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = boxes_from(head, letterbox, sieve(0.001))
    assert np.isfinite(found.xyxy).all()
    assert (found.xyxy >= 0).all()
    assert (found.xyxy <= [333, 77, 333, 77]).all()
    assert (found.xyxy[:, 2:] > found.xyxy[:, :2]).all()
    assert found.xyxy.dtype == found.confidence.dtype == np.float32


# Doubts the first class, trusts the second, and is never sure of the third.
CURVES = (
    Curve.of([(0, 0), (0.8, 0.3), (1, 0.9)]),
    Curve.of([(0, 0), (0.3, 0.7), (1, 1)]),
    Curve.of([(0, 0), (0.5, 0.1), (1, 0.2)]),
)


def calibrated(floor: float, curves: tuple[Curve, ...] = CURVES) -> Sieve:
    return Sieve(np.arange(CLASSES), np.full(CLASSES, floor, np.float32), 0.6, curves)


def test_floors_and_confidences_are_probabilities() -> None:
    rows: list[Row] = [(100 * (c + 1), 100, 20, 20, c, 0.6) for c in range(3)]
    found = boxes_from(raw(rows), AS_IT_IS, calibrated(0.2))
    assert found.class_id.tolist() == [1, 0]
    assert found.confidence == pytest.approx([0.7 + 0.3 * 0.3 / 0.7, 0.225])
    assert found.confidence.dtype == np.float32


def test_the_class_of_a_box_is_that_of_the_highest_score_with_curves_too() -> None:
    head = raw([(50, 50, 40, 40, 0, 0.8)])
    head[5, 0] = 0.3
    assert boxes_from(head, AS_IT_IS, sieve()).class_id.tolist() == [0]
    found = boxes_from(head, AS_IT_IS, calibrated(0.0))
    assert found.class_id.tolist() == [0], "though the curves make class 1 the more probable"
    assert found.confidence == pytest.approx(CURVES[0].probabilities(np.array([0.8])))


def test_the_box_that_survives_suppression_is_the_same_with_a_curve() -> None:
    rows: list[Row] = [(50, 50, 40, 40, 0, 0.50), (51, 50, 40, 40, 0, 0.501)]
    flat = (Curve.of([(0, 0), (0.4, 0.5), (0.9, 0.500001), (1, 1)]), *CURVES[1:])
    for own in (sieve(), calibrated(0.25, flat)):
        assert boxes_from(raw(rows), AS_IT_IS, own).xyxy.tolist() == [[31, 30, 71, 70]]


def test_a_floor_above_what_any_class_can_reach_finds_nothing() -> None:
    only = Sieve(np.arange(CLASSES), np.full(CLASSES, 0.5, np.float32), 0.6, (CURVES[2],) * 3)
    assert only.least_raw == np.inf
    assert len(boxes_from(raw([(50, 50, 40, 40, 2, 1.0)]), AS_IT_IS, only)) == 0


@given(
    arrays(np.float32, (CLASSES, 9), elements=st.floats(0, 1, width=32)),
    st.sampled_from([0.0, 0.001, 0.1, 0.2, 0.3, 0.7, 0.9, 1.0]),
)
def test_the_sieve_lets_through_what_a_plain_loop_lets_through(
    scores: NDArray[np.float32], floor: float
) -> None:
    head = np.zeros((4 + CLASSES, scores.shape[1]), np.float32)
    head[:4] = [[50 * (k + 1) for k in range(9)], [300] * 9, [30] * 9, [30] * 9]
    head[4:] = scores
    found = boxes_from(head, AS_IT_IS, calibrated(floor))
    likely = np.stack([curve.probabilities(row) for curve, row in zip(CURVES, scores, strict=True)])
    chosen = likely[scores.argmax(axis=0), np.arange(9)]
    expected = np.sort(chosen.astype(np.float32))[::-1]
    assert found.confidence.tolist() == expected[expected >= np.float32(floor)].tolist()


@given(arrays(np.float32, (4 + CLASSES, 12), elements=st.floats(width=32)))
def test_whatever_the_network_answers_probabilities_are_probabilities(
    head: NDArray[np.float32],
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = boxes_from(head, AS_IT_IS, calibrated(0.001))
    assert ((found.confidence >= 0) & (found.confidence <= 1)).all()
    assert np.isfinite(found.xyxy).all()


@given(arrays(np.float32, (CLASSES, 20), elements=st.floats(0, 1, width=32)))
def test_straight_curves_are_no_curves(scores: NDArray[np.float32]) -> None:
    head = np.full((4 + CLASSES, 20), 30, np.float32)
    head[0] = np.arange(20) * 30
    head[4:] = scores
    plain = boxes_from(head, AS_IT_IS, sieve(0.3))
    curved = boxes_from(head, AS_IT_IS, calibrated(0.3, (STRAIGHT,) * CLASSES))
    assert plain.confidence.tolist() == curved.confidence.tolist()
    assert plain.xyxy.tolist() == curved.xyxy.tolist()


def test_a_sieve_follows_the_channels_of_its_card() -> None:
    card = Card("1.0.0", (3, 0), {"person": 0.4, "car": 0.6}, 640, 0.7, "f32")
    assert Sieve.of(card).floors.tolist() == [np.float32(0.6), np.float32(0.4)]
    assert Sieve.of(card).curves == ()
    curves = {"person": CURVES[0], "car": STRAIGHT}
    own = Sieve.of(replace(card, curves=curves), min_confidence=0.1)
    assert own.curves == (STRAIGHT, CURVES[0])
    assert own.floors.tolist() == [np.float32(0.1)] * 2
    assert own.least_raw == pytest.approx(0.1, abs=1e-6)
