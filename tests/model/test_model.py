from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from detector import load_model
from detector.looks import Picture, Pixels, Planes
from detector.model import Model
from detector.model.engines import openvino as openvino_engine

ENGINES = ["openvino", "onnxruntime"]
RED, BLUE = (0, 0, 255), (255, 0, 0)


def plain(colour: tuple[int, int, int], height: int = 96, width: int = 128) -> Pixels:
    return np.full((height, width, 3), colour, dtype=np.uint8)


@pytest.fixture(params=ENGINES)
def model(make_model, request: pytest.FixtureRequest) -> Model:
    return load_model(make_model(), engine=request.param, streams=2)


def test_red_and_blue_are_not_mixed_up(model: Model) -> None:
    red, blue = model.detect([plain(RED), plain(BLUE)])
    assert list(red.data["class_name"]) == ["car"]
    assert list(blue.data["class_name"]) == ["person"]
    assert red.confidence is not None
    assert red.confidence[0] == pytest.approx(1, abs=1e-3)


def test_boxes_are_in_pixels_of_the_full_picture(model: Model) -> None:
    (found,) = model.detect([plain(RED, height=960, width=1280)])
    assert found.xyxy.tolist() == [[440, 380, 840, 580]]
    assert found.xyxy.dtype == np.float32


def test_pictures_and_arrays_of_any_sizes_keep_their_order(model: Model) -> None:
    images = [plain(RED), Picture.from_bgr(plain(BLUE, 300, 600)), plain(RED, 801, 702)] * 3
    found = model.detect_boxes(images)
    assert [boxes.class_id.tolist() for boxes in found] == [[3], [0], [3]] * 3


def test_nothing_in_nothing_out(model: Model) -> None:
    assert model.detect([]) == []


def test_a_picture_without_anything_gives_empty_detections(model: Model) -> None:
    (found,) = model.detect([plain((0, 0, 0))])
    assert len(found) == 0
    assert found.xyxy.shape == (0, 4)
    assert len(found.data["class_name"]) == 0


def test_a_given_confidence_replaces_the_released_thresholds(model: Model) -> None:
    dim = plain((0, 0, 50))
    assert [len(boxes) for boxes in model.detect_boxes([dim])] == [0]
    assert [len(boxes) for boxes in model.detect_boxes([dim], 0.001)] == [1]


@pytest.mark.parametrize("confidence", [-0.1, 1.1, float("nan")])
def test_a_confidence_out_of_range_is_refused(model: Model, confidence: float) -> None:
    with pytest.raises(ValueError, match="min_confidence"):
        model.detect([plain(RED)], confidence)


@pytest.mark.parametrize(
    "odd",
    [
        np.zeros((4, 4, 3), np.float32),
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((0, 4, 3), np.uint8),
        "picture.jpg",
        None,
        Picture.from_bgr(np.zeros((4, 4), np.uint8)),
        Picture(planes=Planes(*[np.zeros((0, 0), np.uint8)] * 3)),
    ],
)
def test_what_is_no_picture_is_refused_with_its_index(make_model, odd: object) -> None:
    model = load_model(make_model(), engine="onnxruntime")
    with pytest.raises(ValueError, match=r"\b1\b"):
        model.detect([plain(RED), odd])


def test_stage_times_add_up_and_start_again(model: Model) -> None:
    model.detect([plain(RED)] * 3)
    times = model.reset_times()
    assert times.pictures == 3
    assert min(times.prepare_s, times.engine_s, times.post_s) > 0
    assert model.times.pictures == 0


def test_a_model_of_one_size_takes_pictures_of_any(make_model) -> None:
    path = make_model(height=64, width=128)
    for engine in ENGINES:
        (found,) = load_model(path, engine=engine).detect([plain(RED, 640, 1280)])
        assert found.xyxy.tolist() == [[440, 380, 840, 580]]


def test_eight_threads_at_once_get_what_one_gets(model: Model) -> None:
    rng = np.random.default_rng(3)
    images = [rng.integers(0, 255, (40 + 9 * i, 130 - 7 * i, 3), dtype=np.uint8) for i in range(12)]
    alone = model.detect_boxes(images, 0.001)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: model.detect_boxes(images, 0.001), range(24)))
    for answer in answers:
        for boxes, expected in zip(answer, alone, strict=True):
            assert (boxes.xyxy == expected.xyxy).all()
            assert (boxes.confidence == expected.confidence).all()


def test_a_shape_that_comes_often_gets_its_own_graph_and_the_same_boxes(
    make_model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openvino_engine, "OWN_GRAPH_AFTER", 5)
    monkeypatch.setattr(openvino_engine, "MAX_OWN_GRAPHS", 1)
    engine = openvino_engine.OpenVinoEngine(make_model().read_bytes(), "f32", 2)
    blobs = [np.full((1, 64, width, 3), 99, dtype=np.uint8) for width in (64, 96)]
    first = [engine.infer(blob) for blob in blobs]
    for _ in range(8):
        again = [engine.infer(blob) for blob in blobs]
    assert list(engine._own) == [(64, 64)]
    assert engine._own[64, 64] is not engine._any
    assert all((one == other).all() for one, other in zip(first, again, strict=True))
