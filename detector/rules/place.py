"""A place: where one thing was seen over many looks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from detector.looks import LookBoxes
from detector.observation import BoxXyxy
from detector.rules.finding import Sighting
from detector.rules.likeness import Likeness

BACK_BREAK_S = 0.5
"""What is back may flicker for so long before it is taken to have passed on."""

STILL_SHARE = 0.12
"""Boxes of a standing thing jitter; on the average their middle is off by less of their size,
across and down together. What drives over a place is matched by and by: it is off by more."""

GAP_S = 2.0
GAP_LOOKS = 3.0
"""Nobody looked at a place when so many of the usual times between two looks at it have passed,
and so many seconds."""

UNSEEN_LOOKS = 2
UNSEEN_S = 3.0
"""What so many looks, for so long, did not see is out of sight."""

FOLLOWS = 1.5
"""The usual time between looks grows or shrinks by this factor a look: one gap is not usual."""

LEAST_SEEN_SHARE = 1 / 3
"""What was not seen in so many of the looks at its place may be several things, one by one."""


@dataclass(slots=True)
class Earlier:
    """What a place was until it went out of sight; `samples` are looks at what is there since.

    `touched` is the first look between that saw the place without its thing, None where it was
    merely hidden.
    """

    last: Sighting
    best: Sighting
    looks: int
    examined: int
    votes: dict[int, float]
    touched: Sighting | None
    samples: list[Sighting] = field(default_factory=list)


@dataclass(slots=True)
class Place:
    """What is remembered of one thing; plain data, so that it can be saved.

    `reference` is the box that the next look is matched with, made of `samples`. Of the looks that
    examined it, `examined`, the thing was seen in `looks`. Since it was last held, `unseen_looks`
    did not see it; `touched_looks` of them saw the place without it, first `touched`;
    `empty_looks` of these saw nothing there at all, first `gone`; `missed` are those of all such
    looks after which the thing was there again. `back` is a look that saw
    something there again, last at `back_s`, not yet for long enough to believe it, and `fits`
    counts the looks of which the box fitted closely. `earlier` is what the place was before, while
    it is in doubt whether the same thing is back; `doubt` is a look that saw something there that
    looks like another thing. It was last examined at `examined_s`, usually every `usual_s` seconds,
    0 where that is not known yet. `votes` adds up the confidence of each class; `strayed` adds up
    how far, in shares of its width and height, the middle of the box was off in `strayed_looks`.
    Times are stream seconds.
    """

    number: int
    first: Sighting
    best: Sighting
    last: Sighting
    arrival_known: bool
    last_clear_at: datetime | None
    reference: BoxXyxy
    held_s: float
    looks: int = 1
    examined: int = 1
    examined_s: float = 0.0
    usual_s: float = 0.0
    settled: bool = False
    samples: list[Sighting] = field(default_factory=list)
    votes: dict[int, float] = field(default_factory=dict)
    unseen_looks: int = 0
    empty_looks: int = 0
    missed: int = 0
    touched: Sighting | None = None
    touched_looks: int = 0
    earlier: Earlier | None = None
    gone: Sighting | None = None
    strayed: float = 0.0
    strayed_looks: int = 0
    back: Sighting | None = None
    back_s: float = 0.0
    fits: int = 0
    doubt: Sighting | None = None
    likeness: Likeness = field(default_factory=Likeness)

    def see(self, sighting: Sighting, class_id: int) -> None:
        """Take in a look that saw the thing here."""
        self.last = sighting
        self.looks += 1
        self.votes[class_id] = self.votes.get(class_id, 0.0) + sighting.confidence
        if weight(sighting) > weight(self.best):
            self.best = sighting
        self.hold(sighting.t_s)

    def hold(self, t_s: float) -> None:
        """Take in that the thing is still here, seen or not."""
        self.held_s = t_s
        self.missed += self.empty_looks
        self.unseen_looks = self.touched_looks = self.empty_looks = self.fits = 0
        self.touched = self.gone = self.back = self.doubt = None

    def examine(self, t_s: float) -> None:
        """Take in that a look examined the place."""
        self.examined += 1
        passed_s = t_s - self.examined_s
        if self.usual_s:
            passed_s = min(max(passed_s, self.usual_s / FOLLOWS), self.usual_s * FOLLOWS)
        self.examined_s, self.usual_s = t_s, passed_s

    def after_gap(self, t_s: float) -> bool:
        """Whether nobody had looked, before the look at `t_s`, for longer than usual."""
        return t_s - self.examined_s > max(GAP_S, GAP_LOOKS * self.usual_s)

    def out_of_sight(self, t_s: float) -> bool:
        """Whether several looks over a while did not see the thing."""
        return self.unseen_looks >= UNSEEN_LOOKS and t_s - self.held_s >= UNSEEN_S

    def overlook(self, look: LookBoxes, *, hidden: bool, empty: bool) -> None:
        """Take in a look that did not see the thing, because it was hidden or not."""
        self.unseen_looks += 1
        if look.t_s - self.back_s > BACK_BREAK_S:
            self.back = None
        if hidden:
            return
        self.doubt = None
        seen = Sighting(look.t_s, look.at, self.reference, 0.0, look.size)
        self.touched_looks += 1
        self.touched = self.touched or seen
        if empty:
            self.empty_looks += 1
            self.gone = self.gone or seen

    @property
    def class_id(self) -> int:
        """The class that most looks saw, by confidence."""
        return max(sorted(self.votes), key=lambda it: self.votes[it])

    def stray(self, box: BoxXyxy) -> None:
        """Take in how far off the place a box of its thing is."""
        x1, y1, x2, y2 = self.reference
        across = abs(box[0] + box[2] - x1 - x2) / (2 * (x2 - x1))
        down = abs(box[1] + box[3] - y1 - y2) / (2 * (y2 - y1))
        self.strayed += across + down
        self.strayed_looks += 1

    @property
    def still(self) -> bool:
        """Whether its boxes stay put."""
        return self.strayed <= STILL_SHARE * max(1, self.strayed_looks)

    @property
    def firm(self) -> bool:
        """Whether its boxes stay put, and its thing was seen often enough to be one."""
        return self.still and self.looks >= LEAST_SEEN_SHARE * self.examined

    @property
    def in_doubt(self) -> bool:
        """Whether it was seen without its thing, and it is open whether the same thing is back.

        Where it was merely hidden or not looked at, the same thing is the likelier.
        """
        return self.earlier is not None and self.earlier.touched is not None

    def sightings(self) -> Iterator[Sighting]:
        """All looks that it may yet be told by."""
        yield from (self.first, self.best, self.last, *self.samples)
        yield from filter(None, (self.touched, self.gone, self.back, self.doubt))
        if self.earlier is not None:
            yield from (self.earlier.last, self.earlier.best, *self.earlier.samples)

    @property
    def stood_s(self) -> float:
        """Seconds between the first and the last look that saw it."""
        return self.last.t_s - self.first.t_s


def new_place(number: int, sighting: Sighting, class_id: int) -> Place:
    """A place at its first look; whether its arrival was seen is not known yet."""
    return Place(
        number=number,
        first=sighting,
        best=sighting,
        last=sighting,
        arrival_known=False,
        last_clear_at=None,
        reference=sighting.box,
        held_s=sighting.t_s,
        examined_s=sighting.t_s,
        samples=[sighting],
        votes={class_id: sighting.confidence},
    )


def weight(sighting: Sighting) -> float:
    """How good a look shows the thing: confidence times the square root of its area in pixels."""
    x1, y1, x2, y2 = sighting.box
    return sighting.confidence * float(np.sqrt(max(0.0, (x2 - x1) * (y2 - y1))))


def as_box(corners: Sequence[float] | NDArray[np.floating]) -> BoxXyxy:
    """Four numbers as a box of plain floats."""
    x1, y1, x2, y2 = (float(value) for value in corners)
    return (x1, y1, x2, y2)


def references(places: Sequence[Place]) -> NDArray[np.float64]:
    """The reference boxes (n, 4) of places."""
    return np.array([place.reference for place in places], dtype=np.float64).reshape(-1, 4)


def sighting_of(look: LookBoxes, index: int) -> Sighting:
    """The sighting of one box of a look."""
    boxes = look.boxes
    return Sighting(
        look.t_s,
        look.at,
        as_box(boxes.xyxy[index]),
        float(boxes.confidence[index]),
        look.size,
    )
