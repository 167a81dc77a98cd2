"""COCO's average precision, through faster-coco-eval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

MAX_BOXES_A_PICTURE = 100


@dataclass(frozen=True)
class Boxes:
    """Boxes of one picture: xyxy (N, 4) pixels, class_id (N,), confidence (N,), 1 for labels."""

    xyxy: NDArray[np.float32]
    class_id: NDArray[np.int64]
    confidence: NDArray[np.float32]


@dataclass(frozen=True)
class ClassScore:
    """Average precision of a class, 0..1; `ap` over IoU 0.50 to 0.95, None where one was asked."""

    labels: int
    ap50: float
    ap: float | None


class _Row(TypedDict):
    """A box as COCO writes it: left, top, width, height in pixels."""

    image_id: int
    category_id: int
    bbox: list[float]
    score: float


def score(
    truth: Sequence[Boxes], found: Sequence[Boxes], classes: Sequence[int], iou: float | None = None
) -> dict[int, ClassScore]:
    """Scores by class id; classes without a label are left out.

    With `iou` the only threshold is that one and `ap50` is the precision there.
    """
    from faster_coco_eval import COCO, COCOeval_faster

    present = [c for c in classes if any((boxes.class_id == c).any() for boxes in truth)]
    if not present:
        return {}
    truth_api = COCO(_dataset(truth, present))
    rows = _rows(found, present)
    if not rows:
        return {c: ClassScore(_count(truth, c), 0.0, None if iou else 0.0) for c in present}
    run = COCOeval_faster(truth_api, truth_api.loadRes(rows), iouType="bbox")
    run.params.catIds = present
    if iou is not None:
        run.params.iouThrs = np.array([iou])
    run.evaluate()
    run.accumulate()
    # (T, R, K, A, M): IoU, recall steps, classes, areas (0 is all), most boxes (last is 100)
    precision = run.eval["precision"][:, :, :, 0, -1]
    return {
        c: ClassScore(
            _count(truth, c), _mean(precision[0, :, k]), None if iou else _mean(precision[:, :, k])
        )
        for k, c in enumerate(present)
    }


def _mean(precision: NDArray[np.float64]) -> float:
    valid = precision[precision > -1]
    return float(valid.mean()) if valid.size else 0.0


def _count(truth: Sequence[Boxes], class_id: int) -> int:
    return sum(int((boxes.class_id == class_id).sum()) for boxes in truth)


def _dataset(truth: Sequence[Boxes], classes: Sequence[int]) -> dict[str, object]:
    annotations = [
        {**row, "id": number, "area": row["bbox"][2] * row["bbox"][3], "iscrowd": 0}
        for number, row in enumerate(_rows(truth, classes), start=1)
    ]
    return {
        "images": [{"id": number} for number in range(1, len(truth) + 1)],
        "annotations": annotations,
        "categories": [{"id": c, "name": str(c)} for c in classes],
    }


def _rows(pictures: Sequence[Boxes], classes: Sequence[int]) -> list[_Row]:
    rows: list[_Row] = []
    for number, boxes in enumerate(pictures, start=1):
        wanted = np.flatnonzero(np.isin(boxes.class_id, classes))
        for k in wanted[np.argsort(-boxes.confidence[wanted], kind="stable")]:
            left, top, right, bottom = (float(edge) for edge in boxes.xyxy[k])
            rows.append(
                _Row(
                    image_id=number,
                    category_id=int(boxes.class_id[k]),
                    bbox=[left, top, right - left, bottom - top],
                    score=float(boxes.confidence[k]),
                )
            )
    return rows
