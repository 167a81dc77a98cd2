from __future__ import annotations

from collections.abc import Callable

import pytest

from detector.errors import ModelError
from detector.model.calibration import Curve
from detector.model.card import card_from_metadata
from detector.taxonomy import TAXONOMY

NAMES = TAXONOMY.class_names
Release = Callable[..., dict[str, str]]


def test_a_released_entry_is_read_whole(release: Release) -> None:
    card = card_from_metadata(release(trained={"start": "x"}), "a.onnx")
    assert card.version == "1.2.3"
    assert card.class_ids == tuple(range(11))
    assert card.thresholds == dict.fromkeys(TAXONOMY.class_names, 0.3)
    assert (card.input_size_px, card.nms_iou, card.precision) == (128, 0.6, "f32")
    assert card.curves == {}


def second(**changes: object) -> dict[str, object]:
    """What schema 2 has beside or instead of the first."""
    straight = [[0, 0], [1, 0.9]]
    new: dict[str, object] = {
        "schema": 2,
        "head": "one-to-many",
        "calibration": dict.fromkeys(TAXONOMY.class_names, straight),
        "precision": {"openvino": "bf16", "onnxruntime": "f32"},
    }
    return new | changes


def test_the_second_schema_brings_curves_and_a_precision_for_each_engine(release: Release) -> None:
    card = card_from_metadata(release(**second()), "a.onnx")
    assert card.precision == "bf16"
    assert card.curves == dict.fromkeys(TAXONOMY.class_names, Curve((0, 1), (0, 0.9)))


def test_curves_find_their_class_by_alias(release: Release) -> None:
    names = ["taxi", "person"]
    changes = second(
        names=names,
        thresholds=dict.fromkeys(names, 0.4),
        calibration={"taxi": [[0, 0], [1, 0.5]], "person": [[0, 0], [1, 1]]},
    )
    card = card_from_metadata(release(**changes), "a.onnx")
    assert card.curves["car"].probability == (0, 0.5)
    assert set(card.curves) == {"car", "person"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"head": "end-to-end"}, "head"),
        ({"calibration": {"car": [[0, 0], [1, 1]]}}, "calibration curve"),
        (
            {"calibration": {key: [[0, 0], [1, 1, 1]] for key in NAMES}},
            "calibration",
        ),
        ({"calibration": {key: [[0, 0], [1, 2]] for key in NAMES}}, "between 0"),
        ({"calibration": {key: [[0, 0], [1, 0]] for key in NAMES}}, "rise"),
        ({"precision": {"onnxruntime": "f32"}}, "precision"),
    ],
)
def test_an_entry_of_the_second_schema_that_cannot_be_used_is_refused(
    release: Release, changes: dict[str, object], said: str
) -> None:
    with pytest.raises(ModelError, match=r"a\.onnx") as caught:
        card_from_metadata(release(**second(**changes)), "a.onnx")
    assert said in str(caught.value)


def test_channels_find_their_class_by_name_or_alias_in_any_order(release: Release) -> None:
    names = ["Trash can", "taxi", "person"]
    card = card_from_metadata(release(names=names, thresholds=dict.fromkeys(names, 0.4)), "a.onnx")
    assert card.class_ids == (7, 3, 0)
    assert card.thresholds == {"garbage_bin": 0.4, "car": 0.4, "person": 0.4}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"schema": 3}, "schema"),
        ({"names": []}, "names"),
        ({"names": ["zebra"], "thresholds": {"zebra": 0.1}}, "zebra"),
        ({"thresholds": {"car": 0.3}}, "threshold"),
        ({"thresholds": dict.fromkeys(TAXONOMY.class_names, 3)}, "threshold"),
        ({"thresholds": "high"}, "thresholds"),
        ({"nms_iou": 7}, "nms_iou"),
        ({"input_size": 100}, "input_size"),
        ({"precision": {"default": "int8"}}, "precision"),
    ],
)
def test_an_entry_that_cannot_be_used_is_refused(
    release: Release, changes: dict[str, object], said: str
) -> None:
    with pytest.raises(ModelError, match=r"a\.onnx") as caught:
        card_from_metadata(release(**changes), "a.onnx")
    assert said in str(caught.value)


def test_text_that_is_no_json_is_refused() -> None:
    with pytest.raises(ModelError, match=r"a\.onnx"):
        card_from_metadata({"streetwarden": "{"}, "a.onnx")


def test_an_ultralytics_export_of_our_classes_is_taken() -> None:
    card = card_from_metadata({"names": "{0: 'car', 1: 'bike'}", "imgsz": "[416, 640]"}, "b.onnx")
    assert card.class_ids == (3, 1)
    assert card.thresholds == {"car": 0.25, "bicycle": 0.25}
    assert card.input_size_px == 640
    assert card.precision == "f32"


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ({}, "does not say"),
        ({"names": "{0: 'car'}", "end2end": "True"}, "end-to-end"),
        ({"names": "{0: 'car', 1: 'giraffe'}"}, "giraffe"),
        ({"names": "__import__('os').getcwd()"}, "Ultralytics"),
        ({"names": "{"}, "Ultralytics"),
        ({"names": "{0: 'car'}", "imgsz": "'big'"}, "Ultralytics"),
        ({"names": "{0: 'car'}", "imgsz": "[100000000, 640]"}, "Ultralytics"),
        ({"names": "{0: 'car'}", "imgsz": "[-640, 0]"}, "Ultralytics"),
        ({"names": "{}"}, "none at all"),
    ],
)
def test_other_metadata_are_refused(metadata: dict[str, str], said: str) -> None:
    with pytest.raises(ModelError, match=said) as caught:
        card_from_metadata(metadata, "b.onnx")
    assert "b.onnx" in str(caught.value)
