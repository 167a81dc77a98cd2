"""Pictures converted once to JPEG: AVIF is slow to decode, training reads each many times."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

MAX_SIDE_PX = 832
JPEG_QUALITY = 95


class UnreadablePictureError(ValueError):
    """A file that is no picture OpenCV can read."""


def read_picture(path: Path) -> NDArray[np.uint8]:
    """A picture as BGR, shape (H, W, 3)."""
    data = np.fromfile(path, dtype=np.uint8)
    picture = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
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
    if target.exists():
        return
    ok, data = cv2.imencode(
        ".jpg", shrunk(read_picture(source)), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    )
    if not ok:
        raise UnreadablePictureError(f"{source} cannot be written as JPEG")
    part = target.with_suffix(".part")
    part.write_bytes(np.asarray(data).tobytes())
    part.replace(target)
