from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector import load_model
from detector.looks import Boxes, Picture, Pixels, Planes, Size
from detector.model import Model
from detector.model.slices import BORDER_PX, MAX_TILES, OVERLAP, Slicing

ENGINES = ["openvino", "onnxruntime"]
INPUT = Size(128, 128)
PERSON, MOTORCYCLE, CAR, TRUCK = 0, 2, 3, 5
Row = tuple[float, float, float, float, int, float]

sides = st.integers(1, 5000)
inputs = st.builds(Size, *[st.integers(1, 20).map(lambda steps: 32 * steps)] * 2)


def boxes(*rows: Row) -> Boxes:
    return Boxes.of(list(rows))


def rows(found: Boxes) -> list[tuple[list[float], int, float]]:
    return [
        (corners, class_id, round(confidence, 4))
        for corners, class_id, confidence in zip(
            found.xyxy.tolist(), found.class_id.tolist(), found.confidence.tolist(), strict=True
        )
    ]


@given(width=sides, height=sides, look=inputs)
def test_tiles_cover_the_picture_and_end_at_its_edges(width: int, height: int, look: Size) -> None:
    cut = Slicing.of(Size(width, height), look)
    assert len(cut.tiles) <= MAX_TILES
    if not cut.tiles:
        assert width < 1.5 * look.width
        assert height < 1.5 * look.height
        return
    for tile in cut.tiles:
        assert tile.left % 2 == tile.top % 2 == 0
        assert 0 < tile.size.width <= look.width * cut.zoom_out + 1
        assert 0 < tile.size.height <= look.height * cut.zoom_out + 1
    assert max(tile.left + tile.size.width for tile in cut.tiles) == width
    assert max(tile.top + tile.size.height for tile in cut.tiles) == height
    assert (cut.tiles[0].left, cut.tiles[0].top) == (0, 0)


@given(
    width=sides,
    height=sides,
    look=inputs,
    size=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    place=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_a_thing_as_large_as_the_overlap_lies_whole_in_a_tile(
    width: int,
    height: int,
    look: Size,
    size: tuple[float, float],
    place: tuple[float, float],
) -> None:
    cut = Slicing.of(Size(width, height), look)
    wide = min(width, size[0] * OVERLAP * cut.tile.width)
    high = min(height, size[1] * OVERLAP * cut.tile.height)
    x, y = place[0] * (width - wide), place[1] * (height - high)
    assert not cut.tiles or any(
        tile.left <= x
        and tile.top <= y
        and x + wide <= tile.left + tile.size.width
        and y + high <= tile.top + tile.size.height
        for tile in cut.tiles
    )


def test_tiles_of_a_camera_picture_are_at_native_resolution() -> None:
    cut = Slicing.of(Size(1280, 720), Size(512, 512))
    assert cut.zoom_out == 1
    assert {tile.size for tile in cut.tiles} == {Size(512, 512)}
    assert [tile.left for tile in cut.tiles[:3]] == [0, 384, 768]
    assert [tile.top for tile in cut.tiles[::3]] == [0, 208]


def test_tiles_shrink_a_little_where_that_saves_many() -> None:
    cut = Slicing.of(Size(960, 540), Size(512, 512))
    assert len(cut.tiles) == 2
    assert cut.zoom_out == 1.0625


def test_a_huge_picture_is_cut_into_larger_tiles_and_not_into_more() -> None:
    cut = Slicing.of(Size(20_000, 10_000), Size(512, 512))
    assert cut.zoom_out > 1
    assert len(cut.tiles) <= MAX_TILES


# Two tiles of 128 x 128: the left one from 0, the right one from 72.
PAIR = Slicing.of(Size(200, 128), INPUT)
NOTHING = boxes()


def test_the_pair_is_what_the_tests_below_take_it_for() -> None:
    assert [(tile.left, tile.top) for tile in PAIR.tiles] == [(0, 0), (72, 0)]


def test_a_thing_in_both_tiles_and_in_the_whole_is_one_box_the_surest() -> None:
    merged = PAIR.merge(
        boxes((82, 41, 117, 78, CAR, 0.6)),
        [boxes((80, 40, 118, 80, CAR, 0.9)), boxes((9, 41, 45, 80, CAR, 0.8))],
    )
    assert rows(merged) == [([80, 40, 118, 80], CAR, 0.9)]


def test_what_no_release_reports_never_removes_what_it_does() -> None:
    noise = boxes((0, 0, 120, 120, CAR, 0.01))
    tile = boxes((20, 20, 60, 60, CAR, 0.9))
    released = np.full(11, 0.5, dtype=np.float32)
    merged = PAIR.merge(noise, [tile, NOTHING], released)
    assert rows(merged)[0] == ([20, 20, 60, 60], CAR, 0.9)
    assert rows(PAIR.merge(noise, [tile, NOTHING])) == rows(noise)


def test_what_an_inner_border_cuts_goes_and_the_whole_one_stays() -> None:
    merged = PAIR.merge(
        NOTHING,
        [boxes((90, 40, 128, 80, CAR, 0.95)), boxes((18, 40, 78, 80, CAR, 0.5))],
    )
    assert rows(merged) == [([90, 40, 150, 80], CAR, 0.5)]


@pytest.mark.parametrize("gap", [0, BORDER_PX - 1])
def test_a_border_counts_as_touched_from_a_few_pixels_off(gap: int) -> None:
    merged = PAIR.merge(
        NOTHING,
        [boxes((40, 40, 128 - gap, 80, CAR, 0.9)), boxes((gap, 10, 40, 30, CAR, 0.9))],
    )
    assert len(merged) == 0


def test_the_edges_of_the_picture_cut_nothing() -> None:
    merged = PAIR.merge(
        NOTHING,
        [boxes((0, 0, 40, 128, CAR, 0.9)), boxes((90, 0, 128, 128, CAR, 0.8))],
    )
    assert [row[0] for row in rows(merged)] == [[0, 0, 40, 128], [162, 0, 200, 128]]


def test_a_part_of_a_large_thing_goes_though_it_is_surer() -> None:
    merged = PAIR.merge(
        boxes((10, 10, 190, 100, CAR, 0.5)), [boxes((30, 30, 60, 60, CAR, 0.9)), NOTHING]
    )
    assert rows(merged) == [([10, 10, 190, 100], CAR, 0.5)]


def test_a_thing_of_another_class_inside_a_large_one_stays() -> None:
    merged = PAIR.merge(
        boxes((10, 10, 190, 100, CAR, 0.5)), [boxes((30, 30, 60, 60, PERSON, 0.9)), NOTHING]
    )
    assert [row[1] for row in rows(merged)] == [PERSON, CAR]


def test_two_looks_that_disagree_on_a_class_give_one_box_the_surest() -> None:
    merged = PAIR.merge(
        boxes((40, 40, 80, 80, TRUCK, 0.6)), [boxes((40, 41, 80, 80, CAR, 0.7)), NOTHING]
    )
    assert rows(merged) == [([40, 41, 80, 80], CAR, 0.7)]


def test_a_rider_and_the_motorcycle_are_two() -> None:
    merged = PAIR.merge(
        boxes((40, 40, 80, 80, MOTORCYCLE, 0.6)), [boxes((40, 41, 80, 80, PERSON, 0.7)), NOTHING]
    )
    assert [row[1] for row in rows(merged)] == [PERSON, MOTORCYCLE]


def test_boxes_of_one_view_are_not_judged_again() -> None:
    pair = boxes((10, 10, 60, 60, CAR, 0.9), (20, 12, 58, 50, CAR, 0.8))
    assert rows(PAIR.merge(NOTHING, [pair, NOTHING])) == rows(pair)
    assert rows(PAIR.merge(pair, [NOTHING, NOTHING])) == rows(pair)


def test_the_best_300_stay() -> None:
    grid = [
        (x, y, x + 3, y + 3, CAR, 0.1 + (x * 128 + y) / 40_000)
        for x in range(8, 112, 4)
        for y in range(8, 112, 4)
    ]
    merged = PAIR.merge(NOTHING, [boxes(*grid), NOTHING])
    assert merged.confidence.tolist() == sorted(boxes(*grid).confidence.tolist())[:-301:-1]


corners = st.integers(0, 20)
thing = st.tuples(
    corners, corners, st.integers(1, 20), st.integers(1, 12), st.sampled_from([CAR, PERSON]),
    st.integers(1, 100),
)  # fmt: skip
view = st.lists(thing, max_size=6).map(
    lambda drawn: boxes(
        *(
            (4.0 * x, 4.0 * y, 4.0 * (x + w), 4.0 * (y + h), class_id, percent / 100)
            for x, y, w, h, class_id, percent in drawn
        )
    )
)


def clear(found: Boxes) -> Boxes:
    kept = found.confidence >= np.float32(0.5)
    return Boxes(found.xyxy[kept], found.class_id[kept], found.confidence[kept])


@given(whole=view, left=view, right=view)
def test_merging_invents_nothing_keeps_the_large_and_orders_by_confidence(
    whole: Boxes, left: Boxes, right: Boxes
) -> None:
    merged = PAIR.merge(whole, [left, right])
    moved = Boxes(right.xyxy + np.float32([72, 0, 72, 0]), right.class_id, right.confidence)
    known = [row for seen in (whole, left, moved) for row in rows(seen)]
    assert all(row in known for row in rows(merged))
    assert merged.confidence.tolist() == sorted(merged.confidence.tolist(), reverse=True)
    large = [row for row in rows(whole) if max(row[0][2] - row[0][0], row[0][3] - row[0][1]) > 64]
    assert all(row in rows(merged) for row in large)
    released = np.full(11, 0.5, dtype=np.float32)
    sure = [clear(seen) for seen in (whole, left, right)]
    assert rows(PAIR.merge(sure[0], sure[1:])) == rows(
        clear(PAIR.merge(whole, [left, right], released))
    )
    assert rows(PAIR.merge(whole, [left, right])) == rows(merged)


def street(width: int = 400, height: int = 300, thing_px: int = 32) -> Pixels:
    """A black picture with a red square."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[64 : 64 + thing_px, 64 : 64 + thing_px] = 0, 0, 255
    return picture


@pytest.fixture(params=ENGINES)
def model(make_model, request: pytest.FixtureRequest) -> Model:
    return load_model(make_model(), engine=request.param, streams=2)


@pytest.mark.parametrize("size", [(96, 128), (128, 128), (20, 30), (191, 191)])
def test_pictures_not_clearly_larger_are_answered_as_without_slices(
    model: Model, size: tuple[int, int]
) -> None:
    rng = np.random.default_rng(5)
    picture = rng.integers(0, 255, (*size, 3), dtype=np.uint8)
    (plain,), (sliced,) = (model.detect_boxes([picture], 0.01, slices) for slices in (False, True))
    assert len(plain) > 0
    assert rows(sliced) == rows(plain)


def test_what_only_a_tile_sees_is_found(model: Model) -> None:
    # A red cell of 32 px is sure at native resolution, and a tenth as red in the whole.
    (plain,) = model.detect_boxes([street()], 0.5)
    (sliced,) = model.detect_boxes([street()], 0.5, slices=True)
    assert len(plain) == 0
    assert sliced.class_id.tolist() == [CAR]
    # The tiny network puts its box at (44, 38, 84, 58) of whatever tile it sees red in.
    assert sliced.xyxy[0, 2:].tolist() == pytest.approx((sliced.xyxy[0, :2] + [40, 20]).tolist())


def test_order_and_sizes_of_a_mixed_batch_are_kept(model: Model) -> None:
    small = np.full((96, 128, 3), (255, 0, 0), np.uint8)
    tall = Picture.from_bgr(street(128, 500, thing_px=64))
    images = [small, street(thing_px=64), small, tall, small]
    found = model.detect_boxes(images, 0.5, slices=True)
    assert [set(boxes.class_id.tolist()) for boxes in found] == [{0}, {3}, {0}, {3}, {0}]
    assert len(model.detect(images, 0.5, slices=True)) == 5


def test_times_count_pictures_and_not_tiles(model: Model) -> None:
    model.detect_boxes([street(), street(60, 60)], slices=True)
    assert model.times.pictures == 2


def test_a_model_of_one_size_slices_too(make_model) -> None:
    fixed = load_model(make_model(height=64, width=128), engine="onnxruntime")
    (plain,) = fixed.detect_boxes([street(thing_px=64)], 0.5)
    (sliced,) = fixed.detect_boxes([street(thing_px=64)], 0.5, slices=True)
    assert (len(plain), set(sliced.class_id.tolist())) == (0, {CAR})


def test_planes_are_cut_without_making_the_whole_picture_bgr(
    model: Model,
    as_planes: Callable[[Pixels], Planes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(11)
    rough = rng.integers(0, 255, (20, 26, 3), dtype=np.uint8)
    bgr = np.asarray(cv2.resize(rough, (416, 320)), dtype=np.uint8)
    planes = Picture(planes=as_planes(bgr))
    same = Picture.from_bgr(planes.bgr.copy())
    expected = model.detect_boxes([same], 0.01, slices=True)[0]

    def refuse(_: Picture) -> Pixels:
        raise AssertionError("the whole picture was converted")

    fresh = Picture(planes=planes.planes)
    monkeypatch.setattr(Picture, "bgr", property(refuse))
    (found,) = model.detect_boxes([fresh], 0.01, slices=True)
    assert found.class_id.tolist() == expected.class_id.tolist()
    assert found.confidence == pytest.approx(expected.confidence, abs=0.02)


def test_cutting_planes_and_cutting_bgr_give_the_same_pixels(
    as_planes: Callable[[Pixels], Planes],
) -> None:
    rng = np.random.default_rng(2)
    planes = Picture(planes=as_planes(rng.integers(0, 255, (300, 500, 3), dtype=np.uint8)))
    whole = planes.bgr
    for tile in Slicing.of(planes.size, INPUT).tiles:
        part = tile.cut(planes)
        assert part.planes is not None
        assert np.shares_memory(part.planes.y, planes.planes.y)
        assert (part.bgr == tile.cut(Picture.from_bgr(whole)).bgr).all()
