"""What the motion gate watches over, and which boxes stand there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.geometry.zones import FOOT_OF_BOX


@dataclass(frozen=True, eq=False)
class Watched:
    """The blocks of a picture in which changes are seen, of `side_px` each.

    `before` (h + 1, w + 1) counts those above and to the left of each corner of a block.
    """

    side_px: int
    before: NDArray[np.int64]

    @classmethod
    def of(cls, blocks: NDArray[np.bool_], side_px: int) -> Watched:
        """Of the blocks (h, w) that are watched."""
        counts = blocks.astype(np.int64).cumsum(axis=0).cumsum(axis=1)
        return cls(side_px, np.pad(counts, ((1, 0), (1, 0))))

    def foot_share(self, xyxy: NDArray[np.floating]) -> NDArray[np.float64]:
        """Share (n,) of the blocks under each box's foot, its lower third, that are watched.

        Of `xyxy` (n, 4) in pixels of the picture only what lies inside it counts.
        """
        x1, y1, x2, y2 = np.asarray(xyxy, dtype=np.float64).reshape(-1, 4).T
        rows, columns = (side - 1 for side in self.before.shape)
        left, right = self._span(x1, x2, columns)
        top, bottom = self._span(y2 - (y2 - y1) * FOOT_OF_BOX, y2, rows)
        at = self.before
        inside = at[bottom, right] - at[top, right] - at[bottom, left] + at[top, left]
        return np.asarray(inside / ((right - left) * (bottom - top)))

    def _span(
        self, low: NDArray[np.float64], high: NDArray[np.float64], most: int
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """From the first block to past the last, at least one."""
        first = np.floor(low / self.side_px).clip(0, most - 1).astype(np.intp)
        last = np.ceil(high / self.side_px).clip(first + 1, most).astype(np.intp)
        return first, last
