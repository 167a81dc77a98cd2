"""What is drawn on a picture: marks of things, outlines of zones, a caption.

Coordinates are pixels of the full, upright picture, as everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from detector.observation import BoxXyxy
from detector.taxonomy import TAXONOMY, Kind

SUSPECTED = "疑似，须人工核实 Suspected: a person must confirm"


@dataclass(frozen=True, slots=True)
class Mark:
    """A box (xyxy pixels) with its label and colour (#rrggbb); the main mark is drawn strongly."""

    box: BoxXyxy
    label: str
    colour: str
    main: bool = False


@dataclass(frozen=True, slots=True)
class ZoneOutline:
    """A zone's name and its corners, (x, y) pixels; the outline is closed."""

    name: str
    polygon: Sequence[tuple[float, float]]
    colour: str = "#ffd60a"


@dataclass(frozen=True, slots=True)
class Caption:
    """The line below a picture.

    `at` is the aware wall time; without one the stream time `t_s` (seconds) is printed, and
    neither for a photo without a clock.
    `dwell_s` is seconds; where the arrival is unknown it is printed as a least value.
    """

    source: str
    t_s: float | None = None
    at: datetime | None = None
    zone: str | None = None
    dwell_s: float | None = None
    arrival_known: bool = True

    def parts(self) -> tuple[str, ...]:
        """The texts of the caption, the warning that a person must confirm last."""
        texts = [self.source]
        if self.at is not None:
            texts.append(self.at.isoformat(" ", "seconds"))
        elif self.t_s is not None:
            texts.append(f"+{clock(self.t_s)}")
        if self.zone:
            texts.append(f"区域 {self.zone}")
        if self.dwell_s is not None:
            texts.append(f"停留 {'' if self.arrival_known else '≥ '}{duration(self.dwell_s)}")
        return (*texts, SUSPECTED)


def suspected_mark(kind: Kind, confidence: float, box: BoxXyxy, *, main: bool = True) -> Mark:
    """A mark of a suspected violation: the kind's names, its colour and the confidence 0 to 1."""
    info = TAXONOMY.kind(kind)
    label = f"疑似 {info.zh} {info.en} {confidence:.2f}"
    return Mark(box, label, TAXONOMY.colour_of(kind), main)


def duration(seconds: float) -> str:
    """A length of time in words: 12 s, 6 min 12 s, 3 h 05 min, 2 d 4 h.

    >>> duration(372)
    '6 min 12 s'
    """
    minutes, s = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    if days:
        return f"{days} d {hour} h"
    if hours:
        return f"{hours} h {minute:02d} min"
    return f"{minutes} min {s:02d} s" if minutes else f"{s} s"


def clock(seconds: float) -> str:
    """Stream time as h:mm:ss.

    >>> clock(3723.4)
    '1:02:03'
    """
    minutes, s = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{s:02d}"
