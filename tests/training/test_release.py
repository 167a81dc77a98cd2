"""What a released file says about itself, and the card that it is made from."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from detector.files import file_sha256
from detector.model.calibration import AS_IT_IS
from detector.model.card import METADATA_KEY, card_from_metadata
from detector.model.onnx_file import read_onnx
from detector.taxonomy import TAXONOMY
from training.errors import DataError
from training.exporting.card_file import load_card, read_recipe, release_of
from training.release import Precisions, Release

PROJECT = Path(__file__).resolve().parents[2]
WEIGHTS = PROJECT / "detector" / "weights" / "street11n.onnx"
CARD = PROJECT / "training" / "street11n.yaml"
NAMES = TAXONOMY.class_names


def entry(**changes: object) -> dict[str, object]:
    base: dict[str, object] = {
        "schema": 2,
        "version": "0.1.0",
        "names": list(NAMES),
        "input_size": 640,
        "nms_iou": 0.6,
        "stated_precision": 0.85,
        "measured_on": "made-up pictures",
        "thresholds": dict.fromkeys(NAMES, 0.3),
        "calibration": {name: [[0, 0], [0.5, 0.8], [1, 0.95]] for name in NAMES},
        "chosen": {name: {"why": "precision", "precision": 0.9, "recall": 0.8} for name in NAMES},
        "precision": {"openvino": "bf16"},
        "trained": {
            "stages": [{"start": "a.pt", "epochs": 8, "input_size": 416}],
            "data": "b",
            "data_sha256": "1" * 64,
            "pt_sha256": "0" * 64,
            "recipe": {"name": "first", "sha256": "2" * 64, "text": "name: first"},
        },
    }
    return base | changes


def test_the_entry_survives_the_file() -> None:
    release = Release.model_validate(entry())
    text = release.to_json()
    said = json.loads(text)
    assert (said["schema"], said["head"]) == (2, "one-to-many")
    assert said["licence"] == "AGPL-3.0-or-later"
    assert Release.model_validate_json(text) == release


def test_the_run_time_reads_what_the_export_writes() -> None:
    release = Release.model_validate(entry())
    card = card_from_metadata({METADATA_KEY: release.to_json()}, "a.onnx")
    assert card.class_ids == tuple(range(len(NAMES)))
    assert card.thresholds == release.thresholds
    assert card.precision == "bf16"
    assert {name: curve.knots for name, curve in card.curves.items()} == release.calibration


@pytest.mark.parametrize(
    "changes",
    [
        {"schema": 1},
        {"version": "next"},
        {"input_size": 650},
        {"nms_iou": 1.0},
        {"head": "end-to-end"},
        {"licence": "MIT"},
        {"thresholds": {"car": 0.3}},
        {"calibration": {"car": [[0, 0], [1, 1]]}},
        {"chosen": {}},
        {"precision": {"openvino": "int8"}},
        {"precision": {"onnxruntime": "bf16"}},
        {"extra": 1},
    ],
)
def test_a_wrong_entry_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Release.model_validate(entry(**changes))


def test_the_project_s_own_card_becomes_a_release(tmp_path: Path) -> None:
    card, numbers = load_card(CARD)
    weights, recipe = tmp_path / "a.pt", tmp_path / "recipe.yaml"
    weights.write_bytes(b"weights")
    recipe.write_text("name: long_run\nepochs: 3\n", encoding="utf-8")
    dataset = tmp_path / "dataset"
    for folder in ("images", "labels"):
        (dataset / folder).mkdir(parents=True)
    (dataset / "train.txt").write_text("./images/x.jpg\n", encoding="utf-8")
    (dataset / "images" / "x.jpg").write_bytes(b"picture")
    (dataset / "labels" / "x.txt").write_text("0 0.5 0.5 0.1 0.1\n", encoding="utf-8")
    release = release_of(card, numbers, weights, read_recipe(recipe), dataset, Precisions())
    assert release.names == NAMES
    assert release.trained.pt_sha256 == file_sha256(weights)
    assert release.trained.recipe.name == "long_run"
    assert release.trained.recipe.sha256 == hashlib.sha256(recipe.read_bytes()).hexdigest()
    assert release.trained.recipe.text == recipe.read_text(encoding="utf-8")
    other = dataset / "labels" / "x.txt"
    other.write_text("0 0.5 0.5 0.2 0.1\n", encoding="utf-8")
    again = release_of(card, numbers, weights, read_recipe(recipe), dataset, Precisions())
    assert again.trained.data_sha256 != release.trained.data_sha256


def broken_card(folder: Path, **changes: object) -> Path:
    card = yaml.safe_load(CARD.read_text(encoding="utf-8")) | changes
    (folder / "card.yaml").write_text(yaml.safe_dump(card), encoding="utf-8")
    numbers = CARD.with_name("street11n.numbers.yaml").read_text(encoding="utf-8")
    (folder / "street11n.numbers.yaml").write_text(numbers, encoding="utf-8")
    (folder / "few.yaml").write_text(
        "measured_on: x\nclasses: {car: {why: given, threshold: 0.3}}", encoding="utf-8"
    )
    return folder / "card.yaml"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"epochs": 8}, "epochs"),
        ({"words": {"data": "x", "failures": []}}, "failures"),
        ({"numbers": "none.yaml"}, "none.yaml"),
        ({"numbers": "few.yaml"}, "each once"),
        ({"trained": {"stages": [], "data": "x"}}, "stages"),
    ],
)
def test_a_card_that_cannot_be_used_is_named(
    tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    with pytest.raises(DataError) as caught:
        load_card(broken_card(tmp_path, **changes))
    assert said in str(caught.value)


def test_a_release_says_what_it_was_trained_on(tmp_path: Path) -> None:
    card, numbers = load_card(CARD)
    (tmp_path / "a.pt").write_bytes(b"weights")
    recipe = read_recipe(CARD)
    with pytest.raises(DataError, match="data_sha256"):
        release_of(card, numbers, tmp_path / "a.pt", recipe, None, Precisions())
    with pytest.raises(DataError, match="no dataset"):
        release_of(card, numbers, tmp_path / "a.pt", recipe, tmp_path, Precisions())


def test_a_recipe_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match=r"a\.yaml"):
        read_recipe(tmp_path / "a.yaml")


def test_the_released_file_speaks_for_itself() -> None:
    card = read_onnx(WEIGHTS).card
    assert card.class_ids == tuple(range(len(NAMES)))
    assert set(card.thresholds) == set(NAMES)
    assert WEIGHTS.stat().st_size <= 12 * 1024 * 1024


def test_an_entry_reads_back() -> None:
    release = Release.model_validate(entry())
    assert Release.model_validate_json(release.to_json()) == release


def test_numbers_without_a_curve_stand_for_raw_scores() -> None:
    numbers = load_card(CARD)[1]
    bare = [it for it in numbers.classes.values() if it.method == "none"]
    assert all(it.knots == AS_IT_IS.knots for it in bare)


@pytest.mark.parametrize("height_width", [(384, 640), (640, 640), (640, 384), (320, 416)])
def test_the_released_file_takes_any_height_and_width(height_width: tuple[int, int]) -> None:
    ort = pytest.importorskip("onnxruntime")
    np = pytest.importorskip("numpy")
    session = ort.InferenceSession(str(WEIGHTS), providers=["CPUExecutionProvider"])
    height, width = height_width
    blob = np.full((1, 3, height, width), 0.5, dtype=np.float32)
    (raw,) = session.run(None, {session.get_inputs()[0].name: blob})
    cells = sum((height // stride) * (width // stride) for stride in (8, 16, 32))
    assert raw.shape == (1, 4 + len(NAMES), cells)
