"""A picture of any size in the network's input, and boxes back out of it.

The picture is scaled to fit and centred; the rest is grey 114, as in training. Interpolation is
linear both ways, without an area filter: it is what the network was trained with, and three times
as fast on a 1080p picture. All engines get the same pixels.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.looks import Picture, Pixels, Planes, Size

STRIDE_PX = 32
PADDING = 114


def canvas_for(picture: Size, input_size_px: int) -> Size:
    """The network's input for a picture: longer side `input_size_px`, the other as short as
    the picture allows in multiples of 32 px.
    """
    ratio = input_size_px / max(picture)
    width, height = (_round_up(side * ratio, input_size_px) for side in picture)
    return Size(width, height)


def _round_up(side_px: float, limit_px: int) -> int:
    # Half a pixel over a multiple is not worth another 32: the picture shrinks by a thousandth.
    steps = max(1, math.ceil((side_px - 0.5) / STRIDE_PX))
    return min(limit_px, steps * STRIDE_PX)


@dataclass(frozen=True, slots=True)
class Letterbox:
    """A picture drawn `inner` large on `canvas`, from (`left`, `top`), all in pixels."""

    picture: Size
    canvas: Size
    inner: Size
    left: int
    top: int

    @classmethod
    def fit(cls, picture: Size, canvas: Size) -> Letterbox:
        """The largest centred placement that keeps the shape of the picture."""
        ratio = min(canvas.width / picture.width, canvas.height / picture.height)
        inner = Size(*(_even(side * ratio) for side in picture))
        return cls(
            picture,
            canvas,
            inner,
            (canvas.width - inner.width) // 2,
            (canvas.height - inner.height) // 2,
        )

    def to_picture(self, xyxy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Boxes (n, 4) in pixels of the canvas, in pixels of the picture; not clipped."""
        return (xyxy - self._offset) / self._scale

    def to_canvas(self, xyxy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Boxes (n, 4) in pixels of the picture, in pixels of the canvas."""
        return xyxy * self._scale + self._offset

    @property
    def _offset(self) -> NDArray[np.float64]:
        return np.array([self.left, self.top] * 2, dtype=np.float64)

    @property
    def _scale(self) -> NDArray[np.float64]:
        # Each side has its own scale: the inner size is rounded to whole, even pixels.
        across = self.inner.width / self.picture.width
        down = self.inner.height / self.picture.height
        return np.array([across, down] * 2, dtype=np.float64)


def _even(side_px: float) -> int:
    # Even, so that planes with their halved chroma land on the same pixels as BGR does.
    return max(2, 2 * round(side_px / 2))


class Easel:
    """Draws letterboxes into memory that each thread keeps and reuses."""

    def __init__(self) -> None:
        self._own = threading.local()

    def draw(self, picture: Picture, box: Letterbox) -> Pixels:
        """The canvas (height, width, 3) uint8 BGR, valid until this thread draws again."""
        width, height = box.canvas
        canvas = self._memory("canvas", width * height * 3).reshape(height, width, 3)
        inside = canvas[box.top : box.top + box.inner.height, box.left : box.left + box.inner.width]
        if picture.planes is not None:
            self._shrink_planes(picture.planes, box.inner, inside)
        else:
            bgr = np.ascontiguousarray(picture.bgr)
            cv2.resize(bgr, box.inner, dst=inside, interpolation=cv2.INTER_LINEAR)
        _pad(canvas, box)
        return canvas

    def _shrink_planes(self, planes: Planes, inner: Size, inside: Pixels) -> None:
        """Scale the planes first and convert the small picture: a third of the work."""
        width, height = inner
        packed = self._memory("packed", width * height * 3 // 2)
        luma, half = width * height, (width // 2, height // 2)
        _scale(planes.y, inner, packed[:luma])
        _scale(planes.u, half, packed[luma : luma * 5 // 4])
        _scale(planes.v, half, packed[luma * 5 // 4 :])
        cv2.cvtColor(packed.reshape(height * 3 // 2, width), cv2.COLOR_YUV2BGR_I420, dst=inside)

    def _memory(self, name: str, size: int) -> Pixels:
        """`size` bytes that this thread owns under that name."""
        kept: Pixels | None = getattr(self._own, name, None)
        if kept is None or kept.size < size:
            kept = np.empty(size, dtype=np.uint8)
            setattr(self._own, name, kept)
        return kept[:size]


def _scale(plane: Pixels, size: tuple[int, int], out: Pixels) -> None:
    target = out.reshape(size[1], size[0])
    cv2.resize(np.ascontiguousarray(plane), size, dst=target, interpolation=cv2.INTER_LINEAR)


def _pad(canvas: Pixels, box: Letterbox) -> None:
    canvas[: box.top] = PADDING
    canvas[box.top + box.inner.height :] = PADDING
    canvas[:, : box.left] = PADDING
    canvas[:, box.left + box.inner.width :] = PADDING
