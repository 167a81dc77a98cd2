"""Cutting boxes out of pictures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.evidence import crop

PICTURE = np.arange(100 * 200 * 3, dtype=np.uint32).astype(np.uint8).reshape(100, 200, 3)


def test_a_margin_is_added_on_each_side() -> None:
    assert crop(PICTURE, (50, 20, 150, 60)).shape == (52, 130, 3)


def test_a_small_box_gets_the_least_size_around_its_middle() -> None:
    cut = crop(PICTURE, (100, 50, 102, 52))
    assert cut.shape == (32, 32, 3)
    assert np.array_equal(cut, PICTURE[35:67, 85:117])


def test_at_the_rim_the_cut_moves_inwards() -> None:
    assert np.array_equal(crop(PICTURE, (198, 98, 200, 100)), PICTURE[68:100, 168:200])


def test_the_cut_does_not_share_the_pictures_memory() -> None:
    assert not np.shares_memory(crop(PICTURE, (0, 0, 200, 100)), PICTURE)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_box_that_is_not_finite_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        crop(PICTURE, (0, 0, bad, 10))


COORDINATE = st.floats(-1e6, 1e6)


@given(st.tuples(COORDINATE, COORDINATE, COORDINATE, COORDINATE))
def test_any_finite_box_gives_at_least_the_least_size_inside_the_picture(
    box: tuple[float, float, float, float],
) -> None:
    height, width, _ = crop(PICTURE, box).shape
    assert 32 <= height <= 100
    assert 32 <= width <= 200


def test_a_picture_below_the_least_size_is_cut_whole() -> None:
    assert crop(PICTURE[:10, :12], (3, 3, 5, 5)).shape == (10, 12, 3)
