"""What a check keeps of a picture once it has been decoded: its size and a small grey copy."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from training.errors import DataError
from training.pictures import read_picture

# Side of the grey copy in pixels: what the perceptual hash is taken from.
SMALL_PX = 32


@dataclass(frozen=True, slots=True)
class View:
    """Width and height in pixels, and `small`: the picture in grey, (32, 32) float32, 0..255."""

    width: int
    height: int
    small: NDArray[np.float32]


def view_of(path: Path) -> View:
    """Decodes a picture. DataError where it cannot be read."""
    try:
        picture = read_picture(path)
    except (OSError, cv2.error) as error:
        raise DataError(f"{path} cannot be read as a picture: mend or remove it") from error
    height, width = picture.shape[:2]
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (SMALL_PX, SMALL_PX), interpolation=cv2.INTER_AREA)
    return View(width, height, small.astype(np.float32))


def views_of(paths: Sequence[Path], tell: Callable[[int], None]) -> Iterator[View | str]:
    """The view of each picture in their order, or what is wrong with it; all processors work."""

    def one(path: Path) -> View | str:
        try:
            return view_of(path)
        except DataError as error:
            return str(error)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for number, view in enumerate(pool.map(one, paths), start=1):
            tell(number)
            yield view
