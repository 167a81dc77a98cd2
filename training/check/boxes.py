"""Boxes that are readable and yet wrong: tiny ones, and one thing boxed twice."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from detector.taxonomy import TAXONOMY
from training.check.finding import Finding
from training.check.subject import Item
from training.check.views import View
from training.labels import iou

# Two boxes of one class that overlap more than this are one thing.
DOUBLE_IOU = 0.9
# A side of fewer pixels of the picture shows no thing: a slip of the mouse.
TINY_PX = 4.0


def box_findings(item: Item, view: View) -> Iterator[Finding]:
    """What is wrong with the boxes of a picture."""
    for number, box in enumerate(item.boxes, start=1):
        width, height = box.width * view.width, box.height * view.height
        if min(width, height) < TINY_PX:
            name = TAXONOMY.class_names[box.class_id]
            text = f"{name} of {width:.1f} x {height:.1f} px"
            yield Finding("tiny_box", f"{item.key} box {number}", text, (item.key,))
    for (first, one), (second, other) in combinations(enumerate(item.boxes, start=1), 2):
        if one.class_id == other.class_id and (overlap := iou(one, other)) > DOUBLE_IOU:
            text = f"{TAXONOMY.class_names[one.class_id]} twice, IoU {overlap:.2f}"
            yield Finding("double_box", f"{item.key} boxes {first} and {second}", text, (item.key,))
