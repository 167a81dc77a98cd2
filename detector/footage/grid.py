"""When to look: the first picture in each span of the sampling grid.

The grid starts at 0 and has a due time at every multiple of its step. A look at t leaves
floor(t / step) + 1 as the next due multiple, so looks are the first pictures of the spans
between due times, and a gap in the stream skips the spans that it covers. That a span alone
decides makes a resumed run give the same looks as a full one.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

# Times are rounded to a millisecond, so a picture at 0.333 is there for a due time of 1/3.
_HALF_MS = 0.5
_LEAST_STEP_MS = 1.0


class Grid:
    """A sampling grid; times are whole milliseconds of stream time."""

    def __init__(self, every_s: float) -> None:
        """A grid with a due time every so many seconds; zero or less takes every picture."""
        if math.isnan(every_s):
            raise ValueError("every_s is a number of seconds")
        self.every_ms = max(every_s * 1000, _LEAST_STEP_MS)

    def spans(self, times_ms: NDArray[np.int64]) -> NDArray[np.float64]:
        """The number of the span that each of the (n,) times lies in."""
        at = (times_ms.astype(np.float64) + _HALF_MS) / self.every_ms
        return np.asarray(np.floor(at + 1e-9), dtype=np.float64)

    def span(self, time_ms: int) -> float:
        """The number of the span that a time lies in."""
        return float(self.spans(np.array([time_ms], dtype=np.int64))[0])

    def firsts(self, times_ms: NDArray[np.int64], after_ms: int | None) -> NDArray[np.int64]:
        """Indices of the first of the (n,) rising times in each span, after that of `after_ms`."""
        spans = self.spans(times_ms)
        before = -1.0 if after_ms is None else self.span(after_ms)
        first = np.diff(spans, prepend=-1.0) > 0
        return np.flatnonzero(first & (spans > before))


class Sampler:
    """Picks looks from pictures as they come."""

    def __init__(self, every_s: float, after_s: float | None) -> None:
        self._grid = Grid(every_s)
        self._last = -1.0 if after_s is None else self._grid.span(to_ms(after_s))

    def takes(self, time_ms: int) -> bool:
        """Whether the picture at this time becomes a look."""
        span = self._grid.span(time_ms)
        if span <= self._last:
            return False
        self._last = span
        return True


def to_ms(time_s: float) -> int:
    """Seconds as whole milliseconds."""
    return round(time_s * 1000)
