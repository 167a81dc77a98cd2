"""What each kind of zone is for: the classes it is about, what it raises, how long a stay may be.

Every number is a default that a city may change in the camera file.
"""

from __future__ import annotations

from dataclasses import dataclass

from detector.geometry.zone import ZoneKind
from detector.taxonomy import TAXONOMY, Kind


@dataclass(frozen=True)
class Purpose:
    """What one kind of zone is for.

    `class_ids` count where the file names none, `nameable` may be named; `kinds` are the
    violations that it can raise; `dwell_s` is how long something may stay.
    """

    class_ids: frozenset[int]
    nameable: frozenset[int]
    kinds: tuple[Kind, ...] = ()
    dwell_s: float = 0.0


def _raising(*kinds: Kind, dwell_s: float, usual: frozenset[int] | None = None) -> Purpose:
    ids = frozenset[int]().union(*(TAXONOMY.class_ids_of(kind) for kind in kinds))
    return Purpose(usual or ids, ids, kinds, dwell_s)


MOTOR = TAXONOMY.class_ids_of(Kind.ILLEGAL_PARKING)
EVERYTHING = frozenset(range(len(TAXONOMY.classes)))

PURPOSES = {
    ZoneKind.NO_PARKING: _raising(
        Kind.ILLEGAL_PARKING, Kind.NON_MOTOR_PARKING, dwell_s=180.0, usual=MOTOR
    ),
    ZoneKind.NO_STALL: _raising(Kind.STALL_ENCROACHMENT, dwell_s=300.0),
    ZoneKind.KEEP_CLEAR: _raising(
        Kind.ILLEGAL_PARKING,
        Kind.NON_MOTOR_PARKING,
        Kind.STALL_ENCROACHMENT,
        Kind.EXPOSED_GARBAGE,
        dwell_s=60.0,
    ),
    ZoneKind.BIN_POINT: _raising(Kind.GARBAGE_OVERFLOW, Kind.EXPOSED_GARBAGE, dwell_s=120.0),
    ZoneKind.CABLE_WATCH: _raising(Kind.EXPOSED_CABLE, dwell_s=600.0),
    ZoneKind.TRAFFIC_LANE: Purpose(MOTOR, MOTOR | TAXONOMY.class_ids_of(Kind.NON_MOTOR_PARKING)),
    ZoneKind.IGNORE: Purpose(EVERYTHING, EVERYTHING),
}

# Places where a vehicle may stand longer or shorter than in other no-parking zones.
DWELL_S = {"parking.motor.sidewalk": 300.0, "parking.motor.fire_lane": 60.0}


def usual_dwell_s(kind: ZoneKind, sub_kind: str | None) -> float:
    """How many seconds something may stay where the file does not say."""
    usual_s = PURPOSES[kind].dwell_s
    return DWELL_S.get(sub_kind or "", usual_s) if kind is ZoneKind.NO_PARKING else usual_s


def sub_kinds_of(kind: ZoneKind, class_ids: frozenset[int]) -> tuple[str, ...]:
    """Names of the sub-kinds that a zone of this kind raises when it is about these classes."""
    raised = {it for it in PURPOSES[kind].kinds if TAXONOMY.class_ids_of(it) & class_ids}
    if kind is ZoneKind.NO_PARKING:
        # Files of the first version name what standing there is, whatever stands.
        raised.add(Kind.ILLEGAL_PARKING)
    return tuple(sub.name for sub in TAXONOMY.sub_kinds if sub.kind in raised)
