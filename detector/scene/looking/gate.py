"""Whether anything changed in the parts that matter since the picture that was last examined.

The picture is averaged to blocks of a few pixels, light that changed for all of it is taken out,
and what is left is held against what each block does on its own from look to look: noise, flicker
of the compression, leaves, rain. Differences are taken to the picture that was last *examined*, so
what changes slowly adds up until it is noticed.
"""

from __future__ import annotations

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.looks import Picture, Size

Levels: TypeAlias = NDArray[np.float32]
"""Grey levels (n,), 0 to 255, of the watched blocks of a picture."""

# A thing of 40 px in a 1080p picture covers 25 of these, and averaging 32 samples takes the noise
# of a night picture down to two grey levels.
BLOCKS_ACROSS = 240
SMALLEST_BLOCK_PX = 4
# Of so many neighbouring blocks each way, as many as that thing has: a third must differ.
# Fewer are a bird, a drop, a flicker or the wheel of what passes by.
AROUND = 5
DIFFERING = 8
# A block differs beyond this many times what it usually does, in grey levels within these
# bounds: the upper one lets a car be noticed before leaves that never rest.
TIMES_USUAL = 5.0
LEAST_LEVELS = 10.0
MOST_LEVELS = 25.0
# What a block usually does, within those bounds; it begins in their middle and follows by this
# share a look.
USUAL = (LEAST_LEVELS / TIMES_USUAL, MOST_LEVELS / TIMES_USUAL)
FIRST_USUAL = (USUAL[0] * USUAL[1]) ** 0.5
FOLLOWS = 0.15
# Beyond these, light did not just change: the camera was covered or switched to infrared.
GAINS = (0.6, 1.6)
# So many blocks tell how the light changed.
LIGHT_SAMPLES = 2000


def block_px(picture: Size) -> int:
    """How large the blocks are that a picture is compared in, in pixels."""
    return max(SMALLEST_BLOCK_PX, round(max(picture) / BLOCKS_ACROSS))


class MotionGate:
    """Compares pictures of one view; `watched` (h, w) says which of its blocks matter.

    `watched` covers the whole picture of `size`, in blocks of `block_px(size)`.
    """

    def __init__(self, watched: NDArray[np.bool_], size: Size) -> None:
        rows, columns = _extent(watched.any(axis=1)), _extent(watched.any(axis=0))
        mask = watched[rows, columns]
        self._shape = Size(mask.shape[1], mask.shape[0])
        self._index = np.flatnonzero(mask)
        side = block_px(size)
        # Every other row of pixels is enough.
        self._rows = slice(rows.start * side, rows.stop * side, 2)
        self._columns = slice(columns.start * side, columns.stop * side)
        self._usual = np.full(len(self._index), FIRST_USUAL, dtype=np.float32)
        self._before: Levels | None = None
        self._examined: Levels | None = None

    def glance(self, picture: Picture) -> Levels:
        """What the gate sees of a picture of its size."""
        if not len(self._index):
            return np.zeros(0, dtype=np.float32)
        source = picture.bgr if picture.planes is None else picture.planes.y
        part = source[self._rows, self._columns]
        small = cv2.resize(part, self._shape, interpolation=cv2.INTER_AREA)
        grey = small if small.ndim == 2 else cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
        return np.asarray(grey, dtype=np.float32).reshape(-1)[self._index]

    def changed(self, glance: Levels) -> bool:
        """Whether something that matters differs from the picture that was last examined.

        True before any was. Each picture is to be asked for once, in their order: from one to the
        next the gate learns what every block does on its own.
        """
        if self._before is not None:
            self._learn(_off(glance, self._before))
        self._before = glance
        if self._examined is None:
            return True
        beyond = np.clip(self._usual * TIMES_USUAL, LEAST_LEVELS, MOST_LEVELS)
        return self._crowded(_off(glance, self._examined) > beyond)

    def examined(self, glance: Levels) -> None:
        """This is the picture to compare with from now on."""
        self._examined = glance

    def _learn(self, off: Levels) -> None:
        """Follow the median of each block's change: what happens in few looks leaves it alone."""
        self._usual *= np.where(off > self._usual, 1 + FOLLOWS, 1 / (1 + FOLLOWS))
        np.clip(self._usual, *USUAL, out=self._usual)

    def _crowded(self, differs: NDArray[np.bool_]) -> bool:
        """Whether enough blocks that lie together differ."""
        if differs.sum() < DIFFERING:
            return False
        where = np.zeros(self._shape[::-1], dtype=np.uint8)
        where.reshape(-1)[self._index] = differs
        around = (AROUND, AROUND)
        near = cv2.boxFilter(where, -1, around, normalize=False, borderType=cv2.BORDER_CONSTANT)
        return bool(near.max() >= DIFFERING)


def _extent(any_there: NDArray[np.bool_] | np.bool_) -> slice:
    """From the first to the last that is there."""
    there = np.flatnonzero(any_there)
    return slice(int(there[0]), int(there[-1]) + 1) if len(there) else slice(0, 0)


def _off(now: Levels, then: Levels) -> Levels:
    """How far each block is, in grey levels, from what the light's change explains.

    The change is a line through most blocks: least squares, trimmed twice.
    """
    step = max(1, len(now) // LIGHT_SAMPLES)
    x, y = then[::step], now[::step]
    gain, offset = 1.0, float(np.median(y - x)) if len(x) else 0.0
    for _ in range(2):
        off = np.abs(y - (x * gain + offset))
        near = off <= max(2.0, 2 * float(np.median(off))) if len(off) else off > 0
        gain, offset = _line(x[near], y[near])
    return np.asarray(np.abs(now - (then * gain + offset)), dtype=np.float32)


def _line(x: Levels, y: Levels) -> tuple[float, float]:
    """The line through points (n,), its slope within what light does."""
    if not len(x):
        return 1.0, 0.0
    middle_x, middle_y = float(x.mean()), float(y.mean())
    apart = x - middle_x
    spread = float(apart @ apart)
    slope = float(apart @ (y - middle_y)) / spread if spread > len(x) else 1.0
    gain = min(max(slope, GAINS[0]), GAINS[1])
    return gain, middle_y - gain * middle_x
