"""From decoded frames to upright pictures; pixels are copied once."""

from __future__ import annotations

import struct

import numpy as np
from av.sidedata.sidedata import SideData
from av.video.frame import VideoFrame
from av.video.plane import VideoPlane
from numpy.typing import NDArray

from detector.looks import Picture, Pixels, Planes

_FULL_RANGE = 2
_UPRIGHT = (1, 0, 0, 1)
_MATRIX = struct.Struct("=9i")


def picture_of(frame: VideoFrame) -> Picture:
    """An upright picture that does not depend on the frame any more.

    Limited-range 4:2:0 with even sides keeps its planes, everything else becomes BGR. Pixels
    that are not square stay as they are: boxes are in pixels of the picture as it was decoded.
    """
    signs = _signs(frame)
    plain = frame.format.name == "yuv420p" and frame.color_range != _FULL_RANGE
    if plain and signs == _UPRIGHT and frame.width % 2 == 0 and frame.height % 2 == 0:
        return Picture(planes=Planes(*(_plane(plane) for plane in frame.planes)))
    return Picture.from_bgr(turned(_bgr(frame), signs))


def _plane(plane: VideoPlane) -> Pixels:
    rows: Pixels = np.frombuffer(memoryview(plane), dtype=np.uint8).reshape(-1, plane.line_size)
    return np.array(rows[: plane.height, : plane.width])


def _bgr(frame: VideoFrame) -> Pixels:
    full = frame.color_range == _FULL_RANGE or frame.format.name.startswith("yuvj")
    pixels: NDArray[np.generic] = frame.to_ndarray(
        format="bgr24", src_color_range="JPEG" if full else "MPEG", dst_color_range="JPEG"
    )
    return np.asarray(pixels, dtype=np.uint8)


def _signs(frame: VideoFrame) -> tuple[int, int, int, int]:
    """The display matrix as signs (a, b, c, d): x' = a x + c y and y' = b x + d y.

    A picture that is mirrored top to bottom and not turned counts as upright.
    """
    # Whoever asks for side data ties the frame to itself: it then holds its megabytes until the
    # garbage collector comes by, which may be minutes later.
    if frame.rotation == 0:
        return _UPRIGHT
    matrix = frame.side_data.get("DISPLAYMATRIX")
    if not isinstance(matrix, SideData) or matrix.buffer_size != _MATRIX.size:
        return _UPRIGHT
    a, b, _, c, d, *_ = _MATRIX.unpack(bytes(matrix))
    # A turn that is no multiple of a right angle is rounded to one.
    if abs(b) + abs(c) > abs(a) + abs(d):
        return 0, _sign(b), _sign(c), 0
    return _sign(a), 0, 0, _sign(d)


def _sign(value: int) -> int:
    return -1 if value < 0 else 1


def turned(pixels: Pixels, signs: tuple[int, int, int, int]) -> Pixels:
    """A (h, w, 3) picture with its axes turned or mirrored by the signs (a, b, c, d)."""
    a, b, c, d = signs
    if a == 0:
        pixels, a, d = pixels.transpose(1, 0, 2), c, b
    return np.ascontiguousarray(pixels[::d, ::a])
