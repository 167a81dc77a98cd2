"""Which found box takes which label, by COCO's rules.

Found boxes choose in the order of their confidence: the label that they overlap most and that is
still free, one that counts before one that is only ignored. Boxes that took an ignored label are
void, and so are boxes narrower than what counts that took none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.geometry.boxes import iou_matrix
from detector.looks import Boxes
from training.coco import IOUS, MAX_BOXES_A_PICTURE

NONE = -1
# COCO's guard against overlaps of one that rounding makes a little less.
LARGEST_IOU = 1 - 1e-10


@dataclass(frozen=True, slots=True)
class Matched:
    """One class over p pictures: its n found boxes by falling confidence, at t overlaps.

    `confidence` (n,), `picture` (n,) index of the picture, `hit` and `void` (t, n), `labels` (p,)
    how many labels of each picture count.
    """

    confidence: NDArray[np.float32]
    picture: NDArray[np.int64]
    hit: NDArray[np.bool_]
    void: NDArray[np.bool_]
    labels: NDArray[np.int64]


def widths(boxes: Boxes) -> NDArray[np.float64]:
    """Widths (n,) in pixels."""
    xyxy = boxes.xyxy.astype(np.float64)
    return np.asarray(xyxy[:, 2] - xyxy[:, 0])


def assigned(
    overlaps: NDArray[np.float64], counts: NDArray[np.bool_], ious: Sequence[float]
) -> NDArray[np.int64]:
    """The label (t, n) that each found box takes at each of t overlaps, -1 for none.

    `overlaps` (n, m) of found boxes, strongest first, with labels; `counts` (m,) says which labels
    are more than ignored.
    """
    least = np.minimum(np.asarray(ious), LARGEST_IOU)[:, None]
    found, labels = overlaps.shape
    taken = np.full((len(least), found), NONE, dtype=np.int64)
    if not labels:
        return taken
    free = np.ones((len(least), labels), dtype=bool)
    for k in np.flatnonzero(overlaps.max(axis=1) >= least.min()):
        open_ = free & (overlaps[k] >= least)
        first = open_ & counts
        choice = np.where(first.any(axis=1)[:, None], first, open_)
        # Of equal overlaps COCO takes the last.
        best = labels - 1 - np.where(choice, overlaps[k], -1.0)[:, ::-1].argmax(axis=1)
        took = np.flatnonzero(choice.any(axis=1))
        taken[took, k] = best[took]
        free[took, best[took]] = False
    return taken


def void_of(
    taken: NDArray[np.int64], counts: NDArray[np.bool_], narrow: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Which found boxes, of any shape ending in (n,), are neither right nor false."""
    ignored = np.append(~counts, False)[taken]
    return np.asarray(ignored | ((taken == NONE) & narrow), dtype=np.bool_)


def match(
    truth: Sequence[Boxes],
    found: Sequence[Boxes],
    class_id: int,
    ious: Sequence[float] = IOUS,
    min_width_px: float = 0.0,
) -> Matched:
    """A class over all pictures, at most 100 found boxes in each, as COCO counts."""
    confidence, picture, hit, void, labels = [], [], [], [], []
    for index, (known, seen) in enumerate(zip(truth, found, strict=True)):
        known, seen = _only(known, class_id), _strongest(_only(seen, class_id))
        counts = widths(known) >= min_width_px
        taken = assigned(iou_matrix(seen.xyxy, known.xyxy), counts, ious)
        ignored = void_of(taken, counts, widths(seen) < min_width_px)
        confidence.append(seen.confidence)
        picture.append(np.full(len(seen), index, dtype=np.int64))
        void.append(ignored)
        hit.append((taken != NONE) & ~ignored)
        labels.append(int(counts.sum()))
    scores = np.concatenate(confidence)
    order = np.argsort(-scores, kind="stable")
    return Matched(
        scores[order],
        np.concatenate(picture)[order],
        np.concatenate(hit, axis=1)[:, order],
        np.concatenate(void, axis=1)[:, order],
        np.array(labels, dtype=np.int64),
    )


def _only(boxes: Boxes, class_id: int) -> Boxes:
    return boxes.of_classes(frozenset((class_id,)))


def _strongest(boxes: Boxes) -> Boxes:
    best = np.argsort(-boxes.confidence, kind="stable")[:MAX_BOXES_A_PICTURE]
    return Boxes(boxes.xyxy[best], boxes.class_id[best], boxes.confidence[best])
