"""The clock that the rules of one camera are judged by: it goes on where the last run stopped.

Within one run it follows the stream clock, which no change of the wall clock disturbs; over the
time when nobody watched it follows the wall clock, the only one that went on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from detector.footage.clock import later
from detector.looks import Look

LEAST_STEP_S = 0.001
APART_S = 5.0
"""So far may the told times be from the wall clock: a camera's own clock runs a little apart."""


class RuleClock:
    """Seconds since `epoch`, the wall time of second 0; they only grow.

    The told wall times are `epoch` and these seconds, so they only grow too: where the wall clock
    was set forward, `epoch` follows it; where it was set back, only when nothing is open that
    began by the old time. `last_s` is the last look that was judged, None where none was.
    `apart_s` is how far the wall clock was ahead of the time told with the last look.
    """

    def __init__(
        self, timezone: ZoneInfo, epoch: datetime | None = None, last_s: float | None = None
    ) -> None:
        self.epoch = epoch
        self.last_s = last_s
        self.offset_s: float | None = None
        self.apart_s = 0.0
        self._timezone = timezone

    def place(self, look: Look, now: datetime, idle: Callable[[], bool]) -> Look | None:
        """The look at its time by this clock and the camera's local wall time.

        `now` stands in for a look without wall time; `idle` tells whether nothing is open. None
        for a look that is no later than the one before.
        """
        wall = (look.at or now).astimezone(UTC)
        epoch = self.epoch or wall
        if self.offset_s is None:
            self.offset_s = self._begin(_seconds(wall - epoch)) - look.t_s
        t_s = round(look.t_s + self.offset_s, 3)
        if self.last_s is not None and t_s <= self.last_s:
            return None
        self.last_s = t_s
        apart_s = _seconds(wall - epoch) - t_s
        if apart_s > APART_S or (apart_s < -APART_S and idle()):
            epoch, apart_s = epoch + timedelta(seconds=apart_s), 0.0
        self.epoch, self.apart_s = epoch, apart_s
        return replace(look, t_s=t_s, at=later(epoch.astimezone(self._timezone), t_s))

    def _begin(self, since_s: float) -> float:
        return since_s if self.last_s is None else max(since_s, self.last_s + LEAST_STEP_S)


def _seconds(span: timedelta) -> float:
    return span / timedelta(seconds=1)
