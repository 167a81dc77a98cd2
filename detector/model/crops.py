"""Crops of a picture: how regions become crops, and where each lies on its canvas."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from detector.looks import Boxes, Picture, Pixels, Size
from detector.model.slices import OVERLAP
from detector.model.views import Tile

# Between crops, so that the network sees where one ends: a stride of its finest grid.
GAP_PX = 8
# Of its shorter side: a car along a kerb lies whole in one piece of a long region.
PIECE_OVERLAP = 2 / 3


@dataclass(frozen=True, slots=True)
class Crop:
    """A part of the picture, drawn `drawn` large on a canvas from (`left`, `top`), all even."""

    tile: Tile
    canvas: int
    left: int
    top: int
    drawn: Size

    def to_picture(self, xyxy: NDArray[np.floating]) -> NDArray[np.float64]:
        """Boxes (n, 4) in pixels of the canvas, in pixels of the picture; not clipped."""
        moved: NDArray[np.float64] = (xyxy - self._corner) / self._scale
        return moved + self._origin

    @property
    def _corner(self) -> NDArray[np.float64]:
        return np.array([self.left, self.top] * 2, dtype=np.float64)

    @property
    def _origin(self) -> NDArray[np.float64]:
        return np.array([self.tile.left, self.tile.top] * 2, dtype=np.float64)

    @property
    def _scale(self) -> NDArray[np.float64]:
        # Each side has its own scale: the drawn size is rounded to whole, even pixels.
        return np.array(self.drawn * 2, dtype=np.float64) / (self.tile.size * 2)

    def draw(self, picture: Picture, canvas: Picture) -> None:
        """Lay the part of the picture onto the canvas; both have planes or both have BGR."""
        part = self.tile.cut(picture)
        if part.planes is None or canvas.planes is None:
            self._lay(part.bgr, canvas.bgr, 1)
            return
        self._lay(part.planes.y, canvas.planes.y, 1)
        self._lay(part.planes.u, canvas.planes.u, 2)
        self._lay(part.planes.v, canvas.planes.v, 2)

    def _lay(self, part: Pixels, canvas: Pixels, step: int) -> None:
        """`step` pixels of the picture have one sample in these arrays."""
        size = Size(self.drawn.width // step, self.drawn.height // step)
        top, left = self.top // step, self.left // step
        inside = canvas[top : top + size.height, left : left + size.width]
        if part.shape[:2] == inside.shape[:2]:
            inside[:] = part
        else:
            # Linear, as the letterbox: it is what the network was trained with.
            cv2.resize(part, size, dst=inside, interpolation=cv2.INTER_LINEAR)

    def own(self, seen: Boxes) -> Boxes:
        """Of the boxes in pixels of the canvas, those on this crop, clipped to it.

        A box that reaches beyond the gap around it is of no single thing, and of no crop.
        """
        start = np.array([self.left, self.top], dtype=np.float32)
        end = start + np.array(self.drawn, dtype=np.float32)
        mine = (seen.xyxy[:, :2] >= start - GAP_PX).all(axis=1)
        mine &= (seen.xyxy[:, 2:] <= end + GAP_PX).all(axis=1)
        xyxy = seen.xyxy[mine].clip(np.tile(start, 2), np.tile(end, 2))
        real = (xyxy[:, 2:] > xyxy[:, :2]).all(axis=1)
        return Boxes(xyxy[real], seen.class_id[mine][real], seen.confidence[mine][real])


def even_tiles(picture: Size, regions: ArrayLike) -> list[Tile]:
    """Regions (r, 4) as parts of the picture with even sides; those without area are left out."""
    rows = np.asarray(regions, dtype=np.float64).reshape(-1, 4)
    rows = rows[np.isfinite(rows).all(axis=1)]
    # An odd last row or column is left out: planes have no chroma of their own for it.
    edge = np.array([*picture] * 2) // 2 * 2
    low = 2 * np.floor(rows[:, :2] / 2)
    high = 2 * np.ceil(rows[:, 2:] / 2)
    sound = np.concatenate([low, high], axis=1).clip(0, edge).astype(int).tolist()
    return [
        Tile(left, top, Size(right - left, bottom - top))
        for left, top, right, bottom in sound
        if right > left and bottom > top
    ]


def pieces_of(tile: Tile, limit: Size, scale: float) -> list[Tile]:
    """The tile, or overlapping parts of it that are no larger than a canvas at this scale."""
    shared = PIECE_OVERLAP * min(tile.size)
    across, down = (
        _spread(side, 2 * int(room / scale / 2), shared)
        for side, room in zip(tile.size, limit, strict=True)
    )
    size = Size(across[1], down[1])
    return [
        Tile(tile.left + left, tile.top + top, size) for top, left in product(down[0], across[0])
    ]


def _spread(side_px: int, room_px: int, shared_px: float) -> tuple[list[int], int]:
    """Where equal pieces of at most `room_px` begin along a side, and how long they are; even."""
    if side_px <= room_px:
        return [0], side_px
    # Two pixels more than asked make up for rounding to even.
    shared = min(max(shared_px, OVERLAP * room_px), room_px / 2) + 2
    pieces = math.ceil((side_px - shared) / (room_px - shared))
    long = min(room_px, 2 * math.ceil((side_px + (pieces - 1) * shared) / pieces / 2))
    last = side_px - long
    return [2 * round(last * n / (pieces - 1) / 2) for n in range(pieces)], long


def drawn_size(tile: Tile, scale: float, limit: Size) -> Size:
    """How large a part is on its canvas; even, so that halved chroma lands on whole samples."""
    width, height = (
        min(room // 2 * 2, max(2, 2 * round(side * scale / 2)))
        for side, room in zip(tile.size, limit, strict=True)
    )
    return Size(width, height)
