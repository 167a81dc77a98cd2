"""Where the time of a detector goes, summed over threads."""

from __future__ import annotations

import threading
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StageTimes:
    """Seconds summed over all pictures and threads, so the sum may exceed the wall time.

    `prepare_s` is letterbox and input tensor, `engine_s` the network with the wait for a free
    stream, `post_s` thresholds, NMS and mapping back.
    """

    prepare_s: float = 0.0
    engine_s: float = 0.0
    post_s: float = 0.0
    pictures: int = 0


class StageClock:
    """Adds up stage times of several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._total = StageTimes()

    def add(self, prepare_s: float, engine_s: float, post_s: float) -> None:
        """Count one picture with its three stages in seconds."""
        with self._lock:
            total = self._total
            self._total = StageTimes(
                total.prepare_s + prepare_s,
                total.engine_s + engine_s,
                total.post_s + post_s,
                total.pictures + 1,
            )

    def read(self) -> StageTimes:
        """The sums since the last reset."""
        with self._lock:
            return self._total

    def reset(self) -> StageTimes:
        """Start again at zero; returns the sums until now."""
        with self._lock:
            total, self._total = self._total, StageTimes()
            return total
