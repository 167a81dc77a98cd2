"""Pictures converted once to JPEG: AVIF is slow to decode, training reads each many times."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.files import write_bytes
from training.errors import DataError

MAX_SIDE_PX = 832
JPEG_QUALITY = 95


class UnreadablePictureError(DataError):
    """A file that is no picture OpenCV can read."""


def read_picture(path: Path) -> NDArray[np.uint8]:
    """A picture as BGR, shape (H, W, 3); UnreadablePictureError names the file."""
    try:
        data = np.fromfile(path, dtype=np.uint8)
    except OSError as error:
        raise UnreadablePictureError(f"{path} cannot be read: {error.strerror}") from error
    try:
        picture = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    except cv2.error:  # more pixels than OpenCV takes
        picture = None
    if picture is None:
        raise UnreadablePictureError(f"{path} cannot be read as a picture: mend or remove it")
    return np.asarray(picture, dtype=np.uint8)


def shrunk(picture: NDArray[np.uint8], max_side_px: int = MAX_SIDE_PX) -> NDArray[np.uint8]:
    """The picture with its longer side at most `max_side_px`; never enlarged."""
    height, width = picture.shape[:2]
    scale = max_side_px / max(height, width)
    if scale >= 1:
        return picture
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def convert(source: Path, target: Path) -> None:
    """Writes `target` (JPEG) from any picture file; does nothing where it exists."""
    if not target.exists():
        write_jpeg(target, shrunk(read_picture(source)))


def write_jpeg(target: Path, picture: NDArray[np.uint8]) -> None:
    """Writes a BGR picture (H, W, 3) whole or not at all."""
    ok, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not ok:
        raise UnreadablePictureError(f"{target} cannot be written as JPEG")
    write_bytes(target, [np.asarray(data).tobytes()])
