from __future__ import annotations

import time

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from training.synthetic.cables import draw_cables, placing, scene
from training.synthetic.cables.coils import coil
from training.synthetic.cables.frame import Frame, box_size
from training.synthetic.cables.placing import KINDS, Plan
from training.synthetic.cables.poles import find_poles
from training.synthetic.cables.strand import Thing
from training.synthetic.cables.tidy import MAX_SAG, tight_lines
from training.synthetic.camera import Camera, composited
from training.synthetic.light import light_of

TIGHT_PX = 3.0
SHARP = Camera(blur_px=0.6, noise=0.5, jpeg_quality=None)
MAKERS = [maker for maker, _ in KINDS]


def street(height: int = 360, width: int = 480) -> NDArray[np.uint8]:
    """A pale sky above a grey road, with two dark poles."""
    picture = np.full((height, width, 3), (225, 205, 190), np.uint8)
    picture[height * 2 // 3 :] = 110
    for x in (width // 3, width * 3 // 4):
        picture[height // 8 : height * 7 // 8, x : x + max(2, width // 40)] = 50
    return picture


def alone(maker: placing.Maker, seed: int) -> tuple[NDArray[np.uint8], Plan]:
    """An empty wall, and a plan with one thing of a kind and nothing else."""
    rng = np.random.default_rng(seed)
    frame = Frame(140, 60, 200, 180, (480, 360))
    strands = maker(frame, rng).strands
    wall = np.full((360, 480, 3), 235, np.uint8)
    return wall, Plan((), None, (), (Thing(strands),))


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_box_holds_all_that_the_thing_changes_and_little_more(maker, seed):
    wall, plan = alone(maker, seed)
    rng = np.random.default_rng(seed)
    layer = scene._painted(plan, wall, light_of(wall), rng)
    picture = composited(wall, layer.colour, layer.alpha, SHARP, rng)
    (box,) = (scene._softened(box, SHARP.blur_px, 480, 360) for box in layer.boxes.values())
    left, top, width, height = cv2.boundingRect((picture != wall).any(axis=2).astype(np.uint8))
    assert np.abs(np.array(box) - (left, top, left + width, top + height)).max() <= TIGHT_PX


@pytest.mark.parametrize("maker", MAKERS)
def test_a_thing_stays_near_its_frame(maker):
    frame = Frame(140, 60, 200, 180, (480, 360))
    for seed in range(20):
        points = np.concatenate(
            [strand.points for strand in maker(frame, np.random.default_rng(seed)).strands]
        )
        assert points[:, 0].min() > frame.left - 0.5 * frame.width
        assert points[:, 0].max() < frame.right + 0.5 * frame.width
        assert points[:, 1].min() > frame.top - 0.4 * frame.height
        assert points[:, 1].max() < frame.bottom + 0.4 * frame.height


def test_the_same_seed_gives_the_same_picture_and_leaves_the_background():
    background = street()
    before = background.copy()
    one = draw_cables(background, np.random.default_rng(7))
    two = draw_cables(background, np.random.default_rng(7))
    other = draw_cables(background, np.random.default_rng(8))
    assert np.array_equal(one.picture, two.picture)
    assert one.boxes == two.boxes
    assert not np.array_equal(one.picture, other.picture)
    assert np.array_equal(background, before)


def test_pixels_that_nothing_covers_stay_as_they_were():
    background = np.random.default_rng(0).integers(0, 255, (200, 300, 3), dtype=np.uint8)
    alpha = np.zeros((200, 300), np.float32)
    alpha[80:90, 100:200] = 1
    camera = Camera(blur_px=1.0, noise=5.0, jpeg_quality=50)
    colour = np.full((200, 300, 3), 30, np.float32)
    picture = composited(background, colour, alpha, camera, np.random.default_rng(1))
    changed = (picture != background).any(axis=2)
    near = cv2.dilate((alpha > 0).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    assert changed[82:88, 102:198].mean() > 0.9
    assert not changed[~near].any()


def test_most_pictures_show_cables_and_some_only_tidy_lines():
    background = street(160, 220)
    drawn = [draw_cables(background, np.random.default_rng(seed)) for seed in range(60)]
    labelled = [it for it in drawn if it.boxes]
    tidy = [it for it in drawn if not it.boxes and not np.array_equal(it.picture, background)]
    assert len(labelled) > 40
    assert len(tidy) >= 3


@settings(max_examples=40, deadline=None)
@given(
    st.integers(8, 200),
    st.integers(8, 200),
    st.sampled_from(["noise", "black", "white", "grey", "street", "dark noise"]),
    st.integers(0, 2**32 - 1),
)
def test_any_background_gives_boxes_inside_a_picture_of_its_size(height, width, kind, seed):
    noise = np.random.default_rng(seed).integers(0, 255, (height, width, 3), dtype=np.uint8)
    flat = {"black": 0, "white": 255, "grey": 128}
    background = {"noise": noise, "dark noise": noise // 12, "street": street(height, width)}.get(
        kind, np.full((height, width, 3), flat.get(kind, 0), np.uint8)
    )
    drawn = draw_cables(background, np.random.default_rng(seed))
    assert drawn.picture.shape == background.shape
    assert drawn.picture.dtype == np.uint8
    for left, top, right, bottom in drawn.boxes:
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height


@pytest.mark.parametrize("size", [(1500, 2200), (40, 3000), (64, 64)])
def test_very_large_long_and_small_pictures_are_drawn_into(size):
    drawn = [draw_cables(street(*size), np.random.default_rng(seed)) for seed in range(2)]
    assert all(it.picture.shape == (*size, 3) for it in drawn)


def test_a_night_picture_without_colour_gets_cables_without_colour():
    rng = np.random.default_rng(3)
    background = cv2.cvtColor(
        cv2.GaussianBlur(rng.integers(0, 120, (240, 320), dtype=np.uint8), (0, 0), 2),
        cv2.COLOR_GRAY2BGR,
    )
    layers = [
        scene._painted(plan, background, light_of(background), np.random.default_rng(seed))
        for seed in range(5)
        for plan in [alone(coil, seed)[1]]
    ]
    assert light_of(background).grey
    for layer in layers:
        solid = layer.colour[layer.alpha > 0.9]
        assert len(solid)
        assert float(np.ptp(solid, axis=1).max()) < 6


def test_boxes_are_as_large_as_hand_drawn_ones_with_a_share_of_smaller_ones():
    sizes = np.array([box_size(np.random.default_rng(seed)) for seed in range(800)])
    median = np.median(sizes, axis=0)
    assert median == pytest.approx((0.39, 0.45), abs=0.04)
    assert sizes.min() > 0.02
    assert sizes.max() <= 1.0


def test_tight_lines_hardly_sag():
    for seed in range(20):
        for line in tight_lines((640, 480), None, np.random.default_rng(seed)):
            start, end = line.points[0], line.points[-1]
            share = np.linspace(0, 1, len(line.points))
            chord = start[1] + (end[1] - start[1]) * share
            assert np.abs(line.points[:, 1] - chord).max() <= MAX_SAG * 1.3 * 640


def test_upright_poles_are_found_and_an_empty_sky_has_none():
    found = find_poles(street(480, 640))
    assert sorted(round(pole.bottom[0], -1) for pole in found) == [220, 490]
    assert find_poles(np.full((480, 640, 3), 200, np.uint8)) == ()


@pytest.mark.slow
def test_a_picture_is_drawn_in_less_than_half_a_second():
    background = street(480, 640)
    started = time.process_time()
    for seed in range(10):
        draw_cables(background, np.random.default_rng(seed))
    assert (time.process_time() - started) / 10 < 0.5
