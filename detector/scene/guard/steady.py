"""From looks to trust: what one look seems to show counts only once it lasts.

All ages are seconds of stream time up to the last look, so that they survive a restart.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from math import inf, isfinite

import numpy as np

from detector.device import DeviceFault
from detector.looks import Size
from detector.scene.guard.pose import distance
from detector.scene.guard.verdict import Bearing, Matrix

# A fault is told when distrust has lasted this long, in at least so many looks.
FAULT_AFTER_S = 10.0
FAULT_AFTER_LOOKS = 3

HOME = np.eye(3)

# Shares of the picture's width. Wind and noise of measurement stay below the first.
SAME_POSE = 0.006
AS_IT_WAS = 0.004

# A step that a mount makes by itself: such a pose is followed at once.
CREPT = 0.015

# Any other pose is trusted once the camera has held still in it.
SETTLED_AFTER_S = 2.0
SETTLED_AFTER_LOOKS = 2

# So many new poses, so far apart in all, within the time: the camera is on the move, not turned
# by somebody nor by a sinking mount, and has to rest for longer.
MOVING_MOVES = 3
MOVING_BY = 0.035
MOVING_WITHIN_S = 30.0
MOST_MOVES = 20
REST_S = 15.0


@dataclass(frozen=True)
class Sighting:
    """What one look seems to show: a known view with its pose, in its working pixels."""

    view: str
    pose: Matrix
    size: Size

    def apart(self, other: Sighting) -> float:
        """How far a corner moved from one to the other; infinite between views."""
        if (self.view, self.size) != (other.view, other.size):
            return inf
        return distance(self.pose, other.pose, self.size)


@dataclass(frozen=True)
class Move:
    """A new pose: how long ago, and by what share of the width."""

    age_s: float
    by: float


@dataclass(frozen=True)
class Standing:
    """What to make of a look after those before it."""

    held: Sighting | None
    trusted: bool
    fault: DeviceFault | None
    bearing: Bearing


@dataclass
class Steady:
    """The memory between looks: what is held to, what may come after it, how long it is bad.

    `last` is where the camera was seen to look most recently, to the fraction of a pixel.
    """

    held: Sighting | None = None
    candidate: Sighting | None = None
    last: Sighting | None = None
    rested_s: float = 0.0
    rested_looks: int = 0
    moves: list[Move] = field(default_factory=list)
    bad_s: float = 0.0
    bad_looks: Counter[DeviceFault] = field(default_factory=Counter)

    @property
    def on_the_move(self) -> bool:
        """Whether the camera has moved more often than anybody would turn it."""
        return len(self.moves) >= MOVING_MOVES and sum(it.by for it in self.moves) >= MOVING_BY

    def see(self, sighting: Sighting | None, fault: DeviceFault, passed_s: float) -> Standing:
        """Weigh a look; `fault` is what is wrong where nothing known was seen."""
        older = [Move(it.age_s + passed_s, it.by) for it in self.moves]
        self.moves = [it for it in older if it.age_s <= MOVING_WITHIN_S]
        if sighting is None:
            return self._distrust(fault, Bearing.LOST, passed_s)
        self._follow(sighting, passed_s)
        if not self._settled():
            fault = DeviceFault.MOVING if self.on_the_move else DeviceFault.UNKNOWN_VIEW
            return self._distrust(fault, Bearing.SETTLING, passed_s)
        return self._trust()

    def _follow(self, sighting: Sighting, passed_s: float) -> None:
        """Count how long the camera has held still where it is."""
        self.last = sighting
        if self.candidate is not None and sighting.apart(self.candidate) <= SAME_POSE:
            self.rested_s += passed_s
            self.rested_looks += 1
            return
        back = self.held is not None and sighting.apart(self.held) <= SAME_POSE
        if self.candidate is not None and isfinite(by := sighting.apart(self.candidate)):
            self.moves = [*self.moves, Move(0.0, by)][-MOST_MOVES:]
        self.candidate = self.held if back else sighting
        self.rested_s, self.rested_looks = 0.0, 1

    def _settled(self) -> bool:
        """Whether the pose of this look is to be trusted."""
        assert self.candidate is not None, "the look was followed"
        if self.on_the_move:
            return self.rested_s >= REST_S and self.rested_looks > SETTLED_AFTER_LOOKS
        if self.held is None and is_home(self.candidate):
            return True
        if self.held is not None and self.candidate.apart(self.held) <= CREPT:
            return True
        return self.rested_s >= SETTLED_AFTER_S and self.rested_looks >= SETTLED_AFTER_LOOKS

    def _trust(self) -> Standing:
        before, self.held = self.held, self.candidate
        self.bad_s, self.bad_looks = 0.0, Counter()
        assert self.held is not None, "what is trusted was seen"
        if before is not None and before.view != self.held.view:
            bearing = Bearing.MOVED
        else:
            bearing = Bearing.AS_IT_WAS if is_home(self.held) else Bearing.NUDGED
        return Standing(self.held, True, None, bearing)

    def _distrust(self, fault: DeviceFault, bearing: Bearing, passed_s: float) -> Standing:
        # The first bad look says nothing of the time before it.
        self.bad_s += passed_s if self.bad_looks else 0.0
        self.bad_looks[fault] += 1
        if bearing is Bearing.LOST:
            self.rested_s, self.rested_looks = 0.0, 0
        lasting = self.bad_s >= FAULT_AFTER_S and self.bad_looks.total() >= FAULT_AFTER_LOOKS
        told = self.bad_looks.most_common(1)[0][0] if lasting else None
        return Standing(self.held, False, told, bearing)


def is_home(sighting: Sighting) -> bool:
    """Whether the zones fit without being moved."""
    return distance(sighting.pose, HOME, sighting.size) <= AS_IT_WAS
