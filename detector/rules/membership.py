"""Where a place stands: which of a rule's zones it belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detector.geometry.zone import Zone, ZoneKind
from detector.geometry.zones import foot_share
from detector.looks import LookBoxes
from detector.observation import BoxXyxy
from detector.rules.place import Place, references

STAYS_WITHIN = 0.1
"""What stands in a zone stays in it until this share less of its foot lies inside."""


@dataclass(frozen=True)
class Area:
    """A zone as one rule sees it; None stands for the whole picture with a dwell of its own."""

    zone: Zone | None
    dwell_s: float

    @property
    def name(self) -> str | None:
        """The zone's name."""
        return self.zone.name if self.zone else None

    @property
    def key(self) -> str:
        """What it is remembered by: zones are never without a name."""
        return self.name or ""

    def shares(self, boxes: NDArray[np.float64]) -> NDArray[np.float64]:
        """Share (n,) of the foot of each box (n, 4) inside."""
        return np.ones(len(boxes)) if self.zone is None else foot_share(boxes, self.zone.polygon)

    def admits(self, place: Place) -> bool:
        """Whether the zone is about a thing of this class and size."""
        if self.zone is None:
            return True
        x1, y1, x2, y2 = place.reference
        large = max(x2 - x1, y2 - y1) >= self.zone.least_size_px
        return large and place.class_id in self.zone.class_ids

    def in_force(self, look: LookBoxes) -> bool:
        """Whether its rule holds now."""
        return self.zone is None or self.zone.in_force(look.at)

    def enters(self, share: float) -> bool:
        """Whether so much of a foot is enough to come to stand here."""
        return self.zone is None or share >= self.zone.least_foot_share

    def stays(self, share: float) -> bool:
        """Whether so much of a foot is enough to go on standing here."""
        return self.zone is None or share >= self.zone.least_foot_share - STAYS_WITHIN

    @property
    def urgent(self) -> bool:
        """Whether it must be kept clear, which weighs more than that nobody may park."""
        return self.zone is not None and self.zone.kind is ZoneKind.KEEP_CLEAR


@dataclass(frozen=True)
class Areas:
    """Where things count, and where they do not because they wait in traffic."""

    counting: Sequence[Area]
    waiting: Sequence[Area] = ()


@dataclass(slots=True)
class Standing:
    """Which areas, by their keys, a place stands in with which share of its foot."""

    judged: BoxXyxy | None = None
    shares: dict[str, float] = field(default_factory=dict)


def within(areas: Sequence[Area], places: Sequence[Place]) -> list[bool]:
    """Whether each place stands in one of the areas, or so nearly that it may yet be told to."""
    boxes = references(places)
    shares = [area.shares(boxes).tolist() for area in areas]
    return [
        any(area.stays(share[row]) for area, share in zip(areas, shares, strict=True))
        for row in range(len(places))
    ]


def judge(areas: Sequence[Area], places: Sequence[Place], standings: Sequence[Standing]) -> None:
    """Judge anew those places whose box has changed since they were judged."""
    changed = [
        (place, standing)
        for place, standing in zip(places, standings, strict=True)
        if standing.judged != place.reference
    ]
    if not changed or not areas:
        return
    boxes = references([place for place, _ in changed])
    table = np.stack([area.shares(boxes) for area in areas], axis=1)
    for row, (place, standing) in zip(table.tolist(), changed, strict=True):
        standing.shares = {
            area.key: share
            for area, share in zip(areas, row, strict=True)
            if area.enters(share) or (area.key in standing.shares and area.stays(share))
        }
        standing.judged = place.reference


class Hours:
    """Since when the areas of a rule are in force without a break, in stream seconds."""

    def __init__(self, areas: Sequence[Area], since_s: Mapping[str, float] | None = None) -> None:
        """Go on from `since_s`, by the keys of areas, as far as there are such areas."""
        self._areas = areas
        keys = {area.key for area in areas}
        self.since_s = {key: it for key, it in (since_s or {}).items() if key in keys}

    def see(self, look: LookBoxes) -> None:
        """Take in the time of a look."""
        self.since_s = {
            area.key: self.since_s.get(area.key, look.t_s)
            for area in self._areas
            if area.in_force(look)
        }

    def holding(self, place: Place, standing: Standing) -> list[Area]:
        """The areas in force that a place stands in and that are about such a thing."""
        return [
            area
            for area in self._areas
            if area.key in standing.shares and area.key in self.since_s and area.admits(place)
        ]

    def judged_area(self, place: Place, standing: Standing) -> Area | None:
        """The area that a place is judged by now: where most of its foot stands.

        Of equal shares one to be kept clear goes first, then the one listed first.
        """
        among = self.holding(place, standing)
        return min(
            among, key=lambda it: (-round(standing.shares[it.key], 2), not it.urgent), default=None
        )
