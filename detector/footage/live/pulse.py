"""Signs of life of a connection, noted by its thread and read by others."""

from __future__ import annotations

from detector.footage.live.clock import Clock

_WINDOW_S = 5.0


class Pulse:
    """When something last came, and how many pictures a second come."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.began_s = self.seen_s = self._from_s = clock.steady_s()
        self.first_s: float | None = None
        self.opened = False
        self.frames = 0
        self._counted = 0
        self._fps = 0.0

    def open(self) -> None:
        """The connection is there; patience begins anew."""
        self.seen_s = self._from_s = self._clock.steady_s()
        self.opened = True

    def beat(self) -> float:
        """One more coded picture came; the steady time of it."""
        now_s = self._clock.steady_s()
        self.seen_s = now_s
        if self.first_s is None:
            self.first_s = now_s
        self.frames += 1
        since_s = now_s - self._from_s
        if since_s >= _WINDOW_S:
            self._fps = (self.frames - self._counted) / since_s
            self._from_s, self._counted = now_s, self.frames
        return now_s

    @property
    def fps(self) -> float:
        """Coded pictures a second, over the last seconds."""
        since_s = self._clock.steady_s() - self._from_s
        if since_s > 2 * _WINDOW_S or (not self._fps and since_s > 0):
            return (self.frames - self._counted) / since_s
        return self._fps

    @property
    def quiet_s(self) -> float:
        """Seconds since something came."""
        return self._clock.steady_s() - self.seen_s

    @property
    def held_s(self) -> float:
        """Seconds from the first coded picture to the last."""
        return 0.0 if self.first_s is None else self.seen_s - self.first_s
