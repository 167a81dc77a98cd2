"""What a released file says about itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from detector.taxonomy import TAXONOMY
from training.export import release_from_card
from training.release import METADATA_KEY, Release, read_release, sha256_of

WEIGHTS = Path(__file__).resolve().parents[2] / "detector" / "weights" / "street11n.onnx"


def entry(**changes: object) -> dict[str, object]:
    base: dict[str, object] = {
        "schema": 1,
        "version": "0.1.0",
        "names": list(TAXONOMY.class_names),
        "input_size": 640,
        "thresholds": dict.fromkeys(TAXONOMY.class_names, 0.3),
        "nms_iou": 0.6,
        "precision": {"default": "f32", "measured_on": "nothing"},
        "trained": {"start": "a.pt", "epochs": 8, "data": "b", "pt_sha256": "0" * 64},
    }
    return base | changes


def test_the_entry_survives_the_file() -> None:
    release = Release.model_validate(entry())
    text = release.to_json()
    assert json.loads(text)["schema"] == 1
    assert Release.model_validate_json(text) == release


@pytest.mark.parametrize(
    "changes",
    [
        {"schema": 2},
        {"version": "next"},
        {"input_size": 650},
        {"nms_iou": 1.0},
        {"thresholds": {"car": 0.3}},
        {"precision": {"default": "int8"}},
        {"extra": 1},
    ],
)
def test_a_wrong_entry_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Release.model_validate(entry(**changes))


def test_a_card_is_completed_with_names_and_digest(tmp_path: Path) -> None:
    (tmp_path / "a.pt").write_bytes(b"weights")
    card = entry(trained={"start": "a.pt", "epochs": 8, "data": "b"})
    del card["names"]
    (tmp_path / "card.yaml").write_text(json.dumps(card), encoding="utf-8")
    release = release_from_card(tmp_path / "card.yaml", tmp_path / "a.pt")
    assert release.names == TAXONOMY.class_names
    assert release.trained.pt_sha256 == sha256_of(tmp_path / "a.pt")


def test_the_released_file_speaks_for_itself() -> None:
    pytest.importorskip("onnx")
    release = read_release(WEIGHTS)
    assert release.names == TAXONOMY.class_names
    assert WEIGHTS.stat().st_size <= 12 * 1024 * 1024


def test_a_file_without_an_entry_is_named(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    graph = onnx.helper.make_graph([], "empty", [], [])
    onnx.save(onnx.helper.make_model(graph), str(tmp_path / "bare.onnx"))
    with pytest.raises(KeyError, match=METADATA_KEY):
        read_release(tmp_path / "bare.onnx")


@pytest.mark.parametrize("height_width", [(384, 640), (640, 640), (640, 384), (320, 416)])
def test_the_released_file_takes_any_height_and_width(height_width: tuple[int, int]) -> None:
    ort = pytest.importorskip("onnxruntime")
    np = pytest.importorskip("numpy")
    session = ort.InferenceSession(str(WEIGHTS), providers=["CPUExecutionProvider"])
    height, width = height_width
    blob = np.full((1, 3, height, width), 0.5, dtype=np.float32)
    (raw,) = session.run(None, {session.get_inputs()[0].name: blob})
    cells = sum((height // stride) * (width // stride) for stride in (8, 16, 32))
    assert raw.shape == (1, 4 + len(TAXONOMY.class_names), cells)
