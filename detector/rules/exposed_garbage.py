"""Exposed garbage: a heap or bags in a public place that are not in a container."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detector.geometry.boxes import covered_share
from detector.geometry.zone import ZoneKind
from detector.looks import LookBoxes
from detector.observation import RuleVersion
from detector.rules.garbage_overflow import overflowing
from detector.rules.lasting import Lasting, of_kind
from detector.taxonomy import Kind

PART_OF_OVERFLOW = 0.6
"""A heap that lies in an overflowing bin's box by this share is that overflow, seen twice."""


def exposed(look: LookBoxes) -> NDArray[np.intp]:
    """Heaps that are not merely what an overflowing bin spills."""
    boxes = look.boxes
    found = of_kind(look, Kind.EXPOSED_GARBAGE)
    overflow = boxes.xyxy[overflowing(look)]
    if not len(found) or not len(overflow):
        return found
    spilled = [covered_share(box, overflow).max() >= PART_OF_OVERFLOW for box in boxes.xyxy[found]]
    return np.asarray(found[~np.asarray(spilled)], dtype=np.intp)


RULE = Lasting(
    RuleVersion(name="exposed_garbage", version="2"),
    Kind.EXPOSED_GARBAGE,
    exposed,
    zones=ZoneKind.BIN_POINT,
    further=(ZoneKind.KEEP_CLEAR,),
    open_question=overflowing,
)
