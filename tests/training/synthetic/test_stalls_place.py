"""Stalls set down in streets: boxes, what changes and what does not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from training.synthetic.stalls import CutOut, place_stalls
from training.synthetic.stalls.ground import ground_of, share_covered
from training.synthetic.stalls.matching import look_of, matched
from training.synthetic.stalls.place import merged
from training.synthetic.stalls.shadows import Sun, margin_px, shade

Pixels = NDArray[np.uint8]


def stall(width: int = 90, height: int = 120, cut_side: int = 0) -> CutOut:
    """An umbrella over a counter."""
    bgr = np.full((height, width, 3), (40, 60, 200), dtype=np.uint8)
    bgr[height // 2 :, ::7] = 220
    alpha = np.zeros((height, width), dtype=np.uint8)
    cv2.ellipse(
        alpha, (width // 2, height // 3), (width // 2 - 1, height // 3), 0, 180, 360, 255, -1
    )
    alpha[height // 3 :, width // 6 : -width // 6] = 255
    return CutOut(bgr, alpha, "made", (120.0, 120.0, 120.0), 0.9, cut_side)


def street(height: int = 240, width: int = 320, level: int = 120, seed: int = 0) -> Pixels:
    """Sky, a wall and a grey road with grain."""
    picture = np.full((height, width, 3), level, dtype=np.uint8)
    picture[: int(height * 0.42)] = (min(255, level + 90), min(255, level + 60), level)
    grain = np.random.default_rng(seed).normal(0, 2, picture.shape)
    return np.clip(picture + grain, 0, 255).astype(np.uint8)


STALLS = (stall(), stall(140, 80), stall(100, 130, 1), stall(100, 130, -1))
sizes = st.integers(1, 260)
seeds = st.integers(0, 10_000)


@settings(max_examples=40, deadline=None)
@given(height=sizes, width=sizes, level=st.sampled_from([0, 15, 120, 255]), seed=seeds)
def test_boxes_lie_in_any_picture(height: int, width: int, level: int, seed: int) -> None:
    picture = street(height, width, level, seed)
    before = picture.copy()
    drawn = place_stalls(picture, (), STALLS, np.random.default_rng(seed))
    assert drawn.picture.shape == picture.shape
    assert drawn.picture.dtype == np.uint8
    assert np.array_equal(picture, before)
    for left, top, right, bottom in drawn.boxes:
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height


@settings(max_examples=25, deadline=None)
@given(seed=seeds)
def test_only_the_stall_and_its_shadow_change_the_picture(seed: int) -> None:
    picture = street(seed=seed)
    drawn = place_stalls(picture, (), STALLS, np.random.default_rng(seed))
    allowed = np.zeros(picture.shape[:2], dtype=bool)
    for left, top, right, bottom in drawn.boxes:
        # The picture's edge may hide a tenth of the height above and a third of the width.
        side, down = margin_px(int((bottom - top) / 0.85) + 2)
        allowed[
            max(0, int(top) - 3) : int(bottom) + down + 3,
            max(0, int(left) - side - 3) : int(right) + side + 3,
        ] = True
    changed = (drawn.picture != picture).any(axis=2)
    assert not (changed & ~allowed).any()
    assert changed.any() == bool(drawn.boxes)


@settings(max_examples=6, deadline=None)
@given(seed=seeds)
def test_the_same_seed_gives_the_same_picture(seed: int) -> None:
    first, second = (
        place_stalls(street(), (), STALLS, np.random.default_rng(seed)) for _ in range(2)
    )
    assert first.boxes == second.boxes
    assert np.array_equal(first.picture, second.picture)


@settings(max_examples=15, deadline=None)
@given(seed=seeds)
def test_known_things_stay_in_sight(seed: int) -> None:
    person = ("person", (200.0, 130.0, 222.0, 190.0))
    drawn = place_stalls(street(), [person], (stall(),), np.random.default_rng(seed))
    for box in drawn.boxes:
        # A row is one box that is wider than its stalls; single ones obey the limit.
        if box[2] - box[0] < box[3] - box[1]:
            assert share_covered(box, person[1]) <= 0.3


def test_a_stall_is_as_high_as_the_people_around_say() -> None:
    people = [("person", (20.0, 120.0, 45.0, 200.0)), ("person", (280.0, 112.0, 290.0, 142.0))]
    ground = ground_of(240, people, np.random.default_rng(0))
    heights_m = [
        (bottom - top) / ground.px_per_m(bottom)
        for seed in range(25)
        for left, top, right, bottom in place_stalls(
            street(), people, (stall(),), np.random.default_rng(seed)
        ).boxes
        if bottom - top > 30 and right - left < bottom - top and top > 0
    ]
    assert len(heights_m) > 4
    assert min(heights_m) > 1.65
    assert max(heights_m) < 2.75


def test_without_cut_outs_nothing_changes() -> None:
    drawn = place_stalls(street(), (), (), np.random.default_rng(0))
    assert drawn.boxes == ()
    assert np.array_equal(drawn.picture, street())


def test_a_cut_side_is_hidden_by_the_edge_of_the_picture() -> None:
    seen = 0
    for seed in range(15):
        for left, _, right, _ in place_stalls(
            street(), (), (stall(cut_side=1),), np.random.default_rng(seed)
        ).boxes:
            assert left == 0 or right == 320
            seen += 1
    assert seen > 4


def test_most_open_streets_get_a_stall() -> None:
    found = sum(
        bool(place_stalls(street(), (), STALLS, np.random.default_rng(seed)).boxes)
        for seed in range(20)
    )
    assert found > 15


def test_a_stall_turns_dark_by_night_and_grey_in_infrared() -> None:
    bgr, rng = stall().bgr, np.random.default_rng(0)
    night = look_of(street(level=15))
    assert matched(bgr, (120.0, 120.0, 120.0), night, rng).mean() < 0.7 * bgr.mean()
    infrared = np.random.default_rng(1).integers(60, 140, (200, 200, 1), dtype=np.uint8)
    seen = matched(bgr, (120.0, 120.0, 120.0), look_of(np.repeat(infrared, 3, axis=2)), rng)
    assert np.ptp(seen.astype(int), axis=2).max() < 12


@pytest.mark.parametrize("strength", [0.0, 1.0])
def test_a_shadow_is_darkest_at_the_foot_and_fades_to_nothing(strength: float) -> None:
    alpha = stall().alpha
    light = shade(alpha, Sun(strength, 0.5, 0.1))
    side, _ = margin_px(len(alpha))
    assert light.min() > 0
    assert light[len(alpha) + 2, side + 45] < 0.6
    for edge in (light[-1], light[:, 0], light[:, -1]):
        assert edge.min() == 1


boxes = st.tuples(*[st.integers(0, 50)] * 2, *[st.integers(1, 20)] * 2).map(
    lambda b: (float(b[0]), float(b[1]), float(b[0] + b[2]), float(b[1] + b[3]))
)


@given(st.lists(boxes, max_size=8))
def test_merged_boxes_are_apart_and_hold_every_box(given_boxes: list) -> None:
    result = merged(given_boxes)
    for box in given_boxes:
        assert any(share_covered(one, box) == 1 for one in result)
    for index, one in enumerate(result):
        assert all(share_covered(one, other) == 0 for other in result[index + 1 :])
