"""What to look at next: the whole picture, the parts that matter, or nothing because it is still.

Nothing of it outlives the program: a new planner begins with a look at the whole picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from detector.geometry.zone import Zone
from detector.looks import Boxes, Picture, Size
from detector.scene.looking.gate import Levels, MotionGate, block_px
from detector.scene.looking.regions import regions_of, watched_blocks
from detector.scene.looking.watched import Watched

# A look at the whole picture that was asked for and has not come back is asked for again after
# this share of the time between two.
ASK_AGAIN = 1 / 3
# A repeated look cannot tell that something has left, and one look may miss what is there: so long
# after the last change a still picture is examined more often, at least every so many seconds.
WAKE_S = 40.0
AWAKE_EVERY_S = 10.0
# A box holds on where so much of its foot lies in what the gate watched over.
HELD_SHARE = 0.5


class PlanKind(StrEnum):
    """What a look examines."""

    WHOLE = "whole"
    PARTS = "parts"
    REPEAT = "repeat"


@dataclass(frozen=True, slots=True)
class LookSettings:
    """How often what is looked at.

    The whole picture comes every `whole_every_s`, 0: there are no looks at parts. A picture in
    which nothing changed repeats the last result, if `gate`, but not for more than
    `still_every_s` after it, and for less in the first `WAKE_S` after a change.
    """

    whole_every_s: float = 30.0
    still_every_s: float = 30.0
    gate: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """What the look at `t_s` examines.

    With REPEAT nothing changed where the gate `watched`, so that what was last seen there holds.
    """

    kind: PlanKind
    t_s: float
    watched: Watched = field(compare=False, repr=False)
    glance: Levels | None = field(default=None, compare=False, repr=False)

    def held(self, last: Boxes) -> Boxes:
        """Of the boxes last seen, those that hold: of what stands elsewhere nobody knows."""
        kept = self.watched.foot_share(last.xyxy) >= HELD_SHARE
        return Boxes(last.xyxy[kept], last.class_id[kept], last.confidence[kept])


class LookPlanner:
    """Plans the looks at one view, from the pictures in their order.

    `regions` (r, 4) are the parts of a picture of `size` that matter; without any, all looks are
    at the whole picture. `watched` (h, w) are the blocks in which the gate looks for changes, by
    default those of the regions.
    """

    def __init__(
        self,
        regions: NDArray[np.float32],
        size: Size,
        settings: LookSettings,
        watched: NDArray[np.bool_] | None = None,
    ) -> None:
        whole = np.array([[0, 0, *size]], dtype=np.float32)
        self._regions = regions if len(regions) else whole
        self._all = bool((self._regions == whole).all(axis=1).any())
        self._settings = settings
        blocks = _blocks(self._regions, size) if watched is None else watched
        self._gate = MotionGate(blocks, size)
        self._watched = Watched.of(blocks, block_px(size))
        self._asked: float | None = None
        self._whole: float | None = None
        self._last: float | None = None
        self._changed: float | None = None

    @classmethod
    def of(
        cls, zones: Sequence[Zone], size: Size, input_px: int, settings: LookSettings
    ) -> LookPlanner:
        """The planner for zones in pixels of a picture of this size; see `regions_of`."""
        watched = watched_blocks(zones, size, input_px, block_px(size))
        regions = regions_of(zones, size, input_px)
        return cls(regions, size, settings, watched if len(regions) else None)

    def plan(self, t_s: float, picture: Picture) -> Plan:
        """What the look at stream time `t_s` examines."""
        glance = self._gate.glance(picture) if self._settings.gate else None
        still = glance is not None and not self._gate.changed(glance)
        if not still and self._last is not None:
            self._changed = t_s
        kind = self._kind(t_s, still)
        if kind is PlanKind.WHOLE:
            self._asked = t_s
        return Plan(kind, t_s, self._watched, glance)

    def examined(self, t_s: float, plan: Plan) -> None:
        """The look at `t_s` was examined as planned; one that was dropped is not told."""
        if plan.kind is PlanKind.REPEAT:
            return
        self._last = t_s
        if plan.kind is PlanKind.WHOLE:
            self._whole, self._asked = t_s, None
        if plan.glance is not None:
            self._gate.examined(plan.glance)

    def _kind(self, t_s: float, still: bool) -> PlanKind:
        every_s = self._settings.whole_every_s
        whole_due = _due(t_s, self._whole, every_s) and _due(t_s, self._asked, every_s * ASK_AGAIN)
        still_every_s = self._settings.still_every_s
        if not _due(t_s, self._changed, WAKE_S):
            still_every_s = min(still_every_s, AWAKE_EVERY_S)
        held = still and not _due(t_s, self._last, still_every_s)
        if held and not (whole_due and every_s > 0):
            return PlanKind.REPEAT
        return PlanKind.WHOLE if whole_due or self._all else PlanKind.PARTS


def _due(t_s: float, last_s: float | None, every_s: float) -> bool:
    """Whether it is time again; a clock that went back starts anew."""
    return last_s is None or not last_s <= t_s < last_s + every_s


def _blocks(regions: NDArray[np.float32], size: Size) -> NDArray[np.bool_]:
    """The blocks of a picture that lie in a region, at least in part."""
    side = block_px(size)
    mask = np.zeros((size.height // side, size.width // side), dtype=np.bool_)
    for left, top, right, bottom in regions.tolist():
        rows = slice(int(top // side), int(-(-bottom // side)))
        mask[rows, int(left // side) : int(-(-right // side))] = True
    return mask
