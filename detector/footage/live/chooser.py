"""What of a stream must be decoded: key frames alone as long as they come often enough."""

from __future__ import annotations

import math
from enum import Enum

# Encoders put key frames at 2.002 s where two seconds were asked for.
_TOLERANCE = 1.05
# Some streams refresh a part of the picture at a time and never send a key frame.
_NO_KEY_S = 10.0
_FIRST_TRUST = 3
_MOST_TRUST = 64


class Step(Enum):
    """What to do with a packet."""

    SKIP = "skip"
    KEY = "key"
    """Decode it on its own: it is a key frame and due."""
    DECODE = "decode"
    """Decode it in the row of its forerunners."""
    CATCH_UP = "catch up"
    """Decode all from the last key frame on: key frames proved too rare."""
    SETTLE = "settle"
    """Bring out what the decoder holds, then take this key frame on its own."""


class Chooser:
    """Learns from the times of key frames whether they alone will do.

    They are trusted at first, and after some that came in time; each disappointment makes it
    harder to trust them again.
    """

    def __init__(self, every_s: float) -> None:
        self._enough_s = every_s * _TOLERANCE
        self.full = every_s <= 0
        self._always_full = self.full
        self._first_s: float | None = None
        self._key_s: float | None = None
        self._in_time = 0
        self._trust = _FIRST_TRUST

    def begin(self) -> None:
        """A new connection: what was learned stays, the times do not."""
        self._first_s = self._key_s = None
        self._in_time = 0

    def step(self, t_s: float, key: bool, due: bool) -> Step:
        """What to do with the packet of this stream time; `due` where its picture is a look."""
        if key:
            return self._on_key(t_s, due)
        if self.full:
            # Until a key frame has come, there is nothing that others could lean on.
            return Step.SKIP if self._key_s is None and not self._keyless(t_s) else Step.DECODE
        if self._too_rare(t_s):
            self.full, self._in_time = True, 0
            self._trust = min(2 * self._trust, _MOST_TRUST)
            return Step.CATCH_UP
        return Step.SKIP

    def disappointed(self) -> None:
        """A key frame by itself gave no picture: it leans on others."""
        self.full, self._in_time = True, 0
        self._trust = _MOST_TRUST

    def _on_key(self, t_s: float, due: bool) -> Step:
        before, self._key_s = self._key_s, t_s
        if before is not None:
            self._in_time = self._in_time + 1 if t_s - before <= self._enough_s else 0
        if not self.full:
            return Step.KEY if due else Step.SKIP
        if self._always_full or self._in_time < self._trust:
            return Step.DECODE
        self.full = False
        return Step.SETTLE

    def _too_rare(self, t_s: float) -> bool:
        since_s = self._key_s
        return t_s - since_s > self._enough_s if since_s is not None else self._keyless(t_s)

    def _keyless(self, t_s: float) -> bool:
        if self._first_s is None:
            self._first_s = t_s
        return self._key_s is None and t_s - self._first_s > max(_NO_KEY_S, self._enough_s)


class Due:
    """Whether a picture can become a look, told cheaply before it is decoded."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._next_s = -math.inf

    def at(self, t_s: float) -> bool:
        """Whether the picture of this stream time is in a span that has no look yet."""
        return t_s >= self._next_s

    def apart(self, one_s: float, other_s: float) -> bool:
        """Whether the pictures of two stream times would be two looks."""
        return self._every_s <= 0 or self._span(one_s) != self._span(other_s)

    def looked(self, t_s: float) -> None:
        """A look was taken at this stream time."""
        if self._every_s > 0:
            self._next_s = (self._span(t_s) + 1) * self._every_s - 0.0005

    def _span(self, t_s: float) -> int:
        # Times are rounded to a millisecond where spans are told.
        return math.floor((t_s + 0.0005) / self._every_s + 1e-9)
