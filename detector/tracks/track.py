"""A track: fixes of a satellite receiver in the order of time, and positions between them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from math import hypot

from detector.observation import Position, PositionMethod

# One sigma of a consumer receiver among buildings, where a file says nothing of it.
DEFAULT_ACCURACY_M = 10.0

# Beyond it a position would not tell the street any more: at 30 s the formula of
# `bend_m` gives 113 m, a street block.
LONGEST_GAP_S = 30.0

# One sigma of what a vehicle in town turns, brakes and speeds up between two fixes.
ACCELERATION_M_S2 = 1.0


@dataclass(frozen=True, slots=True)
class Fix:
    """WGS-84 position in degrees at an aware time; `accuracy_m` is one sigma, None if unknown."""

    at: datetime
    lat: float
    lon: float
    accuracy_m: float | None = None


@dataclass(frozen=True)
class Track:
    """Fixes with rising times, at least one. `Track.of` brings them into this order."""

    fixes: tuple[Fix, ...]

    @classmethod
    def of(cls, fixes: Iterable[Fix]) -> Track:
        """A track from fixes in any order; of several at one time the first given is kept."""
        first: dict[datetime, Fix] = {}
        for fix in fixes:
            first.setdefault(fix.at, fix)
        return cls(tuple(first[at] for at in sorted(first)))

    @cached_property
    def _times(self) -> list[datetime]:
        return [fix.at for fix in self.fixes]

    def position_at(self, at: datetime) -> Position | None:
        """Where the receiver was at an aware time, with its one-sigma radius in metres.

        Straight between two fixes; None before the first, after the last, and between two that
        are more than `LONGEST_GAP_S` apart. The radius is hypot(a, b): a runs from one fix's
        accuracy to the other's, b is `bend_m`. Raises TypeError for a time without a zone.
        """
        after = bisect_left(self._times, at)
        if after < len(self.fixes) and self.fixes[after].at == at:
            fix = self.fixes[after]
            return _position(fix.lat, fix.lon, _accuracy_m(fix))
        if after in (0, len(self.fixes)):
            return None
        return _between(self.fixes[after - 1], self.fixes[after], at)


def bend_m(since_s: float, until_s: float) -> float:
    """How far off the straight line a vehicle may be, between two fixes, in metres, one sigma.

    The error of linear interpolation is at most acceleration * since * until / 2 (the remainder
    of Newton's interpolation formula for two points).
    """
    return ACCELERATION_M_S2 * since_s * until_s / 2


def _between(one: Fix, other: Fix, at: datetime) -> Position | None:
    gap_s = (other.at - one.at).total_seconds()
    if gap_s > LONGEST_GAP_S:
        return None
    since_s = (at - one.at).total_seconds()
    share = since_s / gap_s
    # The short way round, also across the date line.
    turn = (other.lon - one.lon + 180) % 360 - 180
    lon = (one.lon + turn * share + 180) % 360 - 180
    straight_m = _accuracy_m(one) * (1 - share) + _accuracy_m(other) * share
    accuracy_m = hypot(straight_m, bend_m(since_s, gap_s - since_s))
    lat = one.lat * (1 - share) + other.lat * share
    return _position(min(90.0, max(-90.0, lat)), lon, accuracy_m)


def _accuracy_m(fix: Fix) -> float:
    return DEFAULT_ACCURACY_M if fix.accuracy_m is None else fix.accuracy_m


def _position(lat: float, lon: float, accuracy_m: float) -> Position:
    return Position(lat=lat, lon=lon, accuracy_m=accuracy_m, method=PositionMethod.TRACK)
