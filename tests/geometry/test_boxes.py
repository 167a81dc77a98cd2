from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from detector.geometry.boxes import area, covered_share, iou_matrix

ANY_BOXES = arrays(np.float64, st.tuples(st.integers(0, 5), st.just(4)))
NO_BOX = [
    (np.nan, 0, 10, 10),
    (5, 5, 5, 9),
    (9, 9, 1, 1),
    (0, 0, np.inf, 10),
    (-np.inf, -np.inf, np.inf, np.inf),
]


def test_the_same_box_overlaps_itself_wholly() -> None:
    assert iou_matrix([(0, 0, 10, 10)], [(0, 0, 10, 10)])[0, 0] == 1


def test_half_shifted_boxes_share_a_third_of_their_union() -> None:
    assert iou_matrix([(0, 0, 10, 10)], [(5, 0, 15, 10)])[0, 0] == pytest.approx(1 / 3)


def test_the_matrix_has_a_row_per_first_and_a_column_per_second_box() -> None:
    table = iou_matrix([(0, 0, 1, 1)] * 2, [(0, 0, 1, 1), (3, 3, 4, 4), (0, 0, 1, 2)])
    assert table.shape == (2, 3)
    assert table.dtype == np.float64
    assert table[1].tolist() == [1, 0, 0.5]


def test_no_boxes_give_an_empty_matrix() -> None:
    nothing = np.empty((0, 4), dtype=np.float32)
    assert iou_matrix(nothing, [(0, 0, 1, 1)]).shape == (0, 1)
    assert covered_share((0, 0, 1, 1), nothing).shape == (0,)


@pytest.mark.parametrize("box", NO_BOX)
def test_a_box_that_is_none_has_no_area_and_overlaps_nothing(box: tuple[float, ...]) -> None:
    assert area([box])[0] == 0
    assert iou_matrix([box], [box, (0, 0, 10, 10)]).tolist() == [[0, 0]]
    assert covered_share(box, [(0, 0, 10, 10)]).tolist() == [0]
    assert covered_share((0, 0, 10, 10), [box]).tolist() == [0]


def test_the_covered_share_is_of_the_box_and_not_of_the_others() -> None:
    share = covered_share((0, 0, 10, 10), [(0, 0, 5, 10), (-90, -90, 90, 90), (20, 20, 30, 30)])
    assert share.tolist() == [0.5, 1, 0]


def test_boxes_that_only_touch_share_nothing() -> None:
    assert iou_matrix([(0, 0, 10, 10)], [(10, 0, 20, 10)])[0, 0] == 0


@given(ANY_BOXES, ANY_BOXES)
def test_any_numbers_give_shares_between_0_and_1(
    a: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    b: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> None:
    table = iou_matrix(a, b)
    assert ((table >= 0) & (table <= 1)).all()
    assert np.array_equal(table, iou_matrix(b, a).T)
    for box in a:
        share = covered_share(box, b)
        assert ((share >= 0) & (share <= 1)).all()
