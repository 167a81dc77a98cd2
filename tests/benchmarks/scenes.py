"""Clips for the event benchmarks, written by hand."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.events.clips import Clip, Stay
from benchmarks.events.noise import LEVELS
from detector.looks import Size

ROAD = ((0, 200), (640, 200), (640, 400), (0, 400))
CAR = 3
STAY = Stay(30.0, 90.0, (300.0, 240.0, 380.0, 300.0), CAR)
FROM_THE_START = Stay(5.0, 80.0, (100.0, 300.0, 180.0, 360.0), CAR)


def clip(*stays: Stay) -> Clip:
    """A road that goes across the picture, with these stays."""
    return Clip("street", Size(640, 480), (ROAD,), stays)


QUIET = replace(LEVELS["none"], traffic_per_min=0.0)
"""Nothing but the stays, seen without a fault."""
