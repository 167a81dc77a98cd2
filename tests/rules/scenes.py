"""Scenes for rules: boxes over time, written as tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from detector.geometry.zone import Zone, ZoneKind
from detector.geometry.zones import zone_polygon
from detector.looks import Boxes, LookBoxes, Size
from detector.rules.finding import Finding
from detector.rules.rulebook import Rulebook

CAR, BUS, TRUCK, STALL, BIN, OVERFLOW, PILE, CABLE = 3, 4, 5, 6, 7, 8, 9, 10
SIZE = Size(1920, 1080)
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)

Row = tuple[float, float, float, float, int, float]


def look(t_s: float, rows: Sequence[Row], *, clock: bool = True) -> LookBoxes:
    """A look at stream time `t_s` that saw these boxes."""
    at = NOON + timedelta(seconds=t_s) if clock else None
    return LookBoxes(t_s, at, SIZE, Boxes.of(list(rows)))


def kerb(dwell_s: float = 60, classes: Iterable[int] = (CAR, BUS, TRUCK)) -> Zone:
    """A no-parking zone along the bottom of the picture."""
    polygon = zone_polygon([(0, 600), (1920, 600), (1920, 1080), (0, 1080)])
    return Zone("kerb", ZoneKind.NO_PARKING, polygon, dwell_s, frozenset(classes), None, 0.5)


def ignored() -> Zone:
    """A zone over the left half of the picture in which nothing counts."""
    polygon = zone_polygon([(0, 0), (960, 0), (960, 1080), (0, 1080)])
    return Zone("yard", ZoneKind.IGNORE, polygon, 0, frozenset(range(11)), None, 0.5)


def run(
    looks: Iterable[LookBoxes],
    zones: Sequence[Zone] = (),
    *,
    fixed_camera: bool = True,
    least_looks: int = 2,
) -> list[Finding]:
    """All findings of the rules over these looks."""
    rulebook = Rulebook(zones, fixed_camera=fixed_camera, least_looks=least_looks)
    findings = [finding for it in looks for finding in rulebook.see(it)]
    return findings + rulebook.finish()


def car(x: float = 500, y: float = 700, confidence: float = 0.8, class_id: int = CAR) -> Row:
    """A vehicle 200 pixels wide whose top left corner is at (x, y)."""
    return (x, y, x + 200, y + 120, class_id, confidence)
