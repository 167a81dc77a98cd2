"""What a rule asserts, before the pipeline signs it with source, model, position and pictures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from detector.looks import Size
from detector.observation import BoxXyxy, EvidenceRole, RuleVersion, State
from detector.taxonomy import Kind


@dataclass(frozen=True, slots=True)
class Sighting:
    """One look's view of a thing: both clocks, its box (xyxy pixels) and confidence."""

    t_s: float
    at: datetime | None
    box: BoxXyxy
    confidence: float
    size: Size


@dataclass(frozen=True, slots=True)
class Finding:
    """One physical thing over a span of time; `moments` say which looks prove it.

    `cleared_at` is the aware wall time of the first look that saw the place clear: None while the
    thing is there, where it went out of sight otherwise, and where the source has no clock.
    `place` (xyxy) is where it stands in pixels of the latest look, however the camera was nudged
    since the best one; None where that is not known.
    """

    rule: RuleVersion
    kind: Kind
    sub_kind: str
    zone: str | None
    state: State
    first: Sighting
    best: Sighting
    last: Sighting
    looks: int
    arrival_known: bool
    last_clear_at: datetime | None
    moments: tuple[tuple[EvidenceRole, Sighting], ...] = ()
    cleared_at: datetime | None = None
    place: BoxXyxy | None = None

    @property
    def spot(self) -> BoxXyxy:
        """Where it stands as the view lies now: what it is located by."""
        return self.place or self.best.box

    @property
    def dwell_s(self) -> float:
        """Seconds between the first and the last look that saw it."""
        return self.last.t_s - self.first.t_s
