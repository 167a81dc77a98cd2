"""Queues and jams are not parking: vehicles in line that stop together and leave together.

When a vehicle's limit passes before it is clear whether it is the first of a queue, or while
others stand in line with it that came to a stand about when it did, nothing is said yet. If they
leave and it stays, it was parked; if it leaves as they leave, it waited. A queue that does not
move for `LONGEST_S` counts as standing. In line means near one another: waiting vehicles stand
side by side as well as one behind the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import hypot

from detector.observation import BoxXyxy
from detector.rules.place import Place

LONGEST_S = 180.0
"""No light stays red for so long; what has not moved until then stands."""

RED_S = 90.0
"""Few lights stay red for longer: where nobody looks any more, what has stood so long counts."""

TOGETHER_S = 45.0
"""Vehicles of one queue come to a stand within this time of the next in line: until it has passed
a vehicle may be the first of a queue."""

LOOK_AGAIN_S = 1.0

GRACE_S = 30.0
"""Vehicles of one queue leave within this time of the next in line."""

LEAST_STOOD_S = 5.0
LEAST_SEEN_SHARE = 0.2
"""A neighbour that stood for less drove by; one seen in fewer of the looks at it was none. It may
be seen less than what is raised itself: others stand before it."""

MOST_GAP = 1.0
"""Neighbours in line are no farther apart than this many vehicle lengths."""

LEAST_CLEAR_SHARE = 0.45
"""Where traffic streams over a spot it looks as if something stood there that is seen now and
then: more of the looks that saw the spot plainly saw it empty in between."""

SAME_INSIDE = 0.6
"""A box of which so much lies in another, or the other way, is the same vehicle seen twice."""

MOST_RATIO = 2.5
"""Neighbours in line look at most so many times longer than one another."""


@dataclass(slots=True)
class Hold:
    """A stay that is held back; `beside` and `line` are the numbers of those it is judged by.

    When those beside it leave, it must leave with them; when it leaves, any of its line that
    leaves about then says that it waited. Others may join until `TOGETHER_S` after its arrival,
    and are looked for once a second, last at `looked_s`.
    """

    beside: list[int] = field(default_factory=list)
    line: list[int] = field(default_factory=list)
    looked_s: float | None = None

    def due(self, place: Place) -> bool:
        """Whether it is time to look who stands in line with the place."""
        looked_s = self.looked_s
        return looked_s is None or (
            place.last.t_s - looked_s >= LOOK_AGAIN_S and place.stood_s <= TOGETHER_S
        )


@dataclass(slots=True)
class Neighbour:
    """A vehicle that stands or stood: when, where, and whether it was seen to leave.

    `seldom`: it was seen so seldom that it may be traffic that streams past.
    """

    number: int
    box: BoxXyxy
    first_s: float
    last_s: float
    arrival_known: bool
    left: bool
    seldom: bool = False


def neighbour_of(place: Place, *, over: bool) -> Neighbour:
    """A place as its neighbours see it; it has left when it is over and was seen empty."""
    return Neighbour(
        number=place.number,
        box=place.reference,
        first_s=place.first.t_s,
        last_s=place.last.t_s,
        arrival_known=place.arrival_known,
        left=over and place.gone is not None,
        seldom=place.looks < LEAST_CLEAR_SHARE * (place.looks + place.missed),
    )


@dataclass(slots=True)
class Neighbours:
    """All vehicles that stand, and those that left a short while ago."""

    departed: list[Neighbour] = field(default_factory=list)

    def leave(self, places: Iterable[Place]) -> None:
        """Remember places that are over."""
        self.departed += [neighbour_of(place, over=True) for place in places if _stood(place)]

    def forget(self, now_s: float) -> None:
        """Forget those that nobody can be judged by any more."""
        self.departed = [it for it in self.departed if now_s - it.last_s <= LONGEST_S]

    def all(self, places: Sequence[Place]) -> dict[int, Neighbour]:
        """By number, the open `places` and the departed."""
        here = [neighbour_of(place, over=False) for place in places if _stood(place)]
        return {it.number: it for it in [*self.departed, *here]}


def join(hold: Hold, place: Place, others: Iterable[Neighbour]) -> None:
    """Take up those that stand in one line with a place, each stopped about when the next did.

    Those that have left a short while ago count as well.
    """
    line = [neighbour_of(place, over=False)]
    rest = [
        it for it in others if it.number != place.number and it.last_s >= place.last.t_s - GRACE_S
    ]
    for one in line:
        more = [it for it in rest if _stopped_together(one, it) and _near(one.box, it.box)]
        if one is line[0]:
            hold.beside = sorted({*hold.beside, *(it.number for it in more)})
        line += more
        rest = [it for it in rest if it not in more]
    hold.line = sorted({*hold.line, *(it.number for it in line[1:])})
    hold.looked_s = place.last.t_s


def verdict(place: Place, hold: Hold, others: dict[int, Neighbour], *, over: bool) -> bool | None:
    """Whether a stay that was held back counts; None while that is open.

    `over`: the place itself is over.
    """
    if place.stood_s >= LONGEST_S:
        return True
    line = [others[number] for number in hold.line if number in others]
    with_it = (it for it in line if it.left and abs(place.last.t_s - it.last_s) <= GRACE_S)
    if over and any(with_it):
        return False
    if not over and place.stood_s < TOGETHER_S:
        return None
    beside = [others[number] for number in hold.beside if number in others]
    latest_s = max((it.last_s for it in beside), default=place.first.t_s)
    if all(it.left for it in beside) and place.last.t_s - latest_s > GRACE_S:
        return True
    return None


def verdict_unseen(place: Place, hold: Hold) -> bool:
    """Whether a stay counts when nobody will see how it and its line leave."""
    return not hold.line or place.stood_s >= RED_S


def verdict_at_end(place: Place, hold: Hold, others: dict[int, Neighbour]) -> bool:
    """Whether a stay counts that lasts when the footage ends.

    What seemed to stand beside it and turned out to pass, or to be seldom there, is no line.
    """
    beside = [others[number] for number in hold.beside if number in others]
    return place.stood_s >= RED_S or all(it.seldom for it in beside)


def _stood(place: Place) -> bool:
    seen = place.looks >= LEAST_SEEN_SHARE * place.examined
    return place.still and seen and place.stood_s >= LEAST_STOOD_S


def _stopped_together(a: Neighbour, b: Neighbour) -> bool:
    if not a.arrival_known and not b.arrival_known:
        return True
    return abs(a.first_s - b.first_s) <= TOGETHER_S


def _near(a: BoxXyxy, b: BoxXyxy) -> bool:
    length_a, length_b = (max(box[2] - box[0], box[3] - box[1]) for box in (a, b))
    if max(length_a, length_b) > MOST_RATIO * min(length_a, length_b):
        return False
    # Where the spans overlap a gap is below 0.
    gap_x = max(a[0], b[0]) - min(a[2], b[2])
    gap_y = max(a[1], b[1]) - min(a[3], b[3])
    if gap_x < 0 and gap_y < 0:
        smaller = min((it[2] - it[0]) * (it[3] - it[1]) for it in (a, b))
        return gap_x * gap_y < SAME_INSIDE * smaller
    return hypot(max(0.0, gap_x), max(0.0, gap_y)) <= MOST_GAP * (length_a + length_b) / 2
