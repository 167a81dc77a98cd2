"""What the guard says of a look."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from detector.device import DeviceFault

Matrix = NDArray[np.float64]


class Bearing(StrEnum):
    """Where the camera looks: `moved` only in the first trusted look of another known view;
    `settling` is a known view at a place that has to last before it is trusted.
    """

    AS_IT_WAS = "as_it_was"
    NUDGED = "nudged"
    MOVED = "moved"
    SETTLING = "settling"
    LOST = "lost"


@dataclass(frozen=True)
class Verdict:
    """Whether the zones of a view fit a look.

    `matrix` (3, 3) maps pixels of the view as its zones were drawn, scaled to the size of the
    look, to pixels of the look; it stays the same until the camera is moved. `view` is the known
    view last held to, None where there is none, or where the only view has no name. `fault`
    is set once distrust has lasted. `score` in 0..1 is the share of the view that was seen again.
    """

    view: str | None
    matrix: Matrix
    trusted: bool
    fault: DeviceFault | None
    score: float
    state: Bearing
