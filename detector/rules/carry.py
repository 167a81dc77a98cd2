"""Carrying boxes along when the view was nudged."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detector.geometry.warp import warped_boxes
from detector.observation import BoxXyxy
from detector.rules.place import as_box


class Carry:
    """From old to new pixels by a 3x3 homography; raises ValueError when it is none."""

    def __init__(self, matrix: NDArray[np.floating]) -> None:
        self._matrix = np.asarray(matrix, dtype=np.float64)
        if self._matrix.shape != (3, 3) or not np.isfinite(self._matrix).all():
            raise ValueError("a view is carried by a 3x3 matrix of finite numbers")

    def rows(self, boxes: Sequence[Sequence[float]]) -> list[list[float]]:
        """Upright boxes (n, 4) around where the corners of these come to lie."""
        if not boxes:
            return []
        table = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
        carried = warped_boxes(table, self._matrix)
        # A corner beyond the horizon has no place in the picture; such a box stays where it was.
        lost = ~np.isfinite(carried).all(axis=1)
        carried[lost] = table[lost]
        moved: list[list[float]] = carried.tolist()
        return moved

    def box(self, box: BoxXyxy) -> BoxXyxy:
        """One box."""
        return as_box(self.rows([box])[0])
