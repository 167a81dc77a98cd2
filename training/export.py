"""From a `.pt` to the released ONNX file.

    python -m training.export WEIGHTS.pt OUT.onnx --card card.yaml

The graph is the raw one-to-many head, (1, 4 + classes, N) in input pixels xywh, for one picture of
any height and width in multiples of 32. The card (YAML) holds what the file says about itself, see
release.py.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from detector.taxonomy import TAXONOMY
from training.release import METADATA_KEY, Release, Trained, sha256_of
from training.ultra import load_yolo

if TYPE_CHECKING:
    from onnx import ModelProto

OPSET = 18
MAX_BYTES = 12 * 1024 * 1024


class ExportError(RuntimeError):
    """The exported file is not what a release must be."""


def release_from_card(card: Path, weights: Path) -> Release:
    """The release entry of a card file, completed with names and the digest of the weights."""
    data = yaml.safe_load(card.read_text(encoding="utf-8"))
    data["names"] = TAXONOMY.class_names
    data["trained"] = Trained(**data["trained"], pt_sha256=sha256_of(weights))
    return Release.model_validate(data)


def export(weights: Path, out: Path, release: Release) -> None:
    """Writes the ONNX file. ExportError where its shape, names or size are wrong."""
    import onnx
    import onnxslim

    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "model.pt"
        shutil.copyfile(weights, copy)
        yolo = load_yolo(copy)
        if tuple(yolo.names[i] for i in range(len(yolo.names))) != release.names:
            raise ExportError(f"{weights} has classes {yolo.names}, not those of the taxonomy")
        raw = yolo.export(
            format="onnx",
            imgsz=release.input_size,
            dynamic=True,
            simplify=False,
            opset=OPSET,
            device="cpu",
        )
        model = onnx.load(raw)
    _fix_batch(model)
    slim = onnxslim.slim(model)
    metadata = {entry.key: entry.value for entry in model.metadata_props} | {
        METADATA_KEY: release.to_json()
    }
    onnx.helper.set_model_props(slim, metadata)
    _check(slim, len(release.names))
    onnx.checker.check_model(slim)
    out.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(slim, str(out))
    if out.stat().st_size > MAX_BYTES:
        raise ExportError(f"{out} has {out.stat().st_size} bytes, more than {MAX_BYTES}")


def _fix_batch(model: ModelProto) -> None:
    """One picture at a time: height and width stay free."""
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.shape.dim[0].dim_value = 1
    del model.graph.value_info[:]


def _check(model: ModelProto, classes: int) -> None:
    picture, boxes = model.graph.input[0], model.graph.output[0]
    in_dims = picture.type.tensor_type.shape.dim
    out_dims = boxes.type.tensor_type.shape.dim
    if in_dims[0].dim_value != 1 or in_dims[2].dim_value or in_dims[3].dim_value:
        raise ExportError("the input is not (1, 3, height, width) with free height and width")
    if len(out_dims) != 3 or out_dims[1].dim_value not in (0, 4 + classes):
        raise ExportError(
            f"the output is not (1, {4 + classes}, N): was the end-to-end head exported?"
        )


def main(argv: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="training.export", description="write the released ONNX file"
    )
    parser.add_argument("weights", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument(
        "--card", type=Path, required=True, help="YAML: version, input_size, thresholds, ..."
    )
    args = parser.parse_args(argv)
    export(args.weights, args.out, release_from_card(args.card, args.weights))
    print(f"{args.out}: {args.out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
