"""Why a label was missed and a box was false: the nearest explanation in the picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.geometry.boxes import iou_matrix
from detector.looks import Boxes
from training.evaluation.scene import Scene

# A box that overlaps less than this is about something else (as in TIDE, Bolya et al. 2020).
TOUCHING_IOU = 0.1
# What is found with less confidence than this is noise.
LEAST_CONFIDENCE = 0.05
MISSES = ("other_class", "unsure", "loose", "unseen")
FALSE = ("double", "other_class", "loose", "background")


@dataclass(frozen=True, slots=True)
class Cause:
    """One of the causes; `class_id` and `confidence` of the box or label that explains it."""

    name: str
    class_id: int | None = None
    confidence: float | None = None


def why_missed(scene: Scene, label: int) -> Cause:
    """Found as another class, found below the threshold, found loosely, or not seen at all."""
    box, class_id = scene.truth.xyxy[label : label + 1], scene.truth.class_id[label]
    out = _Near.of(box, scene.released, scene.iou)
    if (k := out.best(out.enough & (scene.released.class_id != class_id))) is not None:
        return _cause("other_class", scene.released, k)
    low = _Near.of(box, scene.found, scene.iou)
    own = (scene.found.class_id == class_id) & (scene.found.confidence >= LEAST_CONFIDENCE)
    if (k := low.best(low.enough & own)) is not None:
        return _cause("unsure", scene.found, k)
    if (k := out.best(out.touching & (scene.released.class_id == class_id))) is not None:
        return _cause("loose", scene.released, k)
    return Cause("unseen")


def why_false(scene: Scene, box: int) -> Cause:
    """A second box on a label, on a label of another class, loosely on a label, or on nothing."""
    class_id = scene.released.class_id[box]
    near = _Near.of(scene.released.xyxy[box : box + 1], scene.truth, scene.iou)
    own = scene.truth.class_id == class_id
    if near.best(near.enough & own) is not None:
        return Cause("double")
    if (k := near.best(near.enough & ~own)) is not None:
        return Cause("other_class", int(scene.truth.class_id[k]))
    if near.best(near.touching & own) is not None:
        return Cause("loose")
    return Cause("background")


@dataclass(frozen=True, slots=True)
class _Near:
    """Overlaps (n,) of one box with others."""

    overlaps: NDArray[np.float64]
    enough: NDArray[np.bool_]
    touching: NDArray[np.bool_]

    @classmethod
    def of(cls, box: NDArray[np.float32], others: Boxes, iou: float) -> _Near:
        overlaps = iou_matrix(box, others.xyxy)[0]
        return cls(overlaps, overlaps >= iou, overlaps >= TOUCHING_IOU)

    def best(self, among: NDArray[np.bool_]) -> int | None:
        """The one of `among` that overlaps most."""
        return int(np.where(among, self.overlaps, -1.0).argmax()) if among.any() else None


def _cause(name: str, boxes: Boxes, k: int) -> Cause:
    return Cause(name, int(boxes.class_id[k]), float(boxes.confidence[k]))
