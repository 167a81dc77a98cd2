"""Which pictures of a timeline become looks, and whether key frames alone will do."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from detector.errors import SourceError
from detector.footage.grid import Grid, to_ms
from detector.footage.sidecar import Sidecar
from detector.footage.timeline import Timeline

# Encoders put key frames at 2.002 s where two seconds were asked for.
_TOLERANCE = 1.05


@dataclass(frozen=True, slots=True)
class Plan:
    """The rows that become looks, (n,) rising; `keys_only` where all are key frames."""

    rows: NDArray[np.int64]
    keys_only: bool


def keys_suffice(timeline: Timeline, every_s: float) -> bool:
    """Whether every due time of the whole file has a key frame before the next due time."""
    every_ms = Grid(every_s).every_ms
    times_ms = timeline.times_ms[timeline.key]
    times_ms = times_ms[times_ms >= 0]
    if not len(times_ms) or times_ms[0] != 0:
        return False
    gaps_ms = np.diff(times_ms, append=timeline.times_ms[-1])
    return every_s > 0 and bool(gaps_ms.max() <= every_ms * _TOLERANCE)


def plan(timeline: Timeline, every_s: float, after_s: float | None, keys_only: bool) -> Plan:
    """The rows of the looks after that at `after_s`, of all looks where it is None."""
    rows = timeline.shown
    if keys_only:
        rows = rows[timeline.key[rows]]
    after_ms = None if after_s is None else to_ms(after_s)
    return Plan(rows[Grid(every_s).firsts(timeline.times_ms[rows], after_ms)], keys_only)


def on_clock(timeline: Timeline, sidecar: Sidecar) -> Timeline:
    """The timeline in the real time of a sidecar; SourceError where it has too few rows.

    More rows than pictures are taken as a video that was cut short.
    """
    shown = timeline.shown
    if len(sidecar.times_ms) < len(shown):
        raise SourceError(
            f"{sidecar.name}: has {len(sidecar.times_ms)} rows for {len(shown)} pictures; write a "
            "row for each picture, or take the file away to use the video's own clock"
        )
    times_ms = np.full(len(timeline.times_ms), -1, dtype=np.int64)
    times_ms[shown] = sidecar.times_ms[: len(shown)]
    return replace(timeline, times_ms=times_ms)


def length_s(timeline: Timeline) -> float:
    """Seconds from the first picture until the last one has been shown as long as usual."""
    times_ms = timeline.times_ms[timeline.shown]
    usual_ms = float(np.median(np.diff(times_ms))) if len(times_ms) > 1 else 0.0
    return round((float(times_ms[-1]) + usual_ms) / 1000, 3)
