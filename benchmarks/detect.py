"""What `detect` costs beyond the bare engine, and against Ultralytics on the same file.

    python -m benchmarks.detect [--pictures N] [--rounds N] [--model FILE] [--out FILE]

All contestants see the same real pictures and take turns in each round, in a rotating order, so a
busy machine slows all of them. A figure is the median over rounds of milliseconds a picture. The
comparison with Ultralytics needs the training environment (`.venv-train/bin/python`).
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from benchmarks.machine import describe_machine, write_result
from benchmarks.pictures import real_pictures
from detector import load_model
from detector.looks import Picture, Pixels, Size
from detector.model import RELEASED_MODEL, Model
from detector.model.engines import openvino as openvino_engine
from detector.model.engines.base import EngineName, Precision
from detector.model.engines.ultralytics import ultralytics_installed
from detector.model.letterbox import Easel, Letterbox, canvas_for
from detector.model.onnx_file import OnnxFile, read_onnx

if TYPE_CHECKING:
    from openvino import InferRequest

RESULTS = Path(__file__).parent / "results" / "detect.json"
CONFIDENCE = 0.25
OVERHEAD_GOAL = 1.15
SPEED_GOALS: dict[Precision, float] = {"bf16": 2.5, "f32": 1.5}

Contestant: TypeAlias = Callable[[], object]
Blob: TypeAlias = NDArray[np.float32]
Infer: TypeAlias = Callable[[Blob], object]


@dataclass(frozen=True)
class Ratio:
    """`value` is a quotient of medians; `goal` says what it should be."""

    what: str
    value: float
    goal: str
    met: bool


def main(argv: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="benchmarks.detect", description="detect against the bare engine and Ultralytics"
    )
    parser.add_argument("--pictures", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--model", type=Path, default=RELEASED_MODEL)
    parser.add_argument("--out", type=Path, default=RESULTS)
    args = parser.parse_args(argv)
    file, pictures = read_onnx(args.model), real_pictures(args.pictures)
    # As in a long run, where each common shape has come often enough for a graph of its own.
    openvino_engine.OWN_GRAPH_AFTER = 1
    contestants = dict(own_and_bare(file, pictures))
    if ultralytics_installed():
        contestants["ultralytics predict"] = ultralytics(file, pictures)
    medians = race(contestants, len(pictures), args.rounds)
    found = ratios(medians)
    report(medians, found)
    result: dict[str, object] = {
        "machine": describe_machine(),
        "model": {"version": file.card.version, "sha256": file.sha256},
        "input_size_px": file.card.input_size_px,
        "pictures": len(pictures),
        "rounds": args.rounds,
        "ms_a_picture": {name: round(value, 2) for name, value in medians.items()},
        "ratios": [asdict(ratio) for ratio in found],
        "not_measured": missing(medians),
    }
    write_result(args.out, result)


def own_and_bare(file: OnnxFile, pictures: list[Pixels]) -> Iterator[tuple[str, Contestant]]:
    """Each engine through `detect`, and its bare call on prepared inputs."""
    blobs = prepared(pictures, file.card.input_size_px)
    settings: list[tuple[EngineName, Precision]] = [("openvino", "f32"), ("onnxruntime", "f32")]
    if openvino_engine.bf16_offered():
        settings.insert(0, ("openvino", "bf16"))
    for engine, precision in settings:
        model = load_model(file.path, engine=engine, precision=precision)
        bare = bare_openvino(file, blobs, model) if engine == "openvino" else bare_ort(file)
        yield f"{engine} {precision} detect", detecting(model, pictures)
        yield f"{engine} {precision} bare", calling(bare, blobs, model.streams)


def detecting(model: Model, pictures: list[Pixels]) -> Contestant:
    """Our `detect`, from pictures to detections."""
    return lambda: model.detect(pictures, CONFIDENCE)


def calling(infer: Infer, blobs: list[Blob], streams: int) -> Contestant:
    """The bare calls of an engine, as many at once as `detect` makes."""
    threads = ThreadPoolExecutor(streams)
    return lambda: list(threads.map(infer, blobs))


def prepared(pictures: list[Pixels], input_size_px: int) -> list[Blob]:
    """(1, 3, h, w) float32 RGB 0..1, in the shapes that `detect` uses."""
    easel, blobs = Easel(), []
    for bgr in pictures:
        size = Size(bgr.shape[1], bgr.shape[0])
        box = Letterbox.fit(size, canvas_for(size, input_size_px))
        canvas = easel.draw(Picture.from_bgr(bgr), box)
        planar = canvas[..., ::-1].transpose(2, 0, 1)[np.newaxis]
        blobs.append(np.ascontiguousarray(planar, dtype=np.float32) / np.float32(255))
    return blobs


def bare_openvino(file: OnnxFile, blobs: list[Blob], model: Model) -> Infer:
    """OpenVINO's own call with the settings of the engine, one graph for each shape."""
    import openvino

    core = openvino.Core()
    settings = openvino_engine.settings(model.precision, model.streams)
    idle: dict[tuple[int, ...], list[InferRequest]] = {}
    for shape in {blob.shape for blob in blobs}:
        graph = core.read_model(file.content)
        graph.reshape(list(shape))
        compiled = core.compile_model(graph, "CPU", settings)
        idle[shape] = [compiled.create_infer_request() for _ in range(model.streams)]

    def infer(blob: Blob) -> None:
        request = idle[blob.shape].pop()
        request.infer([blob], share_inputs=True, share_outputs=True)
        idle[blob.shape].append(request)

    return infer


def bare_ort(file: OnnxFile) -> Infer:
    """ONNX Runtime's own call, one thread a call."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        file.content, options, providers=["CPUExecutionProvider"]
    )
    name = session.get_inputs()[0].name
    return lambda blob: session.run(None, {name: blob})


def ultralytics(file: OnnxFile, pictures: list[Pixels]) -> Contestant:
    """Ultralytics' own `predict` on the same file, picture by picture."""
    os.environ.setdefault("YOLO_AUTOINSTALL", "False")
    os.environ.setdefault("YOLO_OFFLINE", "True")
    from ultralytics import YOLO

    yolo = YOLO(str(file.path), task="detect")

    def predict() -> None:
        for bgr in pictures:
            yolo.predict(
                bgr,
                imgsz=file.card.input_size_px,
                conf=CONFIDENCE,
                iou=file.card.nms_iou,
                device="cpu",
                verbose=False,
            )

    return predict


def race(contestants: dict[str, Contestant], pictures: int, rounds: int) -> dict[str, float]:
    """Median milliseconds a picture of each, after one round that does not count."""
    names = list(contestants)
    taken_ms: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(-1, rounds):
        for place in range(len(names)):
            name = names[(place + turn) % len(names)]
            started = perf_counter()
            contestants[name]()
            if turn >= 0:
                taken_ms[name].append((perf_counter() - started) / pictures * 1000)
    return {name: median(times) for name, times in taken_ms.items()}


def ratios(medians: dict[str, float]) -> list[Ratio]:
    """The figures that have a goal."""
    found = []
    for name in [name for name in medians if name.endswith(" detect")]:
        setting = name.removesuffix(" detect")
        value = medians[name] / medians[f"{setting} bare"]
        met = value <= OVERHEAD_GOAL
        found.append(
            Ratio(f"{setting}: detect / bare", round(value, 3), f"<= {OVERHEAD_GOAL}", met)
        )
    theirs = medians.get("ultralytics predict")
    for name in [name for name in medians if name.endswith(" detect") and theirs]:
        goal = SPEED_GOALS["bf16" if " bf16 " in name else "f32"]
        value = (theirs or 0.0) / medians[name]
        found.append(
            Ratio(f"ultralytics predict / {name}", round(value, 3), f">= {goal}", value >= goal)
        )
    return found


def report(medians: dict[str, float], found: list[Ratio]) -> None:
    """The table on the terminal."""
    for name, value_ms in medians.items():
        print(f"{name:<28} {value_ms:8.1f} ms a picture")
    for ratio in found:
        print(
            f"{ratio.what:<50} {ratio.value:6.2f}  {ratio.goal}  {'' if ratio.met else 'NOT MET'}"
        )
    for line in missing(medians):
        print(line)


def missing(medians: dict[str, float]) -> list[str]:
    """What could not be measured here, and why."""
    lines = []
    if "openvino bf16 detect" not in medians:
        lines.append("bf16 not measured: this processor does not compute in bf16")
    if "ultralytics predict" not in medians:
        lines.append("Ultralytics not measured: run with .venv-train/bin/python (make train-env)")
    return lines


if __name__ == "__main__":
    main()
