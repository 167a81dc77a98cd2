"""Choosing a model file and what runs it."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from detector.errors import ModelError
from detector.model.card import DEFAULT_INPUT_SIZE_PX, card_from_names
from detector.model.engines.base import Engine, EngineName, Precision
from detector.model.engines.onnxruntime import OnnxRuntimeEngine
from detector.model.engines.openvino import OpenVinoEngine, bf16_offered
from detector.model.engines.ultralytics import UltralyticsEngine, ultralytics_installed
from detector.model.letterbox import STRIDE_PX
from detector.model.model import Model, Source
from detector.model.onnx_file import OnnxFile, read_bytes, read_onnx

RELEASED_MODEL = Path(__file__).resolve().parents[1] / "weights" / "street11n.onnx"
MAX_INPUT_SIZE_PX = 4096

EngineChoice: TypeAlias = Literal["auto"] | EngineName
PrecisionChoice: TypeAlias = Literal["auto"] | Precision


def load_model(
    path: str | Path | None = None,
    *,
    engine: EngineChoice = "auto",
    precision: PrecisionChoice = "auto",
    input_size: int | None = None,
    streams: int | None = None,
) -> Model:
    """A detector from an ONNX file, by default the released one.

    `precision` "auto" is what the model file asks for, and bf16 only where the processor computes
    in it. `engine` "auto" is OpenVINO where that makes it bf16, which no other engine computes;
    in f32 it is ONNX Runtime, which is as fast on one size of picture and faster on many.
    `input_size` is the longer side in pixels, a multiple of 32; by default the model's own.
    `streams` is how many pictures are worked on at once, one thread each; by default the cores.

    A `.pt` path needs the train extra and executes code from the file (it is a pickle): give only
    files that you made yourself, never one that was uploaded. A service must not load them.

    ModelError where the file is missing, damaged or not ours, or the choice cannot be had here.
    """
    _check_choices(engine, precision, input_size, streams)
    file = RELEASED_MODEL if path is None else Path(path)
    if file.suffix.lower() == ".pt":
        return _load_pt(file, engine, precision, input_size)
    if engine == "ultralytics":
        raise ModelError(f"{file} is no .pt file, and Ultralytics is for those: use engine auto")
    onnx = read_onnx(file)
    chosen = _choose(engine, onnx, precision)
    runner = _engine(chosen, onnx, precision, streams or _cores())
    size_px = _input_size(onnx, input_size)
    return Model(Source(onnx.path, onnx.sha256, onnx.card, size_px, onnx.fixed), runner)


def _check_choices(
    engine: str, precision: str, input_size: int | None, streams: int | None
) -> None:
    if engine not in ("auto", *get_args(EngineName)):
        raise ModelError(f"there is no engine {engine}: use auto, openvino or onnxruntime")
    if precision not in ("auto", *get_args(Precision)):
        raise ModelError(f"there is no precision {precision}: use auto, f32 or bf16")
    if input_size is not None and (
        input_size % STRIDE_PX or not STRIDE_PX <= input_size <= MAX_INPUT_SIZE_PX
    ):
        raise ModelError(
            f"the input size {input_size} cannot be used: "
            f"give a multiple of {STRIDE_PX} up to {MAX_INPUT_SIZE_PX}"
        )
    if streams is not None and streams < 1:
        raise ModelError(f"{streams} streams cannot work: give 1 or more")


def _choose(engine: EngineChoice, onnx: OnnxFile, precision: PrecisionChoice) -> EngineName:
    installed = importlib.util.find_spec("openvino") is not None
    if engine == "openvino" and not installed:
        raise ModelError("OpenVINO is not installed: `pip install openvino`, or engine onnxruntime")
    if engine != "auto":
        return engine
    x86 = platform.machine().lower() in ("x86_64", "amd64")
    fast = installed and x86 and _openvino_precision(onnx, precision) == "bf16"
    return "openvino" if fast else "onnxruntime"


def _engine(name: EngineName, onnx: OnnxFile, precision: PrecisionChoice, streams: int) -> Engine:
    if name == "onnxruntime":
        _refuse_bf16(precision, "ONNX Runtime")
        return OnnxRuntimeEngine(onnx.content, streams)
    try:
        return OpenVinoEngine(onnx.content, _openvino_precision(onnx, precision), streams)
    except RuntimeError as error:
        raise ModelError(
            f"OpenVINO cannot run {onnx.path} ({str(error).strip().splitlines()[-1][:160]}): "
            "try engine onnxruntime"
        ) from error


def _openvino_precision(onnx: OnnxFile, wanted: PrecisionChoice) -> Precision:
    if wanted == "bf16" and not bf16_offered():
        raise ModelError("this processor does not compute in bf16: use precision auto or f32")
    if wanted != "auto":
        return wanted
    return "bf16" if onnx.card.precision == "bf16" and bf16_offered() else "f32"


def _refuse_bf16(precision: PrecisionChoice, engine: str) -> None:
    if precision == "bf16":
        raise ModelError(f"{engine} does not compute in bf16: use engine openvino or precision f32")


def _input_size(onnx: OnnxFile, wanted: int | None) -> int:
    if onnx.fixed is None:
        return wanted or onnx.card.input_size_px
    if wanted not in (None, max(onnx.fixed)):
        raise ModelError(
            f"{onnx.path} takes only {onnx.fixed.width} x {onnx.fixed.height}, not input size "
            f"{wanted}: leave it out, or export the model for free sizes"
        )
    return max(onnx.fixed)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _load_pt(
    path: Path, engine: EngineChoice, precision: PrecisionChoice, input_size: int | None
) -> Model:
    if engine not in ("auto", "ultralytics"):
        raise ModelError(f"{engine} cannot run {path}: export it with `streetwarden export`")
    if not ultralytics_installed():
        raise ModelError(
            f"{path} needs torch and Ultralytics: "
            "install the `train` extra, or export it to ONNX where that is installed"
        )
    _refuse_bf16(precision, "Ultralytics")
    sha256 = hashlib.sha256(read_bytes(path)).hexdigest()
    runner = UltralyticsEngine(path)
    card = card_from_names(runner.names, input_size or DEFAULT_INPUT_SIZE_PX, str(path))
    return Model(Source(path, sha256, card, card.input_size_px, None), runner)
