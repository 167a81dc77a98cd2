"""A model file, read once and checked before any engine sees it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from detector.errors import ModelError
from detector.looks import Size
from detector.model.card import Card, card_from_metadata
from detector.model.external import refers_to_files
from detector.model.letterbox import STRIDE_PX

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

# The released network has 10 MB; much more is some other file.
MAX_BYTES = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class OnnxFile:
    """`content` is the file, `sha256` its hex digest; `fixed` is the network's input where it takes
    one size only, None where it takes any multiple of 32.
    """

    path: Path
    sha256: str
    card: Card
    fixed: Size | None
    content: bytes = field(repr=False)


def read_onnx(path: Path) -> OnnxFile:
    """Read and check a model. ModelError where it is missing, damaged, or not one of ours."""
    content = read_bytes(path)
    _check_whole(path, content)
    session = _session(path, content)
    card = card_from_metadata(session.get_modelmeta().custom_metadata_map, str(path))
    fixed = _input(path, session)
    _check_output(path, session, len(card.class_ids))
    return OnnxFile(path, hashlib.sha256(content).hexdigest(), card, fixed, content)


def read_bytes(path: Path) -> bytes:
    """The content of a model file. ModelError where it is unreadable, empty or far too large."""
    if not path.is_file():
        raise ModelError(f"there is no model file at {path}: check the path, or leave it out")
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as error:
        raise ModelError(
            f"{path} cannot be read ({error.strerror}): check its permissions"
        ) from error
    if size > MAX_BYTES:
        raise ModelError(f"{path} has {size >> 20} MiB, too much for a detector: check the path")
    if not content:
        raise ModelError(f"{path} is empty: download or export the model again")
    return content


def _check_whole(path: Path, content: bytes) -> None:
    try:
        outside = refers_to_files(content)
    except ValueError as error:
        raise ModelError(f"{path} is not a whole ONNX file ({error}): download it again") from error
    if outside:
        raise ModelError(
            f"{path} keeps weights in other files: export it as one file, without external data"
        )


def _session(path: Path, content: bytes) -> InferenceSession:
    """A session that is only asked about the model, so without optimising it."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    # ONNX Runtime has a dozen unrelated exception classes for a bad file.
    except Exception as error:
        raise ModelError(
            f"{path} is no ONNX model that can run ({_short(error)}): download it again, "
            "or export it with `streetwarden export`"
        ) from error


def _short(error: Exception) -> str:
    return str(error).strip().split("\n")[0][:160]


def _input(path: Path, session: InferenceSession) -> Size | None:
    inputs = session.get_inputs()
    shape = inputs[0].shape if len(inputs) == 1 else []
    one_picture = len(shape) == 4 and shape[0] in (1, "batch") and shape[1] == 3
    if not one_picture or inputs[0].type != "tensor(float)":
        raise ModelError(
            f"{path} does not take one picture (1, 3, height, width) float32: "
            "export it with `streetwarden export`"
        )
    height, width = shape[2:]
    fixed = [side for side in (width, height) if isinstance(side, int)]
    if not fixed:
        return None
    if len(fixed) == 2 and all(side > 0 and side % STRIDE_PX == 0 for side in fixed):
        return Size(*fixed)
    raise ModelError(
        f"{path} takes pictures of {width} x {height}: both must be free, or both a multiple of "
        f"{STRIDE_PX}; export it with `streetwarden export`"
    )


def _check_output(path: Path, session: InferenceSession, classes: int) -> None:
    outputs = session.get_outputs()
    shape = outputs[0].shape if len(outputs) == 1 else []
    if len(shape) != 3 or shape[1] != 4 + classes or outputs[0].type != "tensor(float)":
        found = " and ".join(str(output.shape) for output in outputs)
        raise ModelError(
            f"{path} answers with {found}, not (1, {4 + classes}, N) for {classes} classes: "
            "export the raw one-to-many head with `streetwarden export`"
        )
