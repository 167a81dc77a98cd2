"""Settings of a run; where the training environment is, the model that it trains and exports."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from training.train import Settings, keep_one_to_many, load_settings

FIRST = Path(__file__).resolve().parents[2] / "training" / "first.yaml"


def test_the_first_run_is_what_its_file_says() -> None:
    settings = load_settings(FIRST)
    assert settings.name == "first"
    assert settings.ultralytics["imgsz"] == 416


def test_a_misspelt_setting_is_refused() -> None:
    with pytest.raises(ValidationError, match="threds"):
        Settings.model_validate(load_settings(FIRST).model_dump() | {"threds": 2})


@pytest.mark.train
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_one_head_trains_and_exports_its_raw_output(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("ultralytics")
    from training.ultra import prepare

    prepare()
    import torch
    from ultralytics import YOLO

    from detector.taxonomy import TAXONOMY
    from training.export import export
    from training.release import Precision, Release, Trained, read_release, sha256_of

    yolo = YOLO("yolo26n.yaml")
    yolo.model = type(yolo.model)("yolo26n.yaml", nc=11, verbose=False)
    yolo.model.names = dict(enumerate(TAXONOMY.class_names))
    keep_one_to_many(yolo.model)
    raw = yolo.model.eval()(torch.zeros(1, 3, 64, 96))[0]
    assert raw.shape == (1, 15, 8 * 12 + 4 * 6 + 2 * 3)
    yolo.save(str(tmp_path / "random.pt"))
    release = Release(
        version="0.0.0",
        names=TAXONOMY.class_names,
        input_size=416,
        thresholds=dict.fromkeys(TAXONOMY.class_names, 0.3),
        nms_iou=0.6,
        precision=Precision(default="f32"),
        trained=Trained(
            start="random", epochs=0, data="none", pt_sha256=sha256_of(tmp_path / "random.pt")
        ),
    )
    export(tmp_path / "random.pt", tmp_path / "random.onnx", release)
    assert read_release(tmp_path / "random.onnx") == release
