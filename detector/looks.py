"""A look: one picture that is examined, with its two clocks, and what the model saw in it.

Boxes are xyxy in pixels of the full, upright picture: x to the right, y down, origin at the
top left corner of the top left pixel.
"""

from __future__ import annotations

from dataclasses import dataclass, field
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

    Exactly one of `planes` and `_bgr` is set; `_bgr` is (h, w, 3) uint8.
    """

    planes: Planes | None = None
    _bgr: Pixels | None = field(default=None, repr=False)

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


@dataclass(frozen=True, slots=True)
class LookBoxes:
    """A look without its picture: the two clocks, the size of the picture, and its boxes."""

    t_s: float
    at: datetime | None
    size: Size
    boxes: Boxes
