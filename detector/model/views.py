"""Views of one picture: parts that are looked at on their own, and one answer from all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.geometry.boxes import area, intersections
from detector.looks import Boxes, Picture, Planes, Size
from detector.model.candidates import MAX_BOXES
from detector.taxonomy import TAXONOMY

# The network draws the box of a cut thing to within a few pixels of the cut.
BORDER_PX = 4
# Boxes of one class from different views are one thing above either overlap.
SAME_IOU = 0.5
SAME_SHARE = 0.8
# Above this IoU two views saw one thing and disagree on its class, as on car and truck; only a
# person and what he rides have nearly one box.
ANY_CLASS_IOU = 0.8
PERSON = TAXONOMY.class_id("person")


@dataclass(frozen=True, slots=True)
class Tile:
    """A part of a picture, `size` large, from (`left`, `top`), both even, in pixels."""

    left: int
    top: int
    size: Size

    def cut(self, picture: Picture) -> Picture:
        """The part, sharing the picture's memory; planes stay planes."""
        if picture.planes is None:
            rows, columns = self._slices(1)
            return Picture.from_bgr(picture.bgr[rows, columns])
        (rows, columns), half = self._slices(1), self._slices(2)
        planes = picture.planes
        return Picture(planes=Planes(planes.y[rows, columns], planes.u[half], planes.v[half]))

    def inner(self, picture: Size, margin_px: float) -> NDArray[np.float32]:
        """Its xyxy (4,) less `margin_px` at each border that is not the picture's edge.

        A last odd row or column of the picture that a part of even sides leaves out is no inside.
        """
        right, bottom = self.left + self.size.width, self.top + self.size.height
        edges = (0, 0, picture.width - 1, picture.height - 1)
        return np.array(
            [
                self.left + margin_px if self.left > edges[0] else 0,
                self.top + margin_px if self.top > edges[1] else 0,
                right - margin_px if right < edges[2] else picture.width,
                bottom - margin_px if bottom < edges[3] else picture.height,
            ],
            dtype=np.float32,
        )

    def uncut(self, seen: Boxes, picture: Size, margin_px: float) -> Boxes:
        """The boxes, in pixels of the picture, that end `margin_px` from each inner border."""
        inner = self.inner(picture, margin_px)
        clear = (seen.xyxy[:, :2] >= inner[:2]).all(axis=1)
        clear &= (seen.xyxy[:, 2:] <= inner[2:]).all(axis=1)
        return Boxes(seen.xyxy[clear], seen.class_id[clear], seen.confidence[clear])

    def _slices(self, step: int) -> tuple[slice, slice]:
        """Rows and columns in a plane that has one sample for `step` pixels."""
        bottom, right = self.top + self.size.height, self.left + self.size.width
        return slice(self.top // step, bottom // step), slice(self.left // step, right // step)


def one_answer(
    views: Sequence[Boxes], first: NDArray[np.bool_], released: NDArray[np.float32] | None = None
) -> Boxes:
    """One answer, at most 300 boxes by falling confidence, from views of one picture.

    Of boxes of one class in different views that overlap by more than 0.5 (IoU) or of which one
    lies to 0.8 in the other, the stronger stays; so too above an IoU of 0.8 where the classes
    differ and neither is a person. Boxes of one view are never compared here: its own
    suppression has judged them. `views` are in pixels of the picture; `first` (n,), over the
    boxes of all views in their order, are those that go before stronger ones. `released`
    (classes,): what reaches the threshold of its class goes before all else.
    """
    xyxy = np.concatenate([view.xyxy for view in views])
    class_id = np.concatenate([view.class_id for view in views])
    confidence = np.concatenate([view.confidence for view in views])
    origin = np.repeat(np.arange(len(views)), [len(view) for view in views])
    floors = 0 if released is None else released[class_id]
    order = np.lexsort((-confidence, ~first, confidence < floors))
    kept = order[_distinct(xyxy[order], class_id[order], origin[order])]
    kept = kept[np.argsort(-confidence[kept], kind="stable")]
    return Boxes(xyxy[kept], class_id[kept], confidence[kept])


def _distinct(
    xyxy: NDArray[np.float32], class_id: NDArray[np.int64], origin: NDArray[np.intp]
) -> NDArray[np.intp]:
    """The rows that stay, at most 300, where an earlier row goes before a later one.

    `xyxy` (n, 4), `class_id` (n,), `origin` (n,): the view that a box comes from.
    """
    sizes = area(xyxy)
    left = np.arange(len(xyxy))
    kept: list[int] = []
    while len(left) and len(kept) < MAX_BOXES:
        chosen, left = int(left[0]), left[1:]
        kept.append(chosen)
        shared = intersections(xyxy[chosen], xyxy[left])[0]
        both = sizes[chosen] + sizes[left] - shared
        smaller = np.minimum(sizes[chosen], sizes[left])
        alike = (shared > SAME_IOU * both) | (shared > SAME_SHARE * smaller)
        alike &= class_id[left] == class_id[chosen]
        if class_id[chosen] != PERSON:
            alike |= (shared > ANY_CLASS_IOU * both) & (class_id[left] != PERSON)
        left = left[~alike | (origin[left] == origin[chosen])]
    return np.array(kept, dtype=np.intp)
