"""The clock that the rules of one camera are judged by: it goes on where the last run stopped.

Within one run it follows the stream clock, which no change of the wall clock disturbs; over the
time when nobody watched it follows the wall clock, the only one that went on.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from detector.looks import Look

LEAST_STEP_S = 0.001


class RuleClock:
    """Seconds since `epoch`, the wall time of the first look ever; they only grow.

    `last_s` is the last look that was judged, None where none was.
    """

    def __init__(
        self, timezone: ZoneInfo, epoch: datetime | None = None, last_s: float | None = None
    ) -> None:
        self.epoch = epoch
        self.last_s = last_s
        self.offset_s: float | None = None
        self._timezone = timezone

    def place(self, look: Look, now: datetime) -> Look | None:
        """The look at its time by this clock and the camera's local wall time.

        `now` stands in for a look without wall time. None for a look that is no later than the
        one before.
        """
        at = (look.at or now).astimezone(self._timezone)
        if self.offset_s is None:
            self.offset_s = self._begin(at) - look.t_s
        t_s = round(look.t_s + self.offset_s, 3)
        if self.last_s is not None and t_s <= self.last_s:
            return None
        self.last_s = t_s
        return replace(look, t_s=t_s, at=at)

    def _begin(self, at: datetime) -> float:
        if self.epoch is None:
            self.epoch = at
            return 0.0
        since_s = (at - self.epoch) / timedelta(seconds=1)
        return since_s if self.last_s is None else max(since_s, self.last_s + LEAST_STEP_S)
