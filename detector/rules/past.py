"""What was seen lately, and where: to say when a spot was last seen clear.

The memory is bounded: the latest looks close together, older ones farther apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from detector.geometry.boxes import area, intersections
from detector.looks import LookBoxes, Size
from detector.rules.carry import Carry
from detector.rules.hiding import within

CLEAR_SHARE = 0.3
"""A spot counts as clear when no box covers more of it than this."""

CLEAR_LOOKS = 2
"""So many clear looks before it: one may have missed what stood there all the time."""

MOST_LOOKS = 128
SPACING_S = ((10.0, 0.5), (60.0, 2.0))
"""Up to these ages looks are kept this far apart; beyond, `OLD_LOOKS` of them over the rest."""

OLD_LOOKS = 30
DIGITS = 1
"""Corners are kept in tenths of a pixel."""


@dataclass(frozen=True, slots=True)
class PastLook:
    """A look that was: its clocks, the picture's size, its boxes (n, 4) and the parts examined
    (r, 4) in pixels, None where that was all of the picture.
    """

    t_s: float
    at: datetime | None
    size: Size
    boxes: list[list[float]]
    regions: list[list[float]] | None


@dataclass(frozen=True, slots=True)
class LastClear:
    """The last look that saw a spot clear, and whether enough of them did."""

    at: datetime | None
    sure: bool


@dataclass(frozen=True, slots=True)
class _Stacked:
    """Boxes (n, 4) and regions (r, 4) of all looks, by position of the look that each is of."""

    boxes: NDArray[np.float64]
    box_of: NDArray[np.intp]
    regions: NDArray[np.float64]
    region_of: NDArray[np.intp]
    sizes: NDArray[np.float64]
    """(r, 2), of the pictures of the regions."""


class Past:
    """The looks of the last `span_s` seconds, thinned."""

    def __init__(self, span_s: float) -> None:
        self._span_s = span_s
        self._looks: list[PastLook] = []
        self._stacked: _Stacked | None = None

    def add(self, look: LookBoxes, xyxy: NDArray[np.float32]) -> None:
        """Remember a look with these of its boxes (n, 4)."""
        rows = np.round(xyxy.astype(np.float64), DIGITS).tolist()
        regions = None if look.regions is None else np.round(look.regions, DIGITS).tolist()
        newest = PastLook(look.t_s, look.at, look.size, rows, regions)
        close_s = SPACING_S[0][1]
        if len(self._looks) > 1 and look.t_s - self._looks[-2].t_s < close_s:
            self._looks[-1] = newest
        else:
            self._looks.append(newest)
        if len(self._looks) > MOST_LOOKS or look.t_s - self._looks[0].t_s > self._span_s:
            self._thin(look.t_s)
        self._stacked = None

    def clear(self) -> None:
        """Forget everything."""
        self._looks.clear()
        self._stacked = None

    def last_clear(self, boxes: NDArray[np.float64]) -> list[LastClear | None]:
        """For each of these boxes (n, 4), when it was last seen clear; None where it never was."""
        if not self._looks or not len(boxes):
            return [None] * len(boxes)
        clear = self._clear(boxes)
        return [self._latest(row) for row in clear]

    def move(self, carry: Carry) -> None:
        """Carry all along with the picture: what lay outside of it was not examined."""
        self._looks = [
            replace(
                it,
                boxes=carry.rows(it.boxes),
                regions=carry.rows([[0, 0, *it.size]] if it.regions is None else it.regions),
            )
            for it in self._looks
        ]
        self._stacked = None

    def saved(self) -> list[PastLook]:
        """What to save."""
        return list(self._looks)

    def restore(self, looks: Sequence[PastLook]) -> None:
        """Take up what was saved."""
        self._looks = list(looks)
        self._stacked = None

    def _latest(self, clear: NDArray[np.bool_]) -> LastClear | None:
        when = np.flatnonzero(clear)
        if not len(when):
            return None
        return LastClear(self._looks[int(when[-1])].at, len(when) >= CLEAR_LOOKS)

    def _clear(self, boxes: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether each box (n,) was clear in each look (l,): (n, l)."""
        past = self._stacked = self._stacked or _stacked(self._looks)
        share = intersections(boxes, past.boxes) / np.maximum(area(boxes), 1e-9)[:, None]
        inside = within(boxes, past.regions, past.sizes)
        return np.array(
            [
                (np.bincount(past.box_of, covers, minlength=len(self._looks)) == 0)
                & (np.bincount(past.region_of, holds, minlength=len(self._looks)) > 0)
                for covers, holds in zip(share >= CLEAR_SHARE, inside, strict=True)
            ]
        )

    def _thin(self, now_s: float) -> None:
        kept: list[PastLook] = []
        for look in reversed(self._looks):
            age_s = now_s - look.t_s
            if age_s > self._span_s:
                break
            # The very latest and each that is far enough from the next later one.
            if not kept or kept[-1].t_s - look.t_s >= 0.9 * self._spacing_s(age_s):
                kept.append(look)
        self._looks = kept[::-1]

    def _spacing_s(self, age_s: float) -> float:
        for up_to_s, spacing_s in SPACING_S:
            if age_s <= up_to_s:
                return spacing_s
        return self._span_s / OLD_LOOKS


def _stacked(looks: Sequence[PastLook]) -> _Stacked:
    regions = [[[0.0, 0.0, *it.size]] if it.regions is None else it.regions for it in looks]
    boxes, box_of = _rows([it.boxes for it in looks])
    parts, region_of = _rows(regions)
    sizes = np.array([it.size for it in looks], dtype=np.float64).reshape(-1, 2)
    return _Stacked(boxes, box_of, parts, region_of, sizes[region_of])


def _rows(tables: Sequence[list[list[float]]]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """All rows (n, 4) of the tables, and the position of each one's table (n,)."""
    rows = np.array([row for table in tables for row in table], dtype=np.float64).reshape(-1, 4)
    return rows, np.repeat(np.arange(len(tables)), [len(table) for table in tables])
