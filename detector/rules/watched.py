"""What a rule about standing things watches for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.geometry.zone import Zone, ZoneKind
from detector.looks import LookBoxes
from detector.observation import RuleVersion
from detector.rules.matching import Matching
from detector.taxonomy import TAXONOMY, Kind

Select = Callable[[LookBoxes], NDArray[np.intp]]
"""Indices of the boxes of a look that count, or that leave a question open."""


def nothing(_look: LookBoxes) -> NDArray[np.intp]:
    """No box leaves the question open."""
    return np.zeros(0, dtype=np.intp)


@dataclass(frozen=True, slots=True)
class Watched:
    """What a rule of this sort says: its name, its kind, which boxes count, and how long.

    Boxes that `open_question` selects say nothing of a place they lie on; those of the classes
    `never_hide` hide nothing. Two boxes with a higher IoU than `one_iou`, or with more than
    `one_inside` of the smaller in the larger, are one thing. `sub_kinds` are the defaults by kind
    of zone; `queues`: what stops and leaves with its neighbours does not count.
    """

    rule: RuleVersion
    kind: Kind
    select: Select
    matching: Matching
    one_iou: float
    one_inside: float = 1.0
    least_looks: int = 2
    open_question: Select = nothing
    never_hide: frozenset[int] = frozenset()
    sub_kinds: tuple[tuple[ZoneKind, str], ...] = ()
    queues: bool = False

    def sub_kind(self, zone: Zone | None) -> str:
        """The zone's own sub-kind where it is one of this kind, else the default."""
        if zone is None:
            return TAXONOMY.kind(self.kind).default_sub_kind
        names = [it.name for it in TAXONOMY.sub_kinds if it.kind == self.kind]
        if zone.sub_kind in names:
            return str(zone.sub_kind)
        return dict(self.sub_kinds).get(zone.kind, TAXONOMY.kind(self.kind).default_sub_kind)
