from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from detector import load_model
from detector.looks import Boxes, Picture, Pixels, Planes, Size
from detector.model import Model
from detector.model.crops import GAP_PX, PIECE_OVERLAP, Crop
from detector.model.letterbox import Letterbox
from detector.model.mosaic import Mosaic
from detector.model.packing import pack
from detector.model.views import BORDER_PX

PICTURE = Size(1920, 1080)
INPUT_PX = 512
PERSON, CAR = 0, 3
Row = tuple[float, float, float, float, int, float]

corners = st.tuples(st.integers(-50, 1900), st.integers(-50, 1060))
spans = st.tuples(st.integers(10, 700), st.integers(10, 400))
regions = st.lists(
    st.tuples(corners, spans).map(lambda it: (*it[0], it[0][0] + it[1][0], it[0][1] + it[1][1])),
    min_size=1,
    max_size=8,
)
even = st.integers(1, 128).map(lambda side: 2 * side)
sizes = st.lists(st.builds(Size, even, even), min_size=1, max_size=14)


def boxes(*rows: Row) -> Boxes:
    return Boxes.of(list(rows))


def mosaic(*rows: tuple[float, float, float, float], most: int = 2) -> Mosaic:
    return Mosaic.of(PICTURE, rows, INPUT_PX, None, most)


def to_canvas(crop: Crop, xyxy: NDArray[np.floating]) -> NDArray[np.float64]:
    """Boxes (n, 4) in pixels of the picture, where they are drawn on the canvas."""
    scale = np.array(crop.drawn * 2) / (crop.tile.size * 2)
    begin = np.array([crop.tile.left, crop.tile.top] * 2)
    return np.asarray((xyxy - begin) * scale + np.array([crop.left, crop.top] * 2), np.float64)


def parted(model: Model, bgr: Pixels, cut: Mosaic) -> Boxes:
    """What a model finds in a picture that is looked at as its mosaic says."""
    return cut.merge(model.detect_boxes(cut.cut(Picture.from_bgr(bgr)), 0.5))


def apart(a: NDArray[np.float64], b: NDArray[np.float64], gap_px: int) -> bool:
    return bool((a[2:] + gap_px <= b[:2]).any() or (b[2:] + gap_px <= a[:2]).any())


@given(sizes=sizes, most=st.integers(1, 3), fixed=st.booleans())
def test_packed_rectangles_lie_apart_inside_their_canvases(
    sizes: list[Size], most: int, fixed: bool
) -> None:
    limit = Size(256, 320)
    packing = pack(sizes, limit, most, GAP_PX, fixed)
    if packing is None:
        assert len(sizes) > 1
        return
    assert len(packing.canvases) <= most
    assert len(packing.spots) == len(sizes)
    assert {spot.canvas for spot in packing.spots} == set(range(len(packing.canvases)))
    for canvas in packing.canvases:
        assert canvas == limit or not fixed
        assert not any(side % 32 for side in canvas)
        assert max(canvas.width - limit.width, canvas.height - limit.height) <= 0
    placed = [
        (spot.canvas, np.array([spot.left, spot.top, spot.left + it.width, spot.top + it.height]))
        for spot, it in zip(packing.spots, sizes, strict=True)
    ]
    for number, (canvas, one) in enumerate(placed):
        assert (one[:2] >= 0).all()
        assert (one[:2] % 2 == 0).all()
        assert (one[2:] <= packing.canvases[canvas]).all()
        others = [other for on, other in placed[:number] if on == canvas]
        assert all(apart(one, other, GAP_PX) for other in others)


def test_what_surely_fits_is_packed_tightly() -> None:
    packing = pack([Size(124, 124)] * 4, Size(256, 256), 1, GAP_PX, fixed=False)
    assert packing is not None
    assert packing.canvases == (Size(256, 256),)


def test_two_unlike_strips_take_two_small_canvases_and_not_one_large() -> None:
    packing = pack([Size(512, 60), Size(60, 512)], Size(512, 512), 2, GAP_PX, fixed=False)
    assert packing is not None
    assert sorted(packing.canvases) == [Size(64, 512), Size(512, 64)]


@given(regions=regions)
def test_every_region_is_on_a_canvas_in_even_pieces(
    regions: list[tuple[int, int, int, int]],
) -> None:
    cut = Mosaic.of(PICTURE, regions, INPUT_PX, None)
    assert cut.scale <= 1
    if cut.whole is not None:
        assert cut.regions.tolist() == [[0, 0, *PICTURE]]
        return
    shown = np.zeros(PICTURE[::-1], dtype=np.bool_)
    for crop in cut.crops:
        left, top, size = crop.tile.left, crop.tile.top, crop.tile.size
        assert all(side % 2 == 0 for side in (left, top, *size, crop.left, crop.top, *crop.drawn))
        assert left + size.width <= PICTURE.width
        assert top + size.height <= PICTURE.height
        assert crop.left + crop.drawn.width <= cut.canvases[crop.canvas].width
        assert crop.top + crop.drawn.height <= cut.canvases[crop.canvas].height
        shown[top : top + size.height, left : left + size.width] = True
    for x1, y1, x2, y2 in regions:
        assert shown[max(0, y1) : max(0, y2), max(0, x1) : max(0, x2)].all()
    assert cut.canvases == tuple(
        size for size in cut.canvases if max(size) <= INPUT_PX and not any(s % 32 for s in size)
    )


@given(regions=regions, thing=st.tuples(*[st.floats(-500, 2500)] * 4))
def test_a_box_comes_back_from_the_canvas_where_it_was(
    regions: list[tuple[int, int, int, int]], thing: tuple[float, float, float, float]
) -> None:
    xyxy = np.array([thing])
    for crop in Mosaic.of(PICTURE, regions, INPUT_PX, None).crops:
        assert crop.to_picture(to_canvas(crop, xyxy)) == pytest.approx(xyxy, abs=1e-6)


def test_few_small_regions_stay_at_native_resolution_on_one_small_canvas() -> None:
    cut = mosaic((100, 100, 220, 200), (900, 500, 1000, 620), (1700, 900, 1800, 1000))
    assert (cut.scale, cut.whole) == (1, None)
    assert len(cut.canvases) == 1
    (canvas,) = cut.canvases
    assert canvas.width * canvas.height < 1.6 * (120 * 100 + 100 * 120 + 100 * 100)


def test_a_long_strip_is_cut_into_pieces_that_share_room_for_a_car() -> None:
    cut = mosaic((100, 600, 1200, 760))
    assert (cut.scale, len(cut.canvases), len(cut.crops)) == (1, 1, 3)
    lefts = [crop.tile.left for crop in cut.crops]
    ends = [crop.tile.left + crop.tile.size.width for crop in cut.crops]
    assert (lefts[0], ends[-1]) == (100, 1200)
    assert all(
        end - left >= PIECE_OVERLAP * 160 for end, left in zip(ends, lefts[1:], strict=False)
    )


def test_what_does_not_fit_is_shrunk_by_one_scale() -> None:
    cut = mosaic((0, 0, 700, 400), (900, 0, 1600, 400), (900, 600, 1600, 1000))
    assert 0.4 < cut.scale < 1
    for crop in cut.crops:
        ratios = np.array(crop.drawn) / np.array(crop.tile.size)
        assert ratios == pytest.approx(cut.scale, abs=0.01)
    more = mosaic((0, 0, 700, 400), (900, 0, 1600, 400), (900, 600, 1600, 1000), most=4)
    assert more.scale > cut.scale


@pytest.mark.parametrize(
    ("picture", "rows"),
    [
        (Size(640, 360), [(0, 0, 100, 100)]),
        (PICTURE, [(0, 0, 1900, 700)]),
        (PICTURE, []),
        (PICTURE, [(2000, 0, 2100, 50)]),
        (PICTURE, [(np.nan, 0, 100, 50)]),
    ],
    ids=["hardly larger than the input", "a large zone", "no region", "outside", "no number"],
)
def test_the_whole_picture_is_looked_at(picture: Size, rows: list[tuple[float, ...]]) -> None:
    cut = Mosaic.of(picture, np.array(rows).reshape(-1, 4), INPUT_PX, None)
    assert (cut.crops, len(cut.canvases)) == ((), 1)
    image = Picture.from_bgr(np.zeros((picture.height, picture.width, 3), np.uint8))
    assert cut.cut(image) == [image]
    seen = boxes((1, 2, 30, 40, CAR, 0.9))
    assert cut.merge([seen]) is seen
    assert cut.with_whole() is cut


@pytest.mark.parametrize("size", [Size(1920, 1080), Size(1279, 719)])
def test_crops_at_native_resolution_are_the_pixels_of_the_picture(
    size: Size, as_planes: Callable[[Pixels], Planes]
) -> None:
    rng = np.random.default_rng(3)
    rough = rng.integers(0, 255, (60, 80, 3), dtype=np.uint8)
    bgr = np.asarray(cv2.resize(rough, size), dtype=np.uint8)
    rows = [(11, 13, 140, 120), (600, 300, 741, 415), (size.width - 90, 0, size.width, 77)]
    with_planes = Picture(planes=as_planes(bgr))
    even_bgr = Picture.from_bgr(with_planes.bgr)
    cut = Mosaic.of(with_planes.size, rows, INPUT_PX, None)
    assert len(cut.crops) == 3
    for of_planes, of_bgr, canvas in zip(
        cut.cut(with_planes), cut.cut(even_bgr), cut.canvases, strict=True
    ):
        assert of_planes.planes is not None
        assert of_planes.size == of_bgr.size == canvas
        assert (of_planes.bgr == of_bgr.bgr).all()
    for crop in cut.crops:
        canvas = cut.cut(even_bgr)[crop.canvas].bgr
        inside = canvas[crop.top :, crop.left :][: crop.drawn.height, : crop.drawn.width]
        left, top = crop.tile.left, crop.tile.top
        direct = even_bgr.bgr[top:, left:][: crop.drawn.height, : crop.drawn.width]
        assert (inside == direct).all()


def test_an_odd_picture_is_cut_without_its_last_row_and_column_and_nothing_there_is_dropped() -> (
    None
):
    picture = Size(1279, 719)
    cut = Mosaic.of(picture, [(1150, 600, 1279, 719)], INPUT_PX, None)
    (crop,) = cut.crops
    assert crop.tile.size == Size(128, 118)
    thing = boxes((100, 90, 128, 118, CAR, 0.9))
    assert len(cut.merge([thing])) == 1


def test_a_canvas_is_drawn_to_the_network_unscaled() -> None:
    for canvas in mosaic((100, 100, 900, 260), (1000, 600, 1100, 700)).canvases:
        box = Letterbox.fit(canvas, canvas)
        assert (box.inner, box.left, box.top) == (canvas, 0, 0)


ROOM = (400.0, 300.0, 600.0, 450.0)


def in_room(cut: Mosaic, *rows: Row) -> Boxes:
    """Boxes in pixels of the picture as the network sees them on the first crop's canvas."""
    seen = boxes(*rows)
    return Boxes(
        to_canvas(cut.crops[0], seen.xyxy).astype(np.float32), seen.class_id, seen.confidence
    )


@pytest.mark.parametrize(
    ("thing", "stays"),
    [
        ((450, 350, 500, 400), True),
        ((400, 350, 500, 400), False),
        ((400 + BORDER_PX, 350, 500, 400), True),
        ((450, 350, 600 - BORDER_PX + 1, 400), False),
        ((450, 300, 500, 400), False),
        ((450, 420, 500, 450), False),
    ],
    ids=["inside", "left", "just inside", "right", "top", "bottom"],
)
def test_a_thing_that_the_border_of_its_crop_cuts_is_not_judged(
    thing: tuple[float, float, float, float], stays: bool
) -> None:
    cut = mosaic(ROOM)
    merged = cut.merge([in_room(cut, (*thing, CAR, 0.9))])
    assert len(merged) == stays
    inside = (np.array(thing[:2]) >= cut.regions[0, :2]).all()
    assert stays == (inside and (np.array(thing[2:]) <= cut.regions[0, 2:]).all())


def test_the_edge_of_the_picture_cuts_nothing() -> None:
    cut = mosaic((0, 980, 200, 1080))
    merged = cut.merge([in_room(cut, (0, 1000, 60, 1080, CAR, 0.9))])
    assert merged.xyxy.tolist() == [[0, 1000, 60, 1080]]
    assert cut.regions[0, [0, 3]].tolist() == [0, 1080]


def test_boxes_of_two_overlapping_regions_are_one_the_surest() -> None:
    # In an L, which no common box of theirs saves pixels on.
    cut = mosaic((400, 300, 700, 400), (600, 300, 700, 600))
    assert len(cut.crops) == 2
    thing = (620.0, 320.0, 680.0, 380.0)
    parts: list[list[Row]] = [[] for _ in cut.canvases]
    for crop, confidence in zip(cut.crops, (0.6, 0.8), strict=True):
        x1, y1, x2, y2 = to_canvas(crop, np.array([thing]))[0].tolist()
        parts[crop.canvas].append((x1, y1, x2, y2, CAR, confidence))
    merged = cut.merge([boxes(*rows) for rows in parts])
    assert merged.xyxy.tolist() == [list(thing)]
    assert merged.confidence.tolist() == pytest.approx([0.8])


def test_a_box_over_a_seam_belongs_to_no_crop() -> None:
    cut = mosaic(ROOM, (1000, 300, 1200, 450))
    assert len(cut.canvases) == 1
    canvas = cut.canvases[0]
    assert len(cut.merge([boxes((10, 10, canvas.width - 10, canvas.height - 10, CAR, 0.9))])) == 0


def test_a_full_look_shows_what_the_crops_cut_and_what_is_large() -> None:
    full = mosaic(ROOM).with_whole()
    assert full.canvases[0] == Size(512, 288)
    assert full.regions.tolist() == [[0, 0, *PICTURE]]
    whole = boxes((350, 320, 450, 400, CAR, 0.6), (380, 310, 1000, 700, CAR, 0.5))
    part = in_room(mosaic(ROOM), (400, 320, 450, 400, CAR, 0.9), (510, 330, 560, 420, PERSON, 0.8))
    merged = full.merge([whole, part])
    assert merged.class_id.tolist() == [PERSON, CAR, CAR]
    assert merged.xyxy[1:].tolist() == whole.xyxy.tolist()


def street(width: int = 400, height: int = 300, thing_px: int = 32) -> Pixels:
    """A black picture with a red square."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[64 : 64 + thing_px, 64 : 64 + thing_px] = 0, 0, 255
    return picture


@pytest.fixture(params=["openvino", "onnxruntime"])
def model(make_model, request: pytest.FixtureRequest) -> Model:
    return load_model(make_model(), engine=request.param, streams=2)


def test_what_only_a_part_sees_is_found_where_it_is(model: Model) -> None:
    # The tiny network puts its box at (44, 38, 84, 58) of whatever canvas it sees red in.
    cut = Mosaic.of(Size(400, 300), [(20, 32, 116, 128)], model.input_size, model.fixed_input)
    assert cut.canvases == (Size(96, 96),)
    (plain,) = model.detect_boxes([street()], 0.5)
    found = parted(model, street(), cut)
    assert len(plain) == 0
    assert found.xyxy.tolist() == [[64, 70, 104, 90]]
    assert found.class_id.tolist() == [CAR]
    assert found.xyxy.dtype == np.float32


def test_the_canvases_of_many_looks_may_go_to_the_network_together(model: Model) -> None:
    part = Mosaic.of(Size(400, 300), [(20, 32, 116, 128)], model.input_size, None)
    other = Mosaic.of(Size(400, 300), [(220, 132, 316, 228)], model.input_size, None)
    looks = [part, other, part.with_whole(), other]
    picture = Picture.from_bgr(street())
    seen = iter(model.detect_boxes([view for it in looks for view in it.cut(picture)], 0.5))
    found = [it.merge([next(seen) for _ in it.canvases]) for it in looks]
    assert [len(it) for it in found] == [1, 0, 1, 0]


def test_a_model_of_one_size_takes_mosaics_of_that_size(make_model) -> None:
    fixed = load_model(make_model(height=64, width=128), engine="onnxruntime")
    region = [(32, 32, 128, 96)]
    cut = Mosaic.of(Size(400, 300), region, fixed.input_size, fixed.fixed_input)
    assert cut.canvases == (Size(128, 64),)
    assert CAR in parted(fixed, street(), cut.with_whole()).class_id
