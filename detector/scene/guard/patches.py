"""Features that night does not take away: a grid of patches of edge directions.

Corner detectors find other corners by day, in the dark and in infrared. So features lie on a
fixed grid and are described by the directions of their edges, doubled in angle (Bigun and
Granlund 1987): an edge that is bright on the left by day and on the right at night stays the
same. Each patch is looked for in a small neighbourhood; a picture of something else agrees in
a few patches in a hundred, by chance.

Pictures here are grey and small (h, w) uint8, fields (h, w, 2) float32 of length 0 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.looks import Pixels, Size

Field = NDArray[np.float32]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

# About 240 x 135 px: finer costs more and sees no better, as zones move with a share of the width.
WORK_AREA_PX = 32_400
PATCH_PX = 15
# Edges count relative to those within this distance, so that lamps do not drown a facade.
AROUND_PX = 31
# Mean square of the noise of a gradient, in grey levels a pixel.
NOISE = 1.0
# A patch with less is sky or plain asphalt.
LEAST_TEXTURE = 0.03
# A patch is seen again from this correlation on.
LEAST_LIKENESS = 0.25


@dataclass(frozen=True)
class Agreement:
    """How patches of a reference were found in a look: one entry for each that counts.

    `centres` (n, 2) and `offsets` (n, 2) are in working pixels, `seen` (n,) says which were found
    within reach, `likeness` (n,) their correlation, and `spots` (n,) their place in the grid.
    """

    centres: Floats
    offsets: Floats
    likeness: Floats
    seen: Flags
    spots: NDArray[np.intp]


@dataclass(frozen=True)
class Patches:
    """A reference cut into patches: `inner` is the part of its field that the grid covers."""

    inner: Field
    texture: Floats
    left: int
    top: int
    size: Size

    @classmethod
    def of(cls, field: Field) -> Patches:
        """The patches of a field (h, w, 2); a grid is centred in it."""
        height, width = field.shape[:2]
        columns, rows = width // PATCH_PX, height // PATCH_PX
        left, top = (width - columns * PATCH_PX) // 2, (height - rows * PATCH_PX) // 2
        inner = field[top : top + rows * PATCH_PX, left : left + columns * PATCH_PX].copy()
        texture = _by_patch(inner * inner)
        return cls(inner, texture, left, top, Size(width, height))

    @property
    def textured(self) -> Flags:
        """Which patches (rows, columns) show anything to go by."""
        return self.texture > LEAST_TEXTURE

    def compare(self, field: Field, reach_px: int, visible: Flags | None = None) -> Agreement:
        """Look for each patch in a field of the same size, up to `reach_px` from its place.

        `visible` (rows, columns) leaves out patches beyond the edge of the look.
        """
        likeness = self._likeness(field, reach_px)
        side = 2 * reach_px + 1
        counts = self.textured if visible is None else self.textured & visible
        spots = np.flatnonzero(counts)
        table = likeness.reshape(side * side, -1)[:, spots]
        best = table.argmax(axis=0)
        y, x = np.divmod(best, side)
        peak = table[best, np.arange(len(spots))]
        inside = (x > 0) & (x < side - 1) & (y > 0) & (y < side - 1)
        grid = table.reshape(side, side, -1)
        offsets = np.stack([x + _vertex(grid, y, x, 0, 1), y + _vertex(grid, y, x, 1, 0)], axis=1)
        return Agreement(
            self.centres()[spots],
            offsets - reach_px,
            peak.astype(np.float64),
            inside & (peak > LEAST_LIKENESS),
            spots,
        )

    def centres(self) -> Floats:
        """Middles (rows * columns, 2) of all patches, in working pixels from the corner."""
        rows, columns = self.texture.shape
        x = self.left + PATCH_PX * (np.arange(columns) + 0.5)
        y = self.top + PATCH_PX * (np.arange(rows) + 0.5)
        return np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)

    def _likeness(self, field: Field, reach: int) -> Floats:
        """Correlations (side, side, rows, columns) for all shifts up to `reach`."""
        rows, columns = self.texture.shape
        height, width = self.inner.shape[:2]
        wide = cv2.copyMakeBorder(field, reach, reach, reach, reach, cv2.BORDER_CONSTANT)
        wide = wide[self.top :, self.left :][: height + 2 * reach, : width + 2 * reach]
        energy = cv2.multiply(wide, wide)
        around = cv2.boxFilter(energy[..., 0] + energy[..., 1], -1, (PATCH_PX, PATCH_PX))
        side = 2 * reach + 1
        found = np.empty((side, side, rows, columns))
        middle = PATCH_PX // 2
        for y, x in np.ndindex(side, side):
            product = _by_patch(self.inner * wide[y : y + height, x : x + width])
            there = around[y + middle : y + height : PATCH_PX, x + middle : x + width : PATCH_PX]
            found[y, x] = product / np.sqrt(self.texture * np.maximum(there, 0) + 1e-6)
        return found


def working_size(size: Size) -> Size:
    """The size that a picture of this size is shrunk to, of the same shape and of constant area.

    Extreme shapes are bent so that at least two rows of patches remain.
    """
    aspect = min(max(size.width / size.height, 0.1), 10.0)
    height = sqrt(WORK_AREA_PX / aspect)
    return Size(round(height * aspect), round(height))


def edge_field(grey: Pixels) -> Field:
    """Edge directions, doubled in angle, weighted by how they stand out from what is around."""
    smooth = cv2.GaussianBlur(grey, (0, 0), 1.0)
    across = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, scale=1 / 8)
    down = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, scale=1 / 8)
    across2, down2 = across * across, down * down
    power = across2 + down2
    around = cv2.boxFilter(power, -1, (AROUND_PX, AROUND_PX))
    weight = 1 / (power + 0.5 * around + NOISE)
    return np.dstack([(across2 - down2) * weight, 2 * across * down * weight])


def _by_patch(products: Field) -> Floats:
    """Means over each patch of the sum of both channels."""
    height, width = products.shape[:2]
    cells = (width // PATCH_PX, height // PATCH_PX)
    means = cv2.resize(products, cells, interpolation=cv2.INTER_AREA)
    total: Floats = (means[..., 0] + means[..., 1]).astype(np.float64)
    return total.reshape(cells[1], cells[0])


def _vertex(
    grid: Floats, y: NDArray[np.intp], x: NDArray[np.intp], down: int, across: int
) -> Floats:
    """Where a parabola through the best shift and its neighbours has its top, -0.5 to 0.5."""
    side, each = grid.shape[0], np.arange(grid.shape[2])
    before = grid[np.maximum(y - down, 0), np.maximum(x - across, 0), each]
    after = grid[np.minimum(y + down, side - 1), np.minimum(x + across, side - 1), each]
    bend = before - 2 * grid[y, x, each] + after
    flat = bend > -1e-6
    return np.where(flat, 0.0, 0.5 * (before - after) / np.where(flat, 1.0, bend)).clip(-0.5, 0.5)
