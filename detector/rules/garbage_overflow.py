"""Garbage overflow: a bin or collection point that is overfull."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detector.geometry.boxes import iou_matrix
from detector.geometry.zone import ZoneKind
from detector.looks import LookBoxes
from detector.observation import RuleVersion
from detector.rules.lasting import Lasting, of_kind
from detector.taxonomy import TAXONOMY, Kind

SAME_BIN_IOU = 0.6
"""A bin box that overlaps an overflow box by this much is the same bin."""

SURE_BIN = 0.5
"""A bin in the place of an overflow shows it emptied when it is seen with this confidence."""

_BIN = TAXONOMY.class_id("garbage_bin")


def overflowing(look: LookBoxes) -> NDArray[np.intp]:
    """Overflow boxes that the model does not see, more surely, as an ordinary bin."""
    boxes = look.boxes
    found = of_kind(look, Kind.GARBAGE_OVERFLOW)
    bins = np.flatnonzero(boxes.class_id == _BIN)
    if not len(found) or not len(bins):
        return found
    same = iou_matrix(boxes.xyxy[found], boxes.xyxy[bins]) >= SAME_BIN_IOU
    surer = boxes.confidence[bins][None, :] > boxes.confidence[found][:, None]
    return np.asarray(found[~(same & surer).any(axis=1)], dtype=np.intp)


def unsure_bins(look: LookBoxes) -> NDArray[np.intp]:
    """Bins too unsure to say that one is emptied."""
    boxes = look.boxes
    return np.flatnonzero((boxes.class_id == _BIN) & (boxes.confidence < SURE_BIN))


RULE = Lasting(
    RuleVersion(name="garbage_overflow", version="2"),
    Kind.GARBAGE_OVERFLOW,
    overflowing,
    zones=ZoneKind.BIN_POINT,
    open_question=unsure_bins,
)
