"""What a model loses in bfloat16: average precision on the garbage val split, f32 beside bf16.

    python -m training.precision MODEL.onnx --data DATA [--input-size 512]

On a processor without bfloat16 OpenVINO imitates it by rounding: slower, with the same loss.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

from detector.model.engines.base import Precision
from detector.model.engines.openvino import OpenVinoEngine, bf16_offered
from detector.model.model import Model, Source
from detector.model.onnx_file import read_onnx
from training import coco
from training.evaluate import detect_files, known_boxes
from training.truth import check_sets

STREAMS = 2


def load(path: Path, precision: Precision, input_size: int | None) -> Model:
    """A model that computes in `precision` even where the processor has to imitate it."""
    onnx = read_onnx(path)
    source = Source(
        onnx.path, onnx.sha256, onnx.card, input_size or onnx.card.input_size_px, onnx.fixed
    )
    return Model(source, OpenVinoEngine(onnx.content, precision, STREAMS))


def measure(
    path: Path, precision: Precision, data: Path, input_size: int | None
) -> tuple[float, float]:
    """Mean AP50 and mean AP over the garbage classes, 0..1."""
    check = next(iter(check_sets(data)))
    found = detect_files(
        load(path, precision, input_size), [truth.sample.picture for truth in check.truths]
    )
    scores = coco.score(known_boxes(check), found, check.classes)
    return fmean(s.ap50 for s in scores.values()), fmean(s.ap or 0.0 for s in scores.values())


def main(argv: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="training.precision", description="f32 beside bf16")
    parser.add_argument("model", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds the sources")
    parser.add_argument("--input-size", type=int)
    args = parser.parse_args(argv)
    print("bf16 by the processor" if bf16_offered() else "bf16 imitated by rounding")
    choices: tuple[Precision, ...] = ("f32", "bf16")
    for precision in choices:
        ap50, ap = measure(args.model, precision, args.data, args.input_size)
        print(f"{precision:<5} AP50 {ap50:.4f}  AP {ap:.4f}")


if __name__ == "__main__":
    main()
