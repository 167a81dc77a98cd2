"""What a painter of synthetic things gives back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture with things drawn into it.

    `picture` is (H, W, 3) uint8 BGR; `boxes` are the labelled things, xyxy in pixels of it.
    """

    picture: NDArray[np.uint8]
    boxes: tuple[tuple[float, float, float, float], ...]
