from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from detector import load_model
from detector.errors import ModelError
from detector.model import load
from detector.model.engines.ultralytics import ultralytics_installed


def test_the_released_model_loads_by_default(released_model: Path) -> None:
    model = load_model(streams=1)
    assert model.path == released_model
    assert len(model.names) == 11
    assert len(model.sha256) == 64
    assert model.streams == 1


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ({"engine": "tensorrt"}, "tensorrt"),
        ({"precision": "int8"}, "int8"),
        ({"input_size": 100}, "multiple of 32"),
        ({"input_size": 0}, "multiple of 32"),
        ({"input_size": 1_000_000}, "4096"),
        ({"streams": 0}, "1 or more"),
        ({"engine": "ultralytics"}, "no .pt file"),
        ({"engine": "onnxruntime", "precision": "bf16"}, "bf16"),
    ],
)
def test_a_choice_that_cannot_be_had_is_refused(
    make_model, choice: dict[str, object], said: str
) -> None:
    with pytest.raises(ModelError, match=said):
        load_model(make_model(), **choice)


def test_a_forced_engine_that_is_not_installed_is_refused(
    make_model, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_model()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert load_model(path).engine == "onnxruntime"
    with pytest.raises(ModelError, match="not installed"):
        load_model(path, engine="openvino")


def test_off_x86_the_portable_engine_is_the_default(
    make_model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    assert load_model(make_model()).engine == "onnxruntime"


@pytest.mark.parametrize(("offered", "used"), [(True, "bf16"), (False, "f32")])
def test_the_models_own_precision_is_used_only_where_the_processor_offers_it(
    make_model, release, monkeypatch: pytest.MonkeyPatch, offered: bool, used: str
) -> None:
    monkeypatch.setattr(load, "bf16_offered", lambda: offered)
    path = make_model(metadata=release(precision={"default": "bf16"}))
    assert load_model(path, engine="openvino").precision == used
    assert load_model(path, engine="openvino", precision="f32").precision == "f32"
    assert load_model(path, engine="onnxruntime").precision == "f32"


def test_bf16_by_force_is_refused_where_the_processor_lacks_it(
    make_model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "bf16_offered", lambda: False)
    with pytest.raises(ModelError, match="does not compute in bf16"):
        load_model(make_model(), engine="openvino", precision="bf16")


def test_a_pt_file_needs_the_training_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "ultralytics_installed", lambda: False)
    path = tmp_path / "a.pt"
    path.write_bytes(b"never read")
    with pytest.raises(ModelError, match="train"):
        load_model(path)


def test_a_pt_file_does_not_go_to_another_engine(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="export"):
        load_model(tmp_path / "a.pt", engine="openvino")


@pytest.mark.train
def test_a_pt_file_that_is_none_is_refused(tmp_path: Path) -> None:
    if not ultralytics_installed():
        pytest.skip("torch and Ultralytics are not installed here")
    path = tmp_path / "a.pt"
    path.write_bytes(b"nothing")
    with pytest.raises(ModelError, match=r"a\.pt"):
        load_model(path)


def test_a_model_of_one_size_takes_no_other(make_model) -> None:
    path = make_model(height=64, width=128)
    assert load_model(path).input_size == 128
    with pytest.raises(ModelError, match="128 x 64"):
        load_model(path, input_size=320)
