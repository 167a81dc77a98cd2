"""What the thing in a place looks like.

Vectors have length 1, so their product says how much two views have in common: 1 for the same,
about 0 for nothing. They are kept as base64 of float32, so that a place stays plain data.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np
from numpy.typing import NDArray

from detector.observation import BoxXyxy

SAME = 0.6
"""A standing vehicle keeps a grey correlation of 0.6 and more, and of 0.7 over minutes: so it was
seen on a New York street camera by day and night."""

OTHER = 0.45
"""Below, it is another thing: two vehicles that follow each other on one spot share less."""

REFRESH_S = 5.0
"""So often a view is taken up, for light that changes over the day; at first more often."""

FIRST_REFRESH_S = 1.0
BLEND = 0.3
"""Share of the new view when it is taken up."""


class Verdict(Enum):
    """What a view says of a place."""

    SAME = auto()
    OTHER = auto()
    UNSURE = auto()


@dataclass(slots=True)
class Likeness:
    """Views of one `box`, with its thing at first and of late; `doubt` is of another thing there.

    The box is kept with the views: a few pixels beside it even the same thing looks different.
    """

    box: BoxXyxy | None = None
    first: str | None = None
    recent: str | None = None
    doubt: str | None = None
    taken_s: float | None = None

    @property
    def known(self) -> bool:
        """Whether the thing was ever viewed."""
        return self.recent is not None

    def due(self, t_s: float, *, settled: bool) -> bool:
        """Whether the thing, seen at `t_s`, is to be viewed again."""
        refresh_s = REFRESH_S if settled else FIRST_REFRESH_S
        return self.taken_s is None or t_s - self.taken_s >= refresh_s

    def take(self, view: NDArray[np.float32], box: BoxXyxy, t_s: float) -> None:
        """Take up a view (d,) of the thing; one that shows nothing to go by is left out."""
        if not view.any():
            return
        if self.recent is None or box != self.box:
            self.box, self.first, self.recent = box, packed(view), packed(view)
        else:
            mixed = (1 - BLEND) * unpacked(self.recent) + BLEND * view
            self.recent = packed(mixed / max(float(np.linalg.norm(mixed)), 1e-9))
        self.taken_s = t_s

    def like(self, views: NDArray[np.float32]) -> NDArray[np.float64]:
        """How much each view (n, d) has in common with the thing, 0 where it is not known."""
        known = [unpacked(text) for text in (self.first, self.recent) if text is not None]
        if not known:
            return np.zeros(len(views))
        return np.asarray(np.max(views @ np.stack(known).T, axis=1), dtype=np.float64)

    def verdict(self, view: NDArray[np.float32]) -> Verdict:
        """Whether a view (d,) of the place shows its thing."""
        if self.recent is None or not view.any():
            return Verdict.UNSURE
        like = float(self.like(view[None])[0])
        if like < OTHER:
            return Verdict.OTHER
        return Verdict.SAME if like >= SAME else Verdict.UNSURE


def packed(view: NDArray[np.floating]) -> str:
    """A vector as text."""
    return b64encode(view.astype("<f4").tobytes()).decode("ascii")


def unpacked(text: str) -> NDArray[np.float32]:
    """The vector that a text holds."""
    return np.frombuffer(b64decode(text), dtype="<f4").astype(np.float32)
