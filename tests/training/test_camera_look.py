"""Pictures as from other cameras."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.camera_look import EFFECTS, another_camera
from training.recipe import CameraPart
from training.wide_angle import bent, bent_boxes, bent_points, straight_points


def street(height: int = 60, width: int = 90) -> np.ndarray:
    rng = np.random.default_rng(1)
    return rng.integers(0, 255, (height, width, 3), dtype=np.uint8)


def test_every_effect_has_its_chance_in_a_recipe() -> None:
    assert {*EFFECTS, "wide_angle"} == set(CameraPart.model_fields)


@pytest.mark.parametrize("name", EFFECTS)
def test_an_effect_changes_the_picture_and_keeps_its_shape(name: str) -> None:
    before = street()
    after = EFFECTS[name](before.copy(), np.random.default_rng(2))
    assert after.shape == before.shape
    assert after.dtype == np.uint8
    assert (after != before).any()


@pytest.mark.parametrize("name", EFFECTS)
@pytest.mark.parametrize("shape", [(1, 1), (2, 300), (33, 17)])
def test_no_effect_fails_on_an_odd_picture(name: str, shape: tuple[int, int]) -> None:
    for seed in range(4):
        after = EFFECTS[name](street(*shape), np.random.default_rng(seed))
        assert after.shape == (*shape, 3)


def test_without_chances_nothing_happens() -> None:
    before = street()
    assert (another_camera(before, CameraPart(), np.random.default_rng(3)) == before).all()


def test_infrared_has_no_colour() -> None:
    after = EFFECTS["infrared"](street(), np.random.default_rng(4))
    assert (after[..., 0] == after[..., 1]).all()
    assert (after[..., 1] == after[..., 2]).all()


@settings(deadline=None)
@given(
    k=st.floats(0.01, 0.5),
    x=st.floats(0, 639),
    y=st.floats(0, 359),
)
def test_bending_is_undone_by_its_inverse(k: float, x: float, y: float) -> None:
    point = np.array([[x, y]])
    there = bent_points(point, 640, 360, k)
    assert straight_points(there, 640, 360, k) == pytest.approx(point, abs=1e-6)


def test_a_bent_box_holds_what_the_box_held() -> None:
    picture = np.zeros((200, 300, 3), dtype=np.uint8)
    picture[120:150, 40:90] = 255
    box = np.array([[40.0, 120.0, 90.0, 150.0]])
    after = bent(picture, 0.4)
    rows, columns = np.nonzero(after[..., 0] > 128)
    x1, y1, x2, y2 = bent_boxes(box, 300, 200, 0.4)[0]
    assert x1 - 1.5 <= columns.min() <= x1 + 1.5
    assert columns.max() <= x2 + 1.5
    assert y1 - 1.5 <= rows.min()
    assert rows.max() <= y2 + 1.5
    assert y2 - rows.max() < 4


def test_the_corners_of_a_bent_picture_stay() -> None:
    corners = np.array([[0.0, 0.0], [299.0, 199.0]])
    assert bent_points(corners, 300, 200, 0.3) == pytest.approx(corners, abs=1.0)


def test_a_picture_without_boxes_bends_too() -> None:
    assert bent_boxes(np.empty((0, 4)), 300, 200, 0.3).shape == (0, 4)
