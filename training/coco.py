"""COCO's average precision, through faster-coco-eval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from detector.looks import Boxes
from training.errors import DataError

__all__ = ["IOUS", "MAX_BOXES_A_PICTURE", "Boxes", "ClassScore", "require", "score"]

MAX_BOXES_A_PICTURE = 100
# The overlaps of COCO's average precision.
IOUS = tuple(float(iou) for iou in np.linspace(0.5, 0.95, 10))
# Wider than any picture.
_ANY_WIDTH_PX = 1e10


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


def require() -> None:
    """DataError where faster-coco-eval is not installed; asked before long work."""
    if find_spec("faster_coco_eval") is None:
        raise DataError("measuring needs faster-coco-eval: install the `train` extra")


def score(
    truth: Sequence[Boxes],
    found: Sequence[Boxes],
    classes: Sequence[int],
    iou: float | None = None,
    min_width_px: float = 0.0,
) -> dict[int, ClassScore]:
    """Scores by class id; classes without a label that counts are left out.

    With `iou` the only threshold is that one and `ap50` is the precision there. Labels narrower
    than `min_width_px` are ignored, with the boxes found on them and unmatched boxes as narrow.
    """
    from faster_coco_eval import COCO, COCOeval_faster

    counted = {c: _count(truth, c, min_width_px) for c in classes}
    present = sorted(c for c, labels in counted.items() if labels)
    if not present:
        return {}
    truth_api = COCO(_dataset(truth, present))
    rows = _rows(found, present)
    if not rows:
        return {c: ClassScore(counted[c], 0.0, None if iou else 0.0) for c in present}
    found_api = truth_api.loadRes(rows)
    for row in found_api.dataset["annotations"]:
        row["area"] = row["bbox"][2]
    run = COCOeval_faster(truth_api, found_api, iouType="bbox")
    run.params.catIds = present
    # COCO's range of areas, read here as a range of widths.
    run.params.areaRng = [[min_width_px, _ANY_WIDTH_PX]]
    run.params.areaRngLbl = ["all"]
    run.params.iouThrs = np.array(IOUS if iou is None else [iou])
    run.evaluate()
    run.accumulate()
    # (T, R, K, A, M): IoU, recall steps, classes, areas (0 is all), most boxes (last is 100)
    precision = run.eval["precision"][:, :, :, 0, -1]
    return {
        c: ClassScore(
            counted[c], _mean(precision[0, :, k]), None if iou else _mean(precision[:, :, k])
        )
        for k, c in enumerate(present)
    }


def _mean(precision: NDArray[np.float64]) -> float:
    valid = precision[precision > -1]
    return float(valid.mean()) if valid.size else 0.0


def _count(truth: Sequence[Boxes], class_id: int, min_width_px: float) -> int:
    return sum(row["bbox"][2] >= min_width_px for row in _rows(truth, [class_id]))


def _dataset(truth: Sequence[Boxes], classes: Sequence[int]) -> dict[str, object]:
    annotations = [
        {**row, "id": number, "area": row["bbox"][2], "iscrowd": 0}
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
