"""The engines, the two kinds of pictures and the two forms of a model give the same boxes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from detector import load_model
from detector.looks import Boxes, Picture, Pixels
from detector.model import card
from detector.model.engines.ultralytics import ultralytics_installed
from detector.model.onnx_file import read_onnx
from training.release_numbers import raw_model

pytestmark = pytest.mark.shared

PROJECT = Path(__file__).parents[2]


def overlaps(one: Boxes, other: Boxes) -> np.ndarray:
    """(n, m) overlaps, zero between classes."""
    left, right = one.xyxy[:, None], other.xyxy[None]
    across = np.minimum(left[..., 2:], right[..., 2:]) - np.maximum(left[..., :2], right[..., :2])
    shared = across.clip(0).prod(axis=2)
    areas = [(boxes[..., 2:] - boxes[..., :2]).prod(axis=2) for boxes in (left, right)]
    same = one.class_id[:, None] == other.class_id[None]
    return np.where(same, shared / (areas[0] + areas[1] - shared), 0)


def assert_agree(one: list[Boxes], other: list[Boxes], iou: float, confidence: float) -> None:
    assert sum(map(len, one)) > 0
    for boxes, rivals in zip(one, other, strict=True):
        assert len(boxes) == len(rivals)
        if not len(boxes):
            continue
        overlap = overlaps(boxes, rivals)
        partner = overlap.argmax(axis=1)
        assert overlap.max(axis=1).min() >= iou
        assert np.abs(boxes.confidence - rivals.confidence[partner]).max() <= confidence


def test_openvino_in_f32_agrees_with_onnx_runtime(
    released_model: Path, street_pictures: list[Pixels]
) -> None:
    found = [
        load_model(released_model, engine=engine, precision="f32").detect_boxes(street_pictures)
        for engine in ("onnxruntime", "openvino")
    ]
    assert_agree(*found, iou=0.95, confidence=0.02)


def test_planes_of_the_decoder_give_the_boxes_of_the_bgr_picture(
    released_model: Path, street_pictures: list[Pixels], as_planes
) -> None:
    model = load_model(released_model, precision="f32")
    even = [bgr[: bgr.shape[0] // 2 * 2, : bgr.shape[1] // 2 * 2] for bgr in street_pictures]
    found = model.detect_boxes(even, 0.05)
    from_planes = model.detect_boxes([Picture(planes=as_planes(bgr)) for bgr in even], 0.05)
    clear = 0
    for boxes, others in zip(found, from_planes, strict=True):
        sure = Boxes(
            *(
                part[boxes.confidence > 0.3]
                for part in (boxes.xyxy, boxes.class_id, boxes.confidence)
            )
        )
        clear += len(sure)
        assert not len(sure) or overlaps(sure, others).max(axis=1).min() >= 0.9
    assert clear > 0


@pytest.mark.train
def test_the_pt_file_agrees_with_its_export(
    released_model: Path, street_pictures: list[Pixels], monkeypatch: pytest.MonkeyPatch
) -> None:
    if not ultralytics_installed():
        pytest.skip("torch and Ultralytics are not installed here")
    weights = PROJECT / "training" / "checkpoints" / "street11n.pt"
    if not weights.is_file():
        pytest.skip(f"no weights at {weights}")
    # A .pt file has no card of its own, and so no curves: raw scores are compared.
    monkeypatch.setattr(card, "DEFAULT_NMS_IOU", read_onnx(released_model).card.nms_iou)
    exported = raw_model(released_model)
    trained = load_model(weights, input_size=exported.input_size)
    found = [model.detect_boxes(street_pictures, 0.3) for model in (exported, trained)]
    assert_agree(*found, iou=0.95, confidence=0.02)
