"""Does the ONNX file answer as the trained weights do? Asked on real pictures, in f32."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector.geometry.boxes import iou_matrix
from detector.looks import Boxes, Picture
from detector.model.candidates import Sieve, boxes_from
from detector.model.card import Card
from detector.model.engines.base import Engine
from detector.model.engines.onnxruntime import OnnxRuntimeEngine
from detector.model.engines.ultralytics import UltralyticsEngine
from detector.model.letterbox import Easel, Letterbox, canvas_for
from training.errors import DataError
from training.pictures import read_picture

MIN_PICTURES, MAX_PICTURES = 8, 16
# Largest differences that summing in another order explains.
TOLERANCE_PX = 0.05
TOLERANCE_SCORE = 0.001
SAME_BOX_IOU = 0.99


@dataclass(frozen=True)
class Parity:
    """The largest differences on some pictures, in input pixels and in raw score 0..1; `boxes` is
    how many released boxes both found.
    """

    pictures: int
    px: float
    score: float
    boxes: int


def compare(weights: Path, onnx: bytes, card: Card, pictures: Sequence[Path]) -> Parity:
    """Both heads and their boxes on up to 16 of the pictures, spread over all.

    DataError where there are fewer than 8, or the two differ by more than 0.05 px, by more than
    0.001 in a score, or in a box.
    """
    if len(pictures) < MIN_PICTURES:
        raise DataError(
            f"{len(pictures)} pictures cannot show that the export is right: "
            f"give a folder with at least {MIN_PICTURES}"
        )
    spread = np.linspace(0, len(pictures) - 1, min(MAX_PICTURES, len(pictures))).astype(int)
    trained, exported = UltralyticsEngine(weights), OnnxRuntimeEngine(onnx, streams=1)
    px = score = 0.0
    boxes = 0
    for path in (pictures[index] for index in spread):
        box, canvas = _canvas(path, card.input_size_px)
        one, other = (_head(engine, canvas) for engine in (trained, exported))
        if one.shape != other.shape:
            raise DataError(f"the heads differ in shape: {one.shape} and {other.shape}")
        px = max(px, float(np.abs(one[:4] - other[:4]).max()))
        score = max(score, float(np.abs(one[4:] - other[4:]).max()))
        boxes += _same_boxes(one, other, box, Sieve.of(card), path)
    if not (px <= TOLERANCE_PX and score <= TOLERANCE_SCORE):
        raise DataError(
            f"the ONNX file differs from the weights by {px:.4f} px and {score:.5f} in a score, "
            f"more than {TOLERANCE_PX} and {TOLERANCE_SCORE}: it is not written"
        )
    return Parity(len(spread), px, score, boxes)


def _canvas(path: Path, input_size_px: int) -> tuple[Letterbox, NDArray[np.uint8]]:
    picture = Picture.from_bgr(read_picture(path))
    box = Letterbox.fit(picture.size, canvas_for(picture.size, input_size_px))
    return box, Easel().draw(picture, box)


def _head(engine: Engine, canvas: NDArray[np.uint8]) -> NDArray[np.float32]:
    return engine.infer(engine.blob(canvas))


def _same_boxes(
    one: NDArray[np.float32],
    other: NDArray[np.float32],
    letterbox: Letterbox,
    sieve: Sieve,
    path: Path,
) -> int:
    """How many boxes both heads give; DataError where a clear one of either lacks its like."""
    found, rival = (boxes_from(head, letterbox, sieve) for head in (one, other))
    for boxes, others in ((found, rival), (rival, found)):
        missing = _clear(boxes, sieve) & ~_has_like(boxes, others)
        if missing.any():
            raise DataError(
                f"the weights and the ONNX file find different boxes in {path}: it is not written"
            )
    return int(_has_like(found, rival).sum())


def _clear(boxes: Boxes, sieve: Sieve) -> NDArray[np.bool_]:
    """Which boxes (n,) are not so near to their threshold that rounding decides."""
    floors = dict(zip(sieve.class_ids.tolist(), sieve.floors.tolist(), strict=True))
    least = np.array([floors[c] for c in boxes.class_id.tolist()])
    return np.asarray(boxes.confidence >= least + 0.01, dtype=np.bool_)


def _has_like(boxes: Boxes, others: Boxes) -> NDArray[np.bool_]:
    """Which boxes (n,) have one of their class in the same place among the others."""
    same = boxes.class_id[:, None] == others.class_id[None]
    near = iou_matrix(boxes.xyxy, others.xyxy) >= SAME_BOX_IOU
    return np.asarray((same & near).any(axis=1), dtype=np.bool_)
