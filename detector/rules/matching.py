"""Which box of a look belongs to which place, and which boxes show one thing twice."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from detector.geometry.boxes import area, intersections, iou_matrix
from detector.looks import Boxes


class Reference(Enum):
    """What the box of a place is: where the thing first stood, of late, or just now."""

    SETTLED = auto()
    RECENT = auto()
    LATEST = auto()


@dataclass(frozen=True, slots=True)
class Matching:
    """When two boxes are the same thing, and how long a thing may go unseen.

    A place ends when it was seen empty in `patience_looks` looks over `patience_s` seconds; it is
    lost when nobody saw it for `longest_gap_s`, be it hidden or not looked at. In a view that
    moves (`Reference.LATEST`) the patience counts from the last look that saw the thing.
    """

    least_iou: float
    reference: Reference
    patience_looks: int = 3
    patience_s: float = 20.0
    longest_gap_s: float = 300.0

    @property
    def still(self) -> bool:
        """Whether places stay where they are in the picture."""
        return self.reference is not Reference.LATEST


ESTABLISHED = 0.15
"""What has stood for a while is preferred to a newcomer whose IoU is larger by no more."""


def matched(
    iou: NDArray[np.float64], least_iou: float, established: NDArray[np.bool_]
) -> list[tuple[int, int]]:
    """Pairs (place, box) that overlap by `least_iou`, the best for all together.

    `iou` is (n, m) of places and boxes; of two places for one box an `established` one (n,) is
    preferred.
    """
    worth = iou + ESTABLISHED * established[:, None]
    fitting = np.where(iou >= least_iou, worth, 0.0)
    # What fits nothing need not be assigned.
    places, boxes = (np.flatnonzero(fitting.any(axis=axis)) for axis in (1, 0))
    rows, columns = linear_sum_assignment(-fitting[np.ix_(places, boxes)])
    pairs = zip(places[rows].tolist(), boxes[columns].tolist(), strict=True)
    return [(row, column) for row, column in pairs if fitting[row, column] > 0]


def distinct(
    boxes: Boxes, indices: NDArray[np.intp], most_iou: float, most_inside: float = 1.0
) -> NDArray[np.intp]:
    """Of boxes that show one thing, whatever their class, only the surest.

    Two boxes show one thing when their IoU is above `most_iou`, or when more than `most_inside`
    of the smaller lies in the larger.
    """
    if len(indices) < 2:
        return indices
    order = indices[np.argsort(-boxes.confidence[indices], kind="stable")]
    same = _same(boxes.xyxy[order], most_iou, most_inside)
    kept: list[int] = []
    for row in range(len(order)):
        if not same[row, kept].any():
            kept.append(row)
    return np.sort(order[kept])


def _same(xyxy: NDArray[np.float32], most_iou: float, most_inside: float) -> NDArray[np.bool_]:
    areas = area(xyxy)
    smaller = np.maximum(np.minimum(areas[:, None], areas[None, :]), 1e-9)
    inside = intersections(xyxy, xyxy) / smaller
    return np.asarray((iou_matrix(xyxy, xyxy) > most_iou) | (inside > most_inside))
