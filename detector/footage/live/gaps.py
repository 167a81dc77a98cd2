"""The times in which nothing was seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from detector.footage.live.contract import Gap

_LEAST_S = 5.0
_STEPS = 3.0


class GapLog:
    """Finds gaps between looks, and tells each when it is over.

    Looks come every `every_s` seconds; `steady` is False where they may stay away although
    nothing is amiss, as with a picture that does not change.
    """

    def __init__(
        self, on_gap: Callable[[Gap], None], began_at: datetime, every_s: float, steady: bool
    ) -> None:
        self._on_gap = on_gap
        self._last_at = began_at
        self._usual = timedelta(seconds=max(_LEAST_S, _STEPS * every_s))
        self._steady = steady
        self._reason: str | None = None
        self.count = 0

    def begin(self, seen_until: datetime) -> None:
        """An earlier run watched until this time; tell the time since, unless it is short."""
        if self._last_at - seen_until > self._usual:
            self._last_at = seen_until
            self.broke("nobody watched")

    def broke(self, reason: str) -> None:
        """Nothing is seen from the last look on; the first reason is the one that counts."""
        self._reason = self._reason or reason

    def look(self, at: datetime) -> None:
        """Something is seen, at this time."""
        if self._reason is not None:
            self._tell(at, self._reason)
        elif self._steady and at - self._last_at > self._usual:
            self._tell(at, "no pictures came")
        self._last_at = max(at, self._last_at)

    def close(self, now: datetime) -> None:
        """Nobody looks any more."""
        if self._reason is not None:
            self._tell(now, self._reason)

    def _tell(self, until: datetime, reason: str) -> None:
        self._reason = None
        self.count += 1
        self._on_gap(Gap(self._last_at, max(until, self._last_at), reason))
