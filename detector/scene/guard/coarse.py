"""Where a look may lie on a view, from afar: correlation of edge fields, turned and zoomed.

Phase of the spectrum is not whitened: the fields already weigh weak and strong edges alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft

from detector.looks import Pixels, Size
from detector.scene.guard.patches import edge_field
from detector.scene.guard.pose import similarity, within_bounds
from detector.scene.guard.verdict import Matrix

Spectrum = NDArray[np.complex64]

SHRINK = 2
# So that a shift by the bound does not wrap around to the other side.
ROOM = 1.2
TURNS_DEG = (-5.0, -2.5, 0.0, 2.5, 5.0)
ZOOMS = (0.93, 1.0, 1.07)


@dataclass(frozen=True)
class Guess:
    """A pose in working pixels on one of several references, with the correlation for it."""

    pose: Matrix
    weight: float
    reference: int


@dataclass(frozen=True)
class Turned:
    """A look turned and zoomed in different ways: spectra and how each was changed."""

    spectra: list[Spectrum]
    changes: list[Matrix]
    size: Size

    @classmethod
    def of(cls, grey: Pixels) -> Turned:
        """All changes of a look in working size, none of them first."""
        size = Size(grey.shape[1], grey.shape[0])
        pairs = sorted(
            ((turn, zoom) for turn in TURNS_DEG for zoom in ZOOMS),
            key=lambda pair: abs(pair[0]) + abs(pair[1] - 1),
        )
        changes = [similarity(size, 0, 0, turn, zoom) for turn, zoom in pairs]
        return cls([spectrum(_changed(grey, change)) for change in changes], changes, size)

    def guesses(self, reference: Spectrum, number: int) -> Iterator[Guess]:
        """The best shift for each change that leaves the pose within bounds."""
        for spectrum_, change in zip(self.spectra, self.changes, strict=True):
            weights = _correlation(reference, spectrum_)
            best = int(weights.argmax())
            dx, dy = _shift(best, weights.shape)
            moved = np.array([(1, 0, SHRINK * dx), (0, 1, SHRINK * dy), (0, 0, 1.0)])
            pose = np.linalg.inv(change) @ moved
            if within_bounds(pose, self.size):
                yield Guess(pose, float(weights.flat[best]), number)


def plain(grey: Pixels) -> Turned:
    """A look without any change, for views that are reached by a preset."""
    size = Size(grey.shape[1], grey.shape[0])
    return Turned([spectrum(grey)], [np.eye(3)], size)


def best_guesses(looks: Turned, references: Iterable[Spectrum], most: int) -> Sequence[Guess]:
    """The guesses that most speaks for, over several pictures of one view."""
    found = [guess for number, one in enumerate(references) for guess in looks.guesses(one, number)]
    return sorted(found, key=lambda guess: -guess.weight)[:most]


def spectrum(grey: Pixels) -> Spectrum:
    """The spectrum of a picture's edge field, scaled to unit energy."""
    height, width = grey.shape
    small = cv2.resize(grey, (width // SHRINK, height // SHRINK), interpolation=cv2.INTER_AREA)
    pairs = edge_field(np.asarray(small, dtype=np.uint8))
    field = pairs[..., 0] + 1j * pairs[..., 1]
    unit = field / max(float(np.linalg.norm(field)), 1e-6)
    room = [fft.next_fast_len(int(side * ROOM)) for side in field.shape]
    return np.asarray(fft.fft2(unit.astype(np.complex64), s=room), dtype=np.complex64)


def _correlation(reference: Spectrum, look: Spectrum) -> NDArray[np.float32]:
    return np.asarray(fft.ifft2(np.conj(reference) * look).real, dtype=np.float32)


def _shift(place: int, shape: tuple[int, ...]) -> tuple[int, int]:
    y, x = divmod(place, shape[1])
    return (x - shape[1] if 2 * x > shape[1] else x), (y - shape[0] if 2 * y > shape[0] else y)


def _changed(grey: Pixels, change: Matrix) -> Pixels:
    height, width = grey.shape
    turned = cv2.warpAffine(grey, change[:2], (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(turned, dtype=np.uint8)
