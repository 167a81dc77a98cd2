from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from detector.looks import Pixels, Planes
from detector.model import RELEASED_MODEL
from detector.taxonomy import TAXONOMY

SHARED = Path(__file__).parents[2].parent / "shared"
MakeModel = Callable[..., Path]


@pytest.fixture
def release() -> Callable[..., dict[str, str]]:
    """Metadata with a released model's own entry, with changes."""
    return _release


def _release(**changes: object) -> dict[str, str]:
    entry = {
        "schema": 1,
        "version": "1.2.3",
        "names": list(TAXONOMY.class_names),
        "input_size": 128,
        "thresholds": dict.fromkeys(TAXONOMY.class_names, 0.3),
        "nms_iou": 0.6,
        "precision": {"default": "f32"},
    }
    return {"streetwarden": json.dumps(entry | changes)}


@pytest.fixture
def make_model(tmp_path: Path) -> MakeModel:
    """Writes a tiny network: every cell of 32 px is a box of 40 x 20 px at (64, 48) on the canvas;
    its scores are the cell's mean red for car, mean blue for person.
    """
    onnx = pytest.importorskip("onnx", reason="the tiny models need the onnx package")

    def make(
        metadata: Mapping[str, str] | None = None,
        channels: int = 15,
        height: object = "height",
        width: object = "width",
        external: bool = False,
        name: str = "tiny.onnx",
    ) -> Path:
        if metadata is None:
            metadata = _release()
        model = _graph(onnx, channels, height, width)
        onnx.helper.set_model_props(model, dict(metadata))
        path = tmp_path / name
        if external:
            onnx.save(model, str(path), save_as_external_data=True, size_threshold=0)
        else:
            path.write_bytes(model.SerializeToString())
        return path

    return make


def _graph(onnx, channels, height, width):  # type: ignore[no-untyped-def]
    helper, numpy_helper = onnx.helper, onnx.numpy_helper
    weights = np.zeros((channels, 3, 32, 32), np.float32)
    weights[4 + 3, 0] = weights[4 + 0, 2] = 1 / 32**2
    bias = np.zeros(channels, np.float32)
    bias[:4] = 64, 48, 40, 20
    nodes = [
        helper.make_node("Conv", ["images", "weights", "bias"], ["cells"], strides=[32, 32]),
        helper.make_node("Reshape", ["cells", "shape"], ["output0"]),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("images", 1, [1, 3, height, width])],
        [helper.make_tensor_value_info("output0", 1, [1, channels, "anchors"])],
        [
            numpy_helper.from_array(weights, "weights"),
            numpy_helper.from_array(bias, "bias"),
            numpy_helper.from_array(np.array([1, channels, -1]), "shape"),
        ],
    )
    opset = helper.make_opsetid("", 18)
    return helper.make_model(graph, opset_imports=[opset], ir_version=9)


@pytest.fixture(scope="session")
def street_pictures() -> list[Pixels]:
    """Real street pictures of several shapes, BGR."""
    files = sorted((SHARED / "data" / "garbage" / "images").glob("*.avif"))[::400]
    if not files:
        pytest.skip("the shared material is not beside the checkout")
    pictures = [cv2.imread(str(file)) for file in files]
    return [np.asarray(picture, dtype=np.uint8) for picture in pictures if picture is not None]


@pytest.fixture(scope="session")
def released_model() -> Path:
    if not RELEASED_MODEL.is_file():
        pytest.skip(f"no released model at {RELEASED_MODEL}")
    return RELEASED_MODEL


@pytest.fixture
def as_planes() -> Callable[[Pixels], Planes]:
    """Makes the planes of a BGR picture, cut to even sides."""
    return _planes


def _planes(bgr: Pixels) -> Planes:
    height, width = (side // 2 * 2 for side in bgr.shape[:2])
    packed = cv2.cvtColor(bgr[:height, :width], cv2.COLOR_BGR2YUV_I420).reshape(-1)
    luma, chroma = height * width, (height // 2, width // 2)
    parts: list[NDArray[np.uint8]] = [
        np.asarray(part, dtype=np.uint8)
        for part in (packed[:luma], packed[luma : luma * 5 // 4], packed[luma * 5 // 4 :])
    ]
    return Planes(
        parts[0].reshape(height, width), parts[1].reshape(chroma), parts[2].reshape(chroma)
    )
