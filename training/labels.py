"""Boxes of things in pictures: map to our classes, compare, write as YOLO lines.

Boxes here are xywh: centre and size as shares of the picture's width and height, 0..1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

# A teacher's box that covers a labelled thing this much (IoU) is the same thing.
SAME_THING_IOU = 0.45


@dataclass(frozen=True, slots=True)
class LabelBox:
    """One labelled thing; centre and size as shares of the picture."""

    class_id: int
    x: float
    y: float
    width: float
    height: float

    def xyxy(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom as shares of the picture."""
        half_w, half_h = self.width / 2, self.height / 2
        return self.x - half_w, self.y - half_h, self.x + half_w, self.y + half_h


def write(path: Path, boxes: Iterable[LabelBox]) -> None:
    """Writes a label file, six decimals, edges kept inside the picture."""
    lines = [
        f"{box.class_id} {box.x:.6f} {box.y:.6f} {box.width:.6f} {box.height:.6f}\n"
        for box in map(inside, boxes)
        if box.width > 0 and box.height > 0
    ]
    path.write_text("".join(lines), encoding="utf-8")


def inside(box: LabelBox) -> LabelBox:
    """The part of a box that lies inside the picture."""
    left, top, right, bottom = (min(1.0, max(0.0, edge)) for edge in box.xyxy())
    return from_xyxy(box.class_id, left, top, right, bottom)


def from_xyxy(class_id: int, left: float, top: float, right: float, bottom: float) -> LabelBox:
    """A box from its edges."""
    return LabelBox(class_id, (left + right) / 2, (top + bottom) / 2, right - left, bottom - top)


def mapped(
    boxes: Iterable[LabelBox], class_map: Mapping[int, int]
) -> tuple[tuple[LabelBox, ...], tuple[LabelBox, ...]]:
    """Boxes in our classes, and those of classes that we do not have (source ids kept)."""
    ours: list[LabelBox] = []
    others: list[LabelBox] = []
    for box in boxes:
        found = class_map.get(box.class_id)
        if found is None:
            others.append(box)
        else:
            ours.append(LabelBox(found, box.x, box.y, box.width, box.height))
    return tuple(ours), tuple(others)


def iou(a: LabelBox, b: LabelBox) -> float:
    """Intersection over union, 0..1."""
    both = shared(a, b)
    return both / (a.width * a.height + b.width * b.height - both) if both else 0.0


def covered(box: LabelBox, cover: LabelBox) -> float:
    """The share of `box` that lies in `cover`, 0..1."""
    both = shared(box, cover)
    return both / (box.width * box.height) if both else 0.0


def shared(a: LabelBox, b: LabelBox) -> float:
    """The area that two boxes share, as a share of the picture."""
    left, top, right, bottom = a.xyxy()
    left_b, top_b, right_b, bottom_b = b.xyxy()
    width = min(right, right_b) - max(left, left_b)
    height = min(bottom, bottom_b) - max(top, top_b)
    return width * height if width > 0 and height > 0 else 0.0
