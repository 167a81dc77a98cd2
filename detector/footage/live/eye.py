"""From decoded pictures to looks: times, the frozen rule, hand-over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from av.video.frame import VideoFrame

from detector.footage.decoder import Tally
from detector.footage.live.chooser import Due
from detector.footage.live.clock import Clock, utc
from detector.footage.live.contract import LiveLook
from detector.footage.live.decoding import timed
from detector.footage.live.frozen import FrozenWatch
from detector.footage.live.handoff import Handoff
from detector.footage.live.timekeeper import Moment
from detector.footage.pixels import picture_of
from detector.looks import Picture


@dataclass(frozen=True)
class End:
    """A connection ended by itself, and why."""

    reason: str
    finished: bool = False


@dataclass(frozen=True)
class Passed:
    """Looks that were due and not made because nobody wanted them; the time of the last one."""

    count: int
    at: datetime | None


class Eye:
    """Makes looks of the pictures of one connection.

    `wanted` tells whether a look would be used soon; none is made unasked. A picture that was not
    decoded yet can wait for that; where a newer one stands for it before, it is passed over.
    """

    def __init__(
        self,
        clock: Clock,
        due: Due,
        frozen: FrozenWatch,
        handoff: Handoff[LiveLook | End],
        wanted: Callable[[], bool],
    ) -> None:
        self.tally = Tally()
        self.due = due
        self.frozen = frozen
        self._wanted = wanted
        self.passed = Passed(0, None)
        self._waits: Moment | None = None
        self._clock = clock
        self._handoff = handoff
        self.looks = 0
        self.last_t_s: float | None = None
        self.lag_s: float | None = None

    def wants(self, moment: Moment) -> bool:
        """Whether to show the picture of this time, which is due; ask again as long as not."""
        before, self._waits = self._waits, moment
        if before is not None and self.due.apart(before.t_s, moment.t_s):
            self.passed = Passed(self.passed.count + 1, utc(before.at_s))
        if not self._wanted():
            return False
        self._waits = None
        return True

    def see_frame(self, frame: VideoFrame, moment: Moment, *, asked: bool) -> None:
        """A decoded frame; it becomes a look where one is due and wanted.

        `asked` where it is known to be wanted.
        """
        if not self.due.at(moment.t_s):
            return
        if frame.is_corrupt:
            # Rather a later look than one that shows smears for things.
            self.tally.damaged += 1
            return
        if not asked and not self.wants(moment):
            return
        with timed(self.tally):
            picture = picture_of(frame)
        self.see(picture, moment)

    def see(self, picture: Picture, moment: Moment) -> None:
        """A picture that is due; handed over unless the stream is frozen."""
        self.due.looked(moment.t_s)
        self._waits = None
        if self.frozen.see(picture, self._clock.steady_s()):
            return
        self.lag_s = max(self._clock.wall_s() - moment.at_s, 0.0)
        self.last_t_s = moment.t_s
        self.looks += 1
        t_s, session = round(moment.t_s, 3), moment.session
        self._handoff.put(LiveLook(t_s, utc(moment.at_s), picture, session, self.lag_s))
