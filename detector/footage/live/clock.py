"""Time from outside, so that a test can make it pass."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from threading import Event
from typing import Protocol


class Clock(Protocol):
    """The wall clock, a clock that never steps, and waiting."""

    def wall_s(self) -> float:
        """Seconds since 1970, UTC."""
        ...

    def steady_s(self) -> float:
        """Seconds since some moment; never steps."""
        ...

    def wait(self, stop: Event, seconds: float) -> bool:
        """Wait so long, or until `stop` is set; whether it is."""
        ...


class RealClock:
    """The clock of this machine."""

    def wall_s(self) -> float:
        """Seconds since 1970, UTC."""
        return time.time()

    def steady_s(self) -> float:
        """Seconds since some moment; never steps."""
        return time.monotonic()

    def wait(self, stop: Event, seconds: float) -> bool:
        """Wait so long, or until `stop` is set; whether it is."""
        return stop.wait(seconds)


def utc(wall_s: float) -> datetime:
    """Seconds since 1970 as an aware time."""
    return datetime.fromtimestamp(wall_s, UTC)
