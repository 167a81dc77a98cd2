"""The trainer, where the training environment is: regions, cameras, killing and resuming."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml

from training.dataset.fill import Filled
from training.dataset.write import Listed, write
from training.errors import DataError
from training.labels import LabelBox
from training.places import Places
from training.train import CHECKPOINT, TrainRequest, train

pytestmark = [pytest.mark.train, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

BIN, CAR = 7, 3


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A dataset of eight grey pictures with a bin and a region to ignore cars in."""
    pytest.importorskip("ultralytics")
    from training.ultra import prepare

    prepare()
    from ultralytics import YOLO

    places = Places(tmp_path / "data", tmp_path / "weights", tmp_path / "cache")
    places.weights.mkdir()
    YOLO("yolo26n.yaml").save(str(places.weights / "random.pt"))
    rng = np.random.default_rng(0)
    listed: list[Listed] = []
    for number in range(8):
        picture = tmp_path / f"p{number}.jpg"
        cv2.imwrite(str(picture), rng.integers(0, 255, (64, 96, 3), dtype=np.uint8))
        filled = Filled(
            own=(LabelBox(BIN, 0.4, 0.5, 0.3, 0.4),),
            added=(),
            ignored=(LabelBox(CAR, 0.7, 0.5, 0.5, 0.5),),
        )
        side = "val" if number > 5 else "train"
        listed.append(Listed("made", f"p{number}", picture, side, filled))  # type: ignore[arg-type]
    out = places.cache / "datasets" / "tiny"
    out.mkdir(parents=True)
    write(listed, out)
    return places


def recipe(places: Places, epochs: int) -> Path:
    path = places.cache / "tiny.yaml"
    data = {
        "name": "tiny",
        "start": "random.pt",
        "train": {
            "workers": 0,
            "camera": {"night": 0.5, "compression": 0.5, "wide_angle": 0.5},
            "ultralytics": {
                "imgsz": 64,
                "batch": 2,
                "epochs": epochs,
                "optimizer": "AdamW",
                "lr0": 0.001,
                "amp": False,
                "close_mosaic": 1,
                "plots": False,
                "patience": 0,
                "warmup_epochs": 0,
                "seed": 1,
            },
        },
    }
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    return path


def test_a_piece_ends_in_time_and_the_rest_follows(places: Places, tmp_path: Path) -> None:
    path = recipe(places, epochs=3)
    folder = train(TrainRequest(path, places, minutes=0.0001))
    assert (folder / CHECKPOINT).exists()
    assert "epoch 1.0 of 3" in (folder / "curve.html").read_text(encoding="utf-8")
    with pytest.raises(DataError, match="--resume"):
        train(TrainRequest(path, places))
    small = tmp_path / "small.pt"
    from training.checkpoint import MAX_BYTES, write_small

    write_small(folder / CHECKPOINT, small)
    assert small.stat().st_size <= MAX_BYTES
    assert str(tmp_path).encode() not in small.read_bytes(), "no folder of this machine"
    train(TrainRequest(path, places, from_checkpoint=small))
    assert not (folder / CHECKPOINT).exists()
    rows = (folder / "results.csv").read_text(encoding="utf-8").splitlines()
    assert [row.split(",")[0].strip() for row in rows[1:]] == ["1", "2", "3"]
    with pytest.raises(DataError, match="holds a finished run"):
        train(TrainRequest(path, places))
    with pytest.raises(DataError, match="is finished"):
        train(TrainRequest(path, places, resume=True))


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ({"lrr0": 0.1}, r"train\.ultralytics\.lrr0 is no setting"),
        ({"lr0": "fast"}, "'lr0=fast' is of invalid type"),
        ({"device": "0"}, r"train\.ultralytics\.device is not for a recipe to say"),
    ],
)
def test_a_setting_that_ultralytics_would_refuse_is_named(
    places: Places, setting: dict[str, object], told: str
) -> None:
    path = recipe(places, epochs=3)
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    data["train"]["ultralytics"] |= setting
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    with pytest.raises(DataError, match=told):
        train(TrainRequest(path, places))
    assert not places.run("tiny").exists()


@pytest.mark.parametrize(
    ("device", "told"), [("tpu", "give cpu, or the number of a GPU"), ("99", "GPUs here")]
)
def test_a_device_that_is_not_there_is_named(places: Places, device: str, told: str) -> None:
    with pytest.raises(DataError, match=told):
        train(TrainRequest(recipe(places, epochs=3), places, device=device))


def test_another_recipe_does_not_go_on_with_a_run(places: Places) -> None:
    train(TrainRequest(recipe(places, epochs=3), places, minutes=0.0001))
    with pytest.raises(DataError, match="is not the recipe"):
        train(TrainRequest(recipe(places, epochs=4), places, resume=True))


def test_a_region_silences_its_class_and_no_other() -> None:
    torch = pytest.importorskip("torch")
    pytest.importorskip("ultralytics")
    from training.ignore import IGNORED_FROM
    from training.ignore_loss import DeafBce, IgnoringLoss

    feats = [torch.zeros(1, 8, 8, 8)]
    preds = {"feats": feats, "scores": torch.zeros(1, IGNORED_FROM, 64)}
    regions = {
        "cls": torch.tensor([[float(CAR)]]) + IGNORED_FROM,
        "bboxes": torch.tensor([[0.25, 0.5, 0.5, 1.0]]),
        "batch_idx": torch.tensor([0.0]),
    }
    deaf = IgnoringLoss._deaf(None, preds, {**regions, "cls": regions["cls"]})
    left = deaf[0, :, CAR].view(8, 8)
    assert left[:, :4].all()
    assert not left[:, 4:].any()
    assert deaf.sum() == 32
    loss = DeafBce()
    loss.deaf = deaf
    targets = torch.zeros(1, 64, IGNORED_FROM)
    targets[0, 0, CAR] = 0.8
    out = loss(torch.zeros(1, 64, IGNORED_FROM), targets)
    assert out[0, 0, CAR] > 0, "a label inside the region still counts"
    assert (out[0, :, CAR] == 0).sum() == 31
