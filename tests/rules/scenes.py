"""Scenes for rules: boxes over time, written as tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from detector.geometry.zone import InForce, Zone, ZoneKind, always
from detector.geometry.zones import Corners, zone_polygon
from detector.looks import Appearance, Boxes, LookBoxes, Size
from detector.observation import BoxXyxy
from detector.rules.finding import Finding
from detector.rules.rulebook import Rulebook

PERSON, BICYCLE, MOTORCYCLE, CAR, BUS, TRUCK = 0, 1, 2, 3, 4, 5
STALL, BIN, OVERFLOW, PILE, CABLE = 6, 7, 8, 9, 10
MOTOR = (CAR, BUS, TRUCK)
SIZE = Size(1920, 1080)
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
BOTTOM = ((0, 600), (1920, 600), (1920, 1080), (0, 1080))
WHOLE = ((0, 0), (1920, 0), (1920, 1080), (0, 1080))

Row = tuple[float, float, float, float, int, float]


def look(
    t_s: float,
    rows: Sequence[Row],
    *,
    clock: bool = True,
    regions: Sequence[BoxXyxy] | None = None,
    appearance: Appearance | None = None,
) -> LookBoxes:
    """A look at stream time `t_s` that saw these boxes."""
    at = NOON + timedelta(seconds=t_s) if clock else None
    parts = None if regions is None else np.array(regions, dtype=np.float32).reshape(-1, 4)
    return LookBoxes(t_s, at, SIZE, Boxes.of(list(rows)), parts, appearance)


def zone(
    kind: ZoneKind,
    *,
    name: str | None = None,
    dwell_s: float = 60,
    classes: Iterable[int] = range(11),
    corners: Corners = BOTTOM,
    sub_kind: str | None = None,
    least_foot_share: float = 0.5,
    least_size_px: float = 0.0,
    in_force: InForce = always,
) -> Zone:
    """A zone along the bottom of the picture, named after its kind."""
    return Zone(
        name or kind.value,
        kind,
        zone_polygon(corners),
        dwell_s,
        frozenset(classes),
        sub_kind,
        least_foot_share,
        least_size_px,
        in_force,
    )


def kerb(dwell_s: float = 60, classes: Iterable[int] = MOTOR, **more: object) -> Zone:
    """A no-parking zone along the bottom of the picture."""
    return zone(
        ZoneKind.NO_PARKING,
        **{"name": "kerb", "dwell_s": dwell_s, "classes": classes, **more},  # type: ignore[arg-type]
    )


def ignored(in_force: InForce = always) -> Zone:
    """A zone over the left half of the picture in which nothing counts."""
    left = [(0, 0), (960, 0), (960, 1080), (0, 1080)]
    return zone(ZoneKind.IGNORE, name="yard", dwell_s=0, corners=left, in_force=in_force)


def between(start_s: float, end_s: float) -> InForce:
    """In force from one time of the scene to another."""
    start, end = (NOON + timedelta(seconds=t_s) for t_s in (start_s, end_s))

    def holds(at: datetime | None) -> bool:
        return at is not None and start <= at < end

    return holds


def run(
    looks: Iterable[LookBoxes],
    zones: Sequence[Zone] = (),
    *,
    fixed_camera: bool = True,
    least_looks: int = 2,
    gap_s: float = 300.0,
) -> list[Finding]:
    """All findings of the rules over these looks."""
    rulebook = Rulebook(zones, fixed_camera=fixed_camera, least_looks=least_looks, gap_s=gap_s)
    findings = [finding for it in looks for finding in rulebook.see(it)]
    return findings + rulebook.finish()


def car(x: float = 500, y: float = 700, confidence: float = 0.8, class_id: int = CAR) -> Row:
    """A vehicle 200 pixels wide whose top left corner is at (x, y)."""
    return (x, y, x + 200, y + 120, class_id, confidence)


def bike(x: float = 500, y: float = 700) -> Row:
    """A motorcycle 60 pixels wide whose top left corner is at (x, y)."""
    return (x, y, x + 60, y + 90, MOTORCYCLE, 0.8)


def thing(class_id: int, x: float = 100, confidence: float = 0.7, size: float = 200) -> Row:
    """A square box 400 pixels down."""
    return (x, 400, x + size, 400 + size, class_id, confidence)


def scene(
    until_s: float, *actors: tuple[float, float, Row], every_s: float = 1.0
) -> list[LookBoxes]:
    """Looks at things that are each there from one time to another, both included."""
    times = [round(i * every_s, 3) for i in range(int(until_s / every_s) + 1)]
    return [look(t, [row for start, end, row in actors if start <= t <= end]) for t in times]


def painted(sights: Mapping[BoxXyxy, int]) -> Callable[[NDArray[np.float64]], NDArray[np.float32]]:
    """An appearance: what lies on each of these boxes looks like that number, the rest like 0."""

    def view(boxes: NDArray[np.float64]) -> NDArray[np.float32]:
        vectors = np.zeros((len(boxes), 8), dtype=np.float32)
        for row, box in enumerate(boxes):
            middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
            here = [number for spot, number in sights.items() if _holds(spot, middle)]
            vectors[row, here[-1] if here else 0] = 1.0
        return vectors

    return view


def _holds(spot: BoxXyxy, point: tuple[float, float]) -> bool:
    return spot[0] <= point[0] <= spot[2] and spot[1] <= point[1] <= spot[3]
