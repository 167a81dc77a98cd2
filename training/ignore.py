"""Regions to ignore, written into label files as classes of their own.

Ultralytics moves, crops and mixes boxes with their pictures. A region in which class c is neither
background nor found is therefore a box of class c + IGNORED_FROM, which only our loss reads.
"""

from __future__ import annotations

from dataclasses import replace

from detector.taxonomy import TAXONOMY
from training.labels import LabelBox

IGNORED_FROM = len(TAXONOMY.class_names)
# What data.yaml lists: the classes, then a region to ignore for each.
LABEL_NAMES = (*TAXONOMY.class_names, *(f"ignore_{name}" for name in TAXONOMY.class_names))


def as_region(box: LabelBox) -> LabelBox:
    """The box as a region to ignore its class in."""
    return replace(box, class_id=box.class_id + IGNORED_FROM)
