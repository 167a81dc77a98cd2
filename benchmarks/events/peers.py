"""Two rules of others, written from their published descriptions, on track ids.

`TimeInZone` is what supervision's time-in-zone example does: each track id has a timer from its
first look in the zone; the zone asks for the bottom centre of a box. `PixelStep` is PP-Vehicle's
illegal parking: the box's centre lies in the zone and does not move within the time, counted in
pictures: it moves when it steps more than 3 px between two pictures, or 50 px in all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon

from benchmarks.events.matching import Event
from detector.looks import LookBoxes
from detector.observation import BoxXyxy

STEP_PX = 3.0
DRIFT_PX = 50.0
UNTRACKED = -1


class PeerRule(Protocol):
    """Looks with track ids in, events out."""

    def see(self, look: LookBoxes, track: NDArray[np.int64]) -> None:
        """Take in a look; `track` (n,) are the ids of its boxes, or `UNTRACKED`."""
        ...

    def events(self) -> list[Event]:
        """All that was raised."""
        ...


@dataclass
class _Timer:
    first_s: float
    last_s: float
    raised: BoxXyxy | None = None


@dataclass
class TimeInZone:
    """One event for each track id that is in the zone for longer than `dwell_s`."""

    polygon: Polygon
    dwell_s: float
    class_ids: frozenset[int]
    _timers: dict[int, _Timer] = field(default_factory=dict)

    def see(self, look: LookBoxes, track: NDArray[np.int64]) -> None:
        """Take in a look with its track ids."""
        xyxy = look.boxes.xyxy
        feet = np.column_stack([(xyxy[:, 0] + xyxy[:, 2]) / 2, xyxy[:, 3]])
        for row in _inside(look, track, feet, self.polygon, self.class_ids):
            timer = self._timers.setdefault(int(track[row]), _Timer(look.t_s, look.t_s))
            timer.last_s = look.t_s
            if timer.raised is None and look.t_s - timer.first_s > self.dwell_s:
                timer.raised = _box(xyxy[row])

    def events(self) -> list[Event]:
        """All that was raised."""
        timers = self._timers.values()
        return [Event(it.first_s, it.last_s, it.raised) for it in timers if it.raised is not None]


@dataclass
class _Track:
    first_s: float
    last_s: float
    first: NDArray[np.float64]
    last: NDArray[np.float64]
    pictures: int = 1
    raised: BoxXyxy | None = None


@dataclass
class PixelStep:
    """One event for each standing of a track id of more than `dwell_s` times `fps` pictures."""

    polygon: Polygon
    dwell_s: float
    fps: float
    class_ids: frozenset[int]
    _tracks: dict[int, _Track] = field(default_factory=dict)
    _events: list[Event] = field(default_factory=list)

    def see(self, look: LookBoxes, track: NDArray[np.int64]) -> None:
        """Take in a look with its track ids."""
        xyxy = look.boxes.xyxy
        centres = ((xyxy[:, :2] + xyxy[:, 2:]) / 2).astype(np.float64)
        for row in _inside(look, track, centres, self.polygon, self.class_ids):
            self._step(int(track[row]), look.t_s, centres[row], xyxy[row])

    def _step(
        self, number: int, t_s: float, centre: NDArray[np.float64], xyxy: NDArray[np.float32]
    ) -> None:
        known = self._tracks.get(number)
        if known is None or np.linalg.norm(centre - known.last) > STEP_PX:
            if known is not None:
                self._close(known)
            self._tracks[number] = _Track(t_s, t_s, centre, centre)
            return
        known.last_s, known.last, known.pictures = t_s, centre, known.pictures + 1
        long = known.pictures > self.dwell_s * self.fps
        if long and known.raised is None and np.linalg.norm(centre - known.first) < DRIFT_PX:
            known.raised = _box(xyxy)

    def _close(self, track: _Track) -> None:
        if track.raised is not None:
            self._events.append(Event(track.first_s, track.last_s, track.raised))

    def events(self) -> list[Event]:
        """All that was raised."""
        for track in self._tracks.values():
            self._close(track)
        self._tracks.clear()
        return list(self._events)


def _inside(
    look: LookBoxes,
    track: NDArray[np.int64],
    points: NDArray[np.floating],
    polygon: Polygon,
    class_ids: frozenset[int],
) -> NDArray[np.intp]:
    """The tracked boxes of these classes whose point lies in the polygon."""
    counts = np.isin(look.boxes.class_id, list(class_ids)) & (track != UNTRACKED)
    return np.flatnonzero(counts & shapely.contains_xy(polygon, points[:, 0], points[:, 1]))


def _box(xyxy: NDArray[np.floating]) -> BoxXyxy:
    x1, y1, x2, y2 = (float(value) for value in xyxy)
    return (x1, y1, x2, y2)
