"""An export writes all or nothing, checks file against weights, and says what it found."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from detector import load_model
from detector.errors import OutputError
from detector.files import file_sha256
from detector.model import RELEASED_MODEL
from detector.model.card import METADATA_KEY, Card
from detector.model.onnx_file import read_onnx
from detector.taxonomy import TAXONOMY
from training.errors import DataError
from training.export import CARD_NAME, ExportRequest, publish, run
from training.exporting import graph, parity
from training.precision import chosen
from training.release import Release

PROJECT = Path(__file__).resolve().parents[2]
RELEASE_CARD = PROJECT / "training" / "street11n.yaml"
CHECKPOINT = PROJECT / "training" / "checkpoints" / "street11n.pt"
NAMES = TAXONOMY.class_names
THRESHOLDS = dict.fromkeys(NAMES, 0.3)
CARD = Card("1.0.0", tuple(range(len(NAMES))), THRESHOLDS, 64, 0.6, "f32")


class Fake:
    """An engine that finds one car, moved and doubted as asked."""

    def __init__(self, x: float = 30.0, score: float = 0.8) -> None:
        self.head = np.zeros((4 + len(NAMES), 2), np.float32)
        self.head[:4, 0] = x, 30, 20, 20
        self.head[4 + 3, 0] = score

    def blob(self, canvas: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return canvas

    def infer(self, blob: NDArray[np.uint8]) -> NDArray[np.float32]:
        return self.head


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    rng = np.random.default_rng(1)
    files = [tmp_path / "pictures" / f"{k}.png" for k in range(9)]
    files[0].parent.mkdir()
    for file in files:
        cv2.imwrite(str(file), rng.integers(0, 255, (48, 64, 3), dtype=np.uint8))
    return files


def compared(monkeypatch: pytest.MonkeyPatch, pictures: list[Path], other: Fake) -> parity.Parity:
    monkeypatch.setattr(parity, "UltralyticsEngine", lambda _: Fake())
    monkeypatch.setattr(parity, "OnnxRuntimeEngine", lambda *_, **__: other)
    return parity.compare(Path("a.pt"), b"", CARD, pictures)


def test_a_file_that_answers_alike_passes_with_its_differences(
    monkeypatch: pytest.MonkeyPatch, pictures: list[Path]
) -> None:
    found = compared(monkeypatch, pictures, Fake(30.01, 0.8003))
    assert (found.pictures, found.boxes) == (9, 9)
    assert found.px == pytest.approx(0.01, abs=1e-4)
    assert found.score == pytest.approx(0.0003, abs=1e-6)


def test_a_box_that_rounding_lifts_over_its_threshold_is_no_difference(
    monkeypatch: pytest.MonkeyPatch, pictures: list[Path]
) -> None:
    monkeypatch.setattr(parity, "UltralyticsEngine", lambda _: Fake(score=0.2999))
    monkeypatch.setattr(parity, "OnnxRuntimeEngine", lambda *_, **__: Fake(score=0.3001))
    assert parity.compare(Path("a.pt"), b"", CARD, pictures).boxes == 0


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (Fake(x=30.09), "px"),
        (Fake(score=0.803), "score"),
        (Fake(x=45.0), "different boxes"),
        (Fake(score=0.1), "different boxes"),
        (Fake(score=float("nan")), "different boxes"),
    ],
)
def test_a_file_that_answers_otherwise_is_refused(
    monkeypatch: pytest.MonkeyPatch, pictures: list[Path], other: Fake, said: str
) -> None:
    with pytest.raises(DataError, match=said):
        compared(monkeypatch, pictures, other)


def test_a_few_pictures_show_nothing(pictures: list[Path]) -> None:
    with pytest.raises(DataError, match="at least 8"):
        parity.compare(Path("a.pt"), b"", CARD, pictures[:7])


@pytest.mark.parametrize(
    ("inputs", "outputs"),
    [
        (["h", 3, "h", "w"], [1, 15, "n"]),
        ([1, 3, 64, 64], [1, 15, "n"]),
        ([1, 3, "h", "w"], [1, 300, 6]),
        ([1, 3, "h", "w"], [1, 84, "n"]),
        ([1, 3, "h", "w"], [1, 15, 84]),
    ],
)
def test_a_graph_of_another_shape_is_refused(inputs: list[object], outputs: list[object]) -> None:
    onnx = pytest.importorskip("onnx")
    helper = onnx.helper

    def made(taken: list[object], given: list[object]):  # type: ignore[no-untyped-def]
        picture = helper.make_tensor_value_info("images", 1, taken)
        boxes = helper.make_tensor_value_info("output0", 1, given)
        return helper.make_model(helper.make_graph([], "g", [picture], [boxes]))

    graph.check_shape(made([1, 3, "h", "w"], [1, 15, "n"]), len(NAMES))
    with pytest.raises(DataError, match="exported"):
        graph.check_shape(made(inputs, outputs), len(NAMES))


def test_a_faster_precision_may_cost_half_a_point() -> None:
    assert chosen(0.655, 0.6501) == "bf16"
    assert chosen(0.655, 0.66) == "bf16"
    assert chosen(0.655, 0.6499) == "f32"


def test_all_files_are_written_or_none(tmp_path: Path) -> None:
    old = tmp_path / "a.onnx"
    old.write_bytes(b"old")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError):
        publish({old: b"new", tmp_path / "file" / "CARD.md": b"card"})
    assert old.read_bytes() == b"old"
    assert sorted(it.name for it in tmp_path.iterdir()) == ["a.onnx", "file"]
    publish({old: b"new", tmp_path / "inner" / "CARD.md": b"card"})
    assert old.read_bytes() == b"new"
    assert (tmp_path / "inner" / "CARD.md").read_bytes() == b"card"


def request(folder: Path, **changes: object) -> ExportRequest:
    given: dict[str, object] = {
        "weights": CHECKPOINT,
        "out": folder / "out" / "a.onnx",
        "card": RELEASE_CARD,
        "recipe": RELEASE_CARD,
        "pictures": folder / "pictures",
    }
    return ExportRequest(**(given | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("missing", ["weights", "card", "recipe", "pictures", "evaluations"])
def test_what_is_missing_is_named_and_nothing_is_written(
    tmp_path: Path, pictures: list[Path], missing: str
) -> None:
    nowhere = tmp_path / "nowhere"
    change = (nowhere,) if missing == "evaluations" else nowhere
    with pytest.raises(DataError, match="nowhere"):
        run(request(tmp_path, **{missing: change}))
    assert not (tmp_path / "out").exists()


@pytest.fixture
def streets(tmp_path: Path, shared: Path) -> list[Path]:
    """Real pictures, in the folder that `request` names."""
    (tmp_path / "pictures").mkdir()
    files = sorted((shared / "data" / "garbage" / "images").glob("*.avif"))[::250]
    for file in files:
        (tmp_path / "pictures" / file.name).symlink_to(file)
    return files


def entry_of(content: bytes) -> Release:
    """What an ONNX file says about itself."""
    import onnx

    metadata = {it.key: it.value for it in onnx.load_from_string(content).metadata_props}
    return Release.model_validate_json(metadata[METADATA_KEY])


@pytest.mark.train
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_the_committed_weights_become_the_same_file_twice(
    tmp_path: Path, streets: list[Path]
) -> None:
    pytest.importorskip("torch")
    card = yaml.safe_load(RELEASE_CARD.read_text(encoding="utf-8"))
    card["trained"]["data_sha256"] = "0" * 64
    (tmp_path / "card.yaml").write_text(yaml.safe_dump(card), encoding="utf-8")
    numbers = RELEASE_CARD.with_name(card["numbers"])
    (tmp_path / card["numbers"]).write_bytes(numbers.read_bytes())
    kept = tmp_path / "out" / "a.pt"
    asked = request(tmp_path, card=tmp_path / "card.yaml", checkpoint=kept)
    done = run(asked)
    content = asked.out.read_bytes()
    run(asked)
    assert asked.out.read_bytes() == content
    assert (done.parity.pictures, done.size) == (len(streets), len(content))
    assert done.size <= graph.MAX_BYTES
    assert entry_of(content).trained.pt_sha256 == file_sha256(kept)
    assert done.sha256 in (tmp_path / "out" / CARD_NAME).read_text(encoding="utf-8")
    assert load_model(asked.out).version == card["version"]


@pytest.mark.train
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_the_released_file_is_made_of_the_committed_weights(streets: list[Path]) -> None:
    pytest.importorskip("torch")
    content, card = RELEASED_MODEL.read_bytes(), read_onnx(RELEASED_MODEL).card
    assert parity.compare(CHECKPOINT, content, card, streets).boxes > 0
