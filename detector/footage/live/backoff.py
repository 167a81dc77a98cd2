"""How long to wait before a stream is opened again: longer each time, and never in step."""

from __future__ import annotations

from random import Random

_FIRST_S = 1.0
_MOST_S = 60.0
# A stream that held for so long has earned a quick try.
STABLE_S = 60.0


class Backoff:
    """Pauses from one second to a minute.

    Each is drawn from the upper half of a span that doubles, so that cameras which one power cut
    took away do not all come back in the same second.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self._most_s = _FIRST_S

    def pause_s(self, held_s: float) -> float:
        """Seconds to wait after a connection that gave pictures for `held_s`, 0 for none."""
        if held_s >= STABLE_S:
            self._most_s = _FIRST_S
        self._most_s = min(2 * self._most_s, _MOST_S)
        return self._random.uniform(self._most_s / 2, self._most_s)
