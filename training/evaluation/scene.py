"""A picture with what is labelled and what was found, and which of it belongs together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector.geometry.boxes import iou_matrix
from detector.looks import Boxes, Size
from detector.taxonomy import TAXONOMY
from training.evaluation.look import Seen
from training.evaluation.matching import NONE, assigned, void_of, widths
from training.evaluation.target import Target, as_targets
from training.labels import LabelBox


@dataclass(frozen=True)
class Scene:
    """One picture; class ids are those of the targets, boxes in pixels of the full picture.

    `found` is everything down to the least confidence, `released` what the released thresholds
    let out; `counts` (m,) says which of the labels `truth` are wide enough to count. `set_name` is
    the set that the picture belongs to.
    """

    set_name: str
    picture: Path
    size: Size
    truth: Boxes
    counts: NDArray[np.bool_]
    found: Boxes
    released: Boxes
    iou: float
    min_width_px: float

    @cached_property
    def label_of(self) -> NDArray[np.int64]:
        """The label (n,) that each released box takes, -1 for none."""
        taken = np.full(len(self.released), NONE, dtype=np.int64)
        for class_id in np.unique(self.released.class_id):
            mine = np.flatnonzero(self.released.class_id == class_id)
            labels = np.flatnonzero(self.truth.class_id == class_id)
            overlaps = iou_matrix(self.released.xyxy[mine], self.truth.xyxy[labels])
            local = assigned(overlaps, self.counts[labels], (self.iou,))[0]
            taken[mine] = np.append(labels, NONE)[local]
        return taken

    @cached_property
    def void(self) -> NDArray[np.bool_]:
        """Which released boxes (n,) are neither right nor false."""
        return void_of(self.label_of, self.counts, self.narrow)

    @cached_property
    def narrow(self) -> NDArray[np.bool_]:
        """Which released boxes (n,) are narrower than what counts."""
        return widths(self.released) < self.min_width_px

    @cached_property
    def hit(self) -> NDArray[np.bool_]:
        """Which released boxes (n,) are right."""
        return np.asarray((self.label_of != NONE) & ~self.void, dtype=np.bool_)

    @cached_property
    def false(self) -> NDArray[np.bool_]:
        """Which released boxes (n,) are false."""
        return np.asarray((self.label_of == NONE) & ~self.void, dtype=np.bool_)

    @cached_property
    def missed(self) -> NDArray[np.bool_]:
        """Which labels (m,) count and were not found."""
        return np.asarray(self.counts & ~self.recalled, dtype=np.bool_)

    @cached_property
    def recalled(self) -> NDArray[np.bool_]:
        """Which labels (m,) were found."""
        found = np.zeros(len(self.truth), dtype=bool)
        found[self.label_of[self.hit]] = True
        return found


def scene_of(
    seen: Seen,
    labels: Sequence[LabelBox],
    targets: Sequence[Target],
    thresholds: dict[str, float],
    *,
    set_name: str,
    iou: float,
    min_width_px: float,
) -> Scene:
    """A scene from boxes in classes of the taxonomy; `thresholds` are by class name."""
    truth = as_targets(in_pixels(labels, seen.size), targets, once=False)
    return Scene(
        set_name=set_name,
        picture=seen.picture,
        size=seen.size,
        truth=truth,
        counts=np.asarray(widths(truth) >= min_width_px, dtype=np.bool_),
        found=as_targets(seen.found, targets, once=True),
        released=as_targets(released(seen.found, thresholds), targets, once=True),
        iou=iou,
        min_width_px=min_width_px,
    )


def in_pixels(labels: Sequence[LabelBox], size: Size) -> Boxes:
    """Labels as boxes in pixels, with confidence 1."""
    width, height = size
    rows = []
    for label in labels:
        left, top, right, bottom = label.xyxy()
        rows.append(
            (left * width, top * height, right * width, bottom * height, label.class_id, 1.0)
        )
    return Boxes.of(rows)


def released(boxes: Boxes, thresholds: dict[str, float]) -> Boxes:
    """The boxes that reach the threshold of their class; a class without one never does."""
    least = np.array(
        [thresholds.get(name, np.inf) for name in TAXONOMY.class_names], dtype=np.float32
    )
    keep = boxes.confidence >= least[boxes.class_id]
    return Boxes(boxes.xyxy[keep], boxes.class_id[keep], boxes.confidence[keep])


@dataclass(frozen=True)
class SceneSet:
    """Pictures that were gathered together, and how often each is drawn.

    `weights` (b, p) go with the p scenes: see bootstrap.py.
    """

    name: str
    scenes: tuple[Scene, ...]
    weights: NDArray[np.float64]
