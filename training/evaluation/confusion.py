"""Which class was found on which label."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detector.geometry.boxes import iou_matrix
from training.evaluation.matching import NONE, assigned, void_of
from training.evaluation.result import Confusion
from training.evaluation.scene import Scene
from training.evaluation.target import Target

# The weak border of the domain: the same bin, with its lid shut or its load sticking out.
BIN_AND_OVERFLOW = ("garbage_bin", "garbage_overflow")


def confusion(scenes: Sequence[Scene], targets: Sequence[Target]) -> Confusion | None:
    """Labels by what they were found as, over bins and overflowing bins where both are judged.

    The most confident released box on a label names it, whatever its class; of boxes that find no
    free label the second on one thing counts as found where nothing is labelled.
    """
    ids = [target.id for target in targets if target.name in BIN_AND_OVERFLOW]
    if len(ids) < len(BIN_AND_OVERFLOW):
        return None
    counts = np.zeros((len(ids) + 1, len(ids) + 1), dtype=np.int64)
    for scene in scenes:
        _add(counts, scene, ids)
    rows = tuple(tuple(int(cell) for cell in row) for row in counts)
    return Confusion(classes=BIN_AND_OVERFLOW, counts=rows)


def _add(counts: NDArray[np.int64], scene: Scene, ids: list[int]) -> None:
    place = {class_id: k for k, class_id in enumerate(ids)}
    labels = np.flatnonzero(np.isin(scene.truth.class_id, ids))
    boxes = np.flatnonzero(np.isin(scene.released.class_id, ids))
    counted = scene.counts[labels]
    overlaps = iou_matrix(scene.released.xyxy[boxes], scene.truth.xyxy[labels])
    taken = assigned(overlaps, counted, (scene.iou,))[0]
    void = void_of(taken, counted, scene.narrow[boxes])
    for box, label, leave_out in zip(boxes, taken, void, strict=True):
        if not leave_out:
            row = len(ids) if label == NONE else place[int(scene.truth.class_id[labels[label]])]
            counts[row, place[int(scene.released.class_id[box])]] += 1
    missed = np.setdiff1d(np.flatnonzero(counted), taken)
    for label in missed:
        counts[place[int(scene.truth.class_id[labels[label]])], len(ids)] += 1
