"""What a rule holds against a place, and what it asserts when the limit has passed."""

from __future__ import annotations

from dataclasses import dataclass, field

from detector.observation import EvidenceRole, State
from detector.rules.finding import Finding, Sighting
from detector.rules.membership import Standing
from detector.rules.place import Place
from detector.rules.places import SavedPlaces
from detector.rules.queue import Hold, Neighbour
from detector.rules.watched import Watched


@dataclass(slots=True)
class Stay:
    """What a rule holds against a place: where it stands and whether its limit has passed.

    `standing` and `waiting` say in which zones, and in which traffic lanes, its foot lies;
    `waited_s` is when it last waited in such a lane. `limit` is the look that saw the limit passed,
    `zone` the zone that it is judged by, by name.
    """

    standing: Standing = field(default_factory=Standing)
    waiting: Standing = field(default_factory=Standing)
    waited_s: float | None = None
    limit: Sighting | None = None
    zone: str | None = None
    sub_kind: str = ""
    hold: Hold | None = None


@dataclass(slots=True)
class Left:
    """A stay that was over before it was clear whether it was a queue."""

    place: Place
    state: State
    stay: Stay


@dataclass(slots=True)
class SavedStays:
    """What a rule saves, as plain data."""

    places: SavedPlaces
    stays: dict[int, Stay]
    left: list[Left]
    departed: list[Neighbour]
    in_force_since_s: dict[str, float]
    lanes_since_s: dict[str, float]


def finding_of(watched: Watched, place: Place, state: State, stay: Stay) -> Finding:
    """What a stay over its limit asserts."""
    assert stay.limit is not None, "only what is over its limit is reported"
    moments = [
        (EvidenceRole.ARRIVAL, place.first),
        (EvidenceRole.LIMIT, stay.limit),
        (EvidenceRole.LATEST, place.last),
    ]
    gone = place.gone if state is State.ENDED else None
    if gone is not None:
        moments.append((EvidenceRole.DEPARTURE, gone))
    return Finding(
        rule=watched.rule,
        kind=watched.kind,
        sub_kind=stay.sub_kind,
        zone=stay.zone,
        state=state,
        first=place.first,
        best=place.best,
        last=place.last,
        looks=place.looks,
        arrival_known=place.arrival_known,
        last_clear_at=place.last_clear_at,
        moments=tuple(moments),
        cleared_at=gone.at if gone else None,
        place=place.reference,
    )
