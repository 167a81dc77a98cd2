"""A look: one picture that is examined, with its two clocks, and what the model saw in it.

Boxes are xyxy in pixels of the full, upright picture: x to the right, y down, origin at the
top left corner of the top left pixel.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import NamedTuple, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels: TypeAlias = NDArray[np.uint8]


class Size(NamedTuple):
    """Width and height in pixels."""

    width: int
    height: int


@dataclass(frozen=True)
class Planes:
    """A YUV 4:2:0 picture in limited range: `y` (h, w), `u` and `v` (h / 2, w / 2) uint8."""

    y: Pixels
    u: Pixels
    v: Pixels


@dataclass(frozen=True)
class Picture:
    """An upright picture, kept as the decoder gave it until somebody needs BGR.

    Exactly one of `planes` and `_bgr` is set; `_bgr` is (h, w, 3) uint8. One that is `for_model`
    has the size of a model's input and is not scaled.
    """

    planes: Planes | None = None
    _bgr: Pixels | None = field(default=None, repr=False)
    for_model: bool = False

    @classmethod
    def from_bgr(cls, bgr: Pixels) -> Picture:
        """A picture from a (h, w, 3) uint8 BGR array."""
        return cls(_bgr=bgr)

    @property
    def size(self) -> Size:
        """Width and height in pixels."""
        source = self.planes.y if self.planes is not None else self.bgr
        return Size(source.shape[1], source.shape[0])

    @cached_property
    def bgr(self) -> Pixels:
        """The picture as (h, w, 3) uint8 BGR."""
        if self._bgr is not None:
            return self._bgr
        assert self.planes is not None, "a picture has planes or BGR"
        height, width = self.planes.y.shape
        packed = np.concatenate([plane.reshape(-1) for plane in vars(self.planes).values()])
        return np.asarray(
            cv2.cvtColor(packed.reshape(height * 3 // 2, width), cv2.COLOR_YUV2BGR_I420),
            dtype=np.uint8,
        )


@dataclass(frozen=True)
class Look:
    """One picture to examine.

    `t_s` is stream time in seconds from the start of the source; `at` is the aware wall time,
    None where the source has no clock.
    """

    t_s: float
    at: datetime | None
    picture: Picture


@dataclass(frozen=True, slots=True)
class Boxes:
    """What the model saw: `xyxy` (n, 4) float32, `class_id` (n,) int64, `confidence` (n,)."""

    xyxy: NDArray[np.float32]
    class_id: NDArray[np.int64]
    confidence: NDArray[np.float32]

    @classmethod
    def of(cls, rows: list[tuple[float, float, float, float, int, float]]) -> Boxes:
        """Boxes from rows of x1, y1, x2, y2, class id, confidence."""
        table = np.asarray(rows, dtype=np.float64).reshape(-1, 6)
        return cls(
            table[:, :4].astype(np.float32),
            table[:, 4].astype(np.int64),
            table[:, 5].astype(np.float32),
        )

    def __len__(self) -> int:
        return len(self.class_id)

    def of_classes(self, class_ids: frozenset[int]) -> Boxes:
        """Only the boxes of these classes, in their order."""
        keep = np.isin(self.class_id, list(class_ids))
        return Boxes(self.xyxy[keep], self.class_id[keep], self.confidence[keep])


Appearance: TypeAlias = Callable[[NDArray[np.float64]], NDArray[np.float32]]
"""What parts of one picture look like: from xyxy boxes (n, 4) in its pixels to vectors (n, d).

Vectors have length 1, or 0 where a box shows nothing to go by. The product of two is 1 for parts
that look the same and about 0 for parts that have nothing in common.
"""


@dataclass(frozen=True, slots=True)
class LookBoxes:
    """A look without its picture: the two clocks, the size of the picture, and its boxes.

    `regions` (r, 4) are the parts of the picture that were examined, None where all of it was:
    nothing is said of a place outside them. One that is `repeated` was not seen by the model:
    nothing changed, so that its boxes are those of an earlier look; it tells of no departure.
    `view` is the camera's view that it shows, None where that was not asked; `matrix` (3, 3) leads
    there from where its zones were drawn, at this size, None where it was not nudged.
    `appearance` is there while the picture is at hand.
    """

    t_s: float
    at: datetime | None
    size: Size
    boxes: Boxes
    regions: NDArray[np.float32] | None = field(default=None, compare=False)
    appearance: Appearance | None = field(default=None, compare=False, repr=False)
    repeated: bool = False
    view: str | None = None
    matrix: NDArray[np.float64] | None = field(default=None, compare=False)

    def without_picture(self) -> LookBoxes:
        """The look to keep: what remembers it must not hold on to its picture."""
        return self if self.appearance is None else replace(self, appearance=None)
