"""The two clocks of a stream: its own, which counts within a session, and the wall's.

A camera's time stamps tell how far two pictures are apart, but not when they were taken; the
wall tells when they arrived, but pictures wait on their way. So the first picture of a session
gets the time of its arrival, and the others follow it by the stamps. No picture is taken after
it arrived: one that seems so shows that the first had waited (a camera often sends the last
seconds at once after a connect), and the session is moved back. Where every picture of a minute
comes late, the camera's clock is slow, and the session is moved on.

The wall clock may be set. So arrivals are counted by a clock that never steps and began as the
wall's did; what the wall is ahead of it by now is added to the told wall times, never to stream
seconds.
"""

from __future__ import annotations

from typing import NamedTuple

# Pictures are told in the order of decoding, and a few may be shown before their forerunners.
_BACK_S = 2.0
# A stream this far ahead of the wall has set its clock, it has not sent a buffer.
_AHEAD_S = 15.0
_LATE_S = 5.0
_HALF_WINDOW_S = 30.0
# Stream seconds may run away from the wall by so much before they are tied to it again.
_APART_S = 20.0
_LEAST_STEP_S = 0.001


class Moment(NamedTuple):
    """When a picture was: stream seconds, wall seconds since 1970, and its session."""

    t_s: float
    at_s: float
    session: int


class Timekeeper:
    """Tells the times of the pictures of one connection.

    `epoch_s` is the wall time of stream second 0, None for that of the first picture; no picture
    is told to be before `floor_s`. `age_s` is how old the first picture is known to be when it
    arrives.
    """

    def __init__(
        self, epoch_s: float | None, floor_s: float, session: int, age_s: float = 0.0
    ) -> None:
        self.epoch_s = epoch_s
        self.session = session
        self.last_t_s = floor_s
        self._age_s = age_s
        self._stamp0_s: float | None = None
        self._t0_s = 0.0
        self._at0_s = 0.0
        self._newest_s = 0.0
        self._ahead_s = 0.0
        self._rest(0.0)

    def tell(self, stamp_s: float, now_s: float, ahead_s: float = 0.0) -> Moment:
        """The times of the picture with this stamp, which arrived at this time.

        `now_s` is the wall time as if its clock never stepped; the wall is ahead of it by
        `ahead_s`.
        """
        self._ahead_s = ahead_s
        if self._stamp0_s is None:
            self._begin(stamp_s, now_s - self._age_s, now_s)
        late_s = now_s - self._at0_s - (stamp_s - self._of_session())
        if stamp_s < self._newest_s - _BACK_S or late_s < -_AHEAD_S:
            self._next(stamp_s, now_s, now_s)
        elif late_s < 0:
            self._at0_s += late_s
            self._rest(now_s)
        else:
            self._watch(late_s, now_s)
        if abs(self._at0_s - (self.epoch_s or 0.0) - self._t0_s) > self._allowed_s:
            self._next(stamp_s, self._at0_s + stamp_s - self._of_session(), now_s)
        self._newest_s = max(self._newest_s, stamp_s)
        moment = self.of(stamp_s)
        self.last_t_s = max(self.last_t_s, moment.t_s)
        return moment

    def of(self, stamp_s: float) -> Moment:
        """The times of a picture of the session that has been told of already."""
        since_s = stamp_s - self._of_session()
        at_s = self._at0_s + since_s + self._ahead_s
        return Moment(self._t0_s + since_s, at_s, self.session)

    def _of_session(self) -> float:
        assert self._stamp0_s is not None, "a session has begun"
        return self._stamp0_s

    def _next(self, stamp_s: float, at_s: float, now_s: float) -> None:
        self.session += 1
        self._begin(stamp_s, at_s, now_s)

    def _begin(self, stamp_s: float, at_s: float, now_s: float) -> None:
        if self.epoch_s is None:
            self.epoch_s = at_s
        self._stamp0_s = self._newest_s = stamp_s
        self._at0_s = at_s
        self._t0_s = max(at_s - self.epoch_s, self.last_t_s + _LEAST_STEP_S)
        # Where the wall was set back, stream seconds stay ahead of it, and that is all right.
        self._allowed_s = abs(at_s - self.epoch_s - self._t0_s) + _APART_S
        self._rest(now_s)

    def _rest(self, now_s: float) -> None:
        self._half_from_s = now_s
        self._least_s = self._least_before_s = float("inf")

    def _watch(self, late_s: float, now_s: float) -> None:
        """Move the session on where no picture of the last window came in time."""
        self._least_s = min(self._least_s, late_s)
        if now_s - self._half_from_s < _HALF_WINDOW_S:
            return
        least_s = min(self._least_s, self._least_before_s)
        if self._least_before_s < float("inf") and least_s > self._age_s + _LATE_S:
            self._at0_s += least_s - self._age_s
            self._rest(now_s)
            return
        self._least_before_s, self._least_s = self._least_s, float("inf")
        self._half_from_s = now_s
