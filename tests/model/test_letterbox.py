from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.looks import Picture, Pixels, Planes, Size
from detector.model.letterbox import PADDING, Easel, Letterbox, canvas_for

SIDES = st.integers(1, 6000)
INPUT_SIZES = st.integers(1, 40).map(lambda step: step * 32)
SHARES = st.lists(st.floats(0, 1), min_size=4, max_size=4)


@given(width=SIDES, height=SIDES, input_size=INPUT_SIZES, shares=SHARES)
def test_a_box_goes_into_the_letterbox_and_comes_back(
    width: int, height: int, input_size: int, shares: list[float]
) -> None:
    picture = Size(width, height)
    letterbox = Letterbox.fit(picture, canvas_for(picture, input_size))
    box = np.array([shares], dtype=np.float64) * [width, height, width, height]
    back = letterbox.to_picture(letterbox.to_canvas(box))
    assert np.abs(back - box).max() < 0.01


@given(width=SIDES, height=SIDES, input_size=INPUT_SIZES)
def test_the_canvas_is_multiples_of_32_with_the_longer_side_given(
    width: int, height: int, input_size: int
) -> None:
    canvas = canvas_for(Size(width, height), input_size)
    assert max(canvas) == input_size
    assert min(canvas) >= 32
    assert canvas.width % 32 == canvas.height % 32 == 0
    assert (canvas.width >= canvas.height) == (width >= height) or canvas.width == canvas.height


@given(width=SIDES, height=SIDES, input_size=INPUT_SIZES)
def test_the_picture_lies_whole_and_centred_on_the_canvas(
    width: int, height: int, input_size: int
) -> None:
    picture = Size(width, height)
    box = Letterbox.fit(picture, canvas_for(picture, input_size))
    assert 2 <= box.inner.width <= box.canvas.width
    assert 2 <= box.inner.height <= box.canvas.height
    assert box.left == box.canvas.width - box.inner.width - box.left
    assert box.top == box.canvas.height - box.inner.height - box.top


@pytest.mark.parametrize(
    ("picture", "canvas"),
    [
        (Size(1920, 1080), Size(640, 384)),
        (Size(1080, 1920), Size(384, 640)),
        (Size(640, 480), Size(640, 480)),
        (Size(641, 481), Size(640, 480)),
        (Size(16, 5000), Size(32, 640)),
        (Size(1, 1), Size(640, 640)),
    ],
)
def test_the_shorter_side_is_no_longer_than_the_picture_needs(picture: Size, canvas: Size) -> None:
    assert canvas_for(picture, 640) == canvas


def test_the_picture_is_drawn_with_grey_around_it() -> None:
    picture = Picture.from_bgr(np.full((30, 300, 3), (10, 20, 30), dtype=np.uint8))
    box = Letterbox.fit(picture.size, Size(64, 64))
    canvas = Easel().draw(picture, box)
    assert canvas.shape == (64, 64, 3)
    inside = canvas[box.top : box.top + box.inner.height]
    assert (inside == (10, 20, 30)).all()
    assert (canvas[: box.top] == PADDING).all()
    assert (canvas[box.top + box.inner.height :] == PADDING).all()


def test_reused_memory_keeps_nothing_of_the_last_picture() -> None:
    easel, white = Easel(), np.full((50, 100, 3), 255, dtype=np.uint8)
    for shape in [(50, 100), (100, 50), (10, 100)]:
        picture = Picture.from_bgr(np.zeros((*shape, 3), dtype=np.uint8))
        box = Letterbox.fit(picture.size, Size(64, 64))
        easel.draw(Picture.from_bgr(white), Letterbox.fit(Size(100, 50), Size(64, 64)))
        again = easel.draw(picture, box).copy()
        assert (again == Easel().draw(picture, box)).all()


@pytest.mark.parametrize("size", [(16, 5000), (2, 2), (1080, 1920), (101, 333)])
def test_planes_and_bgr_of_a_smooth_picture_give_nearly_the_same_canvas(
    size: tuple[int, int], as_planes: Callable[[Pixels], Planes]
) -> None:
    height, width = (side // 2 * 2 for side in size)
    ramp = np.linspace(30, 200, width)[None, :, None] * np.linspace(0.5, 1, height)[:, None, None]
    bgr = np.broadcast_to(ramp, (height, width, 3)).astype(np.uint8)
    box = Letterbox.fit(Size(width, height), canvas_for(Size(width, height), 320))
    easel = Easel()
    from_bgr = easel.draw(Picture.from_bgr(bgr), box).astype(int)
    from_planes = easel.draw(Picture(planes=as_planes(bgr)), box).astype(int)
    assert np.abs(from_bgr - from_planes).mean() < 3


def test_a_mirrored_view_is_drawn_as_it_looks() -> None:
    bgr = np.arange(40 * 60 * 3, dtype=np.uint8).reshape(40, 60, 3)
    box = Letterbox.fit(Size(60, 40), Size(64, 64))
    view = Easel().draw(Picture.from_bgr(bgr[:, ::-1]), box)
    copy = Easel().draw(Picture.from_bgr(bgr[:, ::-1].copy()), box)
    assert (view == copy).all()


def test_threads_draw_in_memory_of_their_own() -> None:
    easel, box = Easel(), Letterbox.fit(Size(64, 64), Size(64, 64))
    mine = easel.draw(Picture.from_bgr(np.full((64, 64, 3), 7, dtype=np.uint8)), box)
    other = Picture.from_bgr(np.full((64, 64, 3), 9, dtype=np.uint8))
    thread = threading.Thread(target=easel.draw, args=(other, box))
    thread.start()
    thread.join()
    assert (mine == 7).all()
