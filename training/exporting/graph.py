"""From a `.pt` to an ONNX graph: the raw one-to-many head, for one picture of any size.

(1, 3, height, width), RGB 0..1, height and width multiples of 32, to (1, 4 + classes, N): centre
x, centre y, width, height in input pixels, then a raw score 0..1 for each class. No end-to-end
head, no non-maximum suppression.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from detector.files import write_bytes
from detector.model.card import METADATA_KEY
from detector.taxonomy import TAXONOMY
from training.errors import DataError
from training.release import Release
from training.ultra import load_yolo

if TYPE_CHECKING:
    from onnx import ModelProto

OPSET = 18
# Longer side in pixels at which runs are measured, that of the release.
MEASURED_PX = 512
MAX_BYTES = 12 * 1024 * 1024
# Ultralytics' metadata that would make two exports of the same weights differ.
PASSING = ("date",)


def onnx_graph(weights: Path, input_size: int, names: Sequence[str]) -> ModelProto:
    """The simplified graph with Ultralytics' own metadata.

    DataError where the weights know other classes than `names`, or the graph has another shape.
    """
    import onnx
    import onnxslim

    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "model.pt"
        shutil.copyfile(weights, copy)
        yolo = load_yolo(copy)
        known = tuple(yolo.names[index] for index in sorted(yolo.names))
        if known != tuple(names):
            raise DataError(
                f"{weights} knows the classes {', '.join(known)}, not those of the taxonomy: "
                "train it on a dataset of `streetwarden data build`"
            )
        raw = yolo.export(
            format="onnx",
            imgsz=input_size,
            dynamic=True,
            simplify=False,
            opset=OPSET,
            device="cpu",
        )
        model = onnx.load(raw)
    _fix_batch(model)
    metadata = {it.key: it.value for it in model.metadata_props if it.key not in PASSING}
    slim: ModelProto = onnxslim.slim(model)
    # A megabyte of formulas for shapes, in another order each time; engines work shapes out alone.
    del slim.graph.value_info[:]
    onnx.helper.set_model_props(slim, metadata)
    check_shape(slim, len(names))
    return slim


def file_content(graph: ModelProto, release: Release) -> bytes:
    """The ONNX file of a release; DataError where it is more than 12 MB."""
    import onnx

    metadata = {entry.key: entry.value for entry in graph.metadata_props}
    onnx.helper.set_model_props(graph, metadata | {METADATA_KEY: release.to_json()})
    onnx.checker.check_model(graph)
    content: bytes = graph.SerializeToString(deterministic=True)
    if len(content) > MAX_BYTES:
        raise DataError(
            f"the ONNX file would have {len(content)} bytes, more than {MAX_BYTES}: "
            "train a smaller network"
        )
    return content


def _fix_batch(model: ModelProto) -> None:
    """One picture at a time: height and width stay free."""
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.shape.dim[0].dim_value = 1
    del model.graph.value_info[:]


def check_shape(model: ModelProto, classes: int) -> None:
    """DataError where the graph is not what this module's text says."""
    picture, boxes = model.graph.input[0], model.graph.output[0]
    in_dims = picture.type.tensor_type.shape.dim
    out_dims = boxes.type.tensor_type.shape.dim
    if in_dims[0].dim_value != 1 or in_dims[2].dim_value or in_dims[3].dim_value:
        raise DataError("the exported input is not (1, 3, height, width) with free sides")
    if len(out_dims) != 3 or out_dims[1].dim_value != 4 + classes or out_dims[2].dim_value:
        raise DataError(
            f"the exported output is not (1, {4 + classes}, N): was the end-to-end head exported?"
        )


def main(weights: Path, out: Path) -> None:
    """Writes a graph that says nothing of a release, to measure a run with."""
    graph = onnx_graph(weights, MEASURED_PX, TAXONOMY.class_names)
    write_bytes(out, [graph.SerializeToString()])


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
