"""Near-duplicate pictures, mirrored ones too, found by what they look like.

Each picture gets a perceptual hash (pHash: the signs of the 8 x 8 lowest frequencies of a discrete
cosine transform of a small grey copy, against their median). Two hashes that differ in few of their
64 bits make a candidate, the correlation of the two grey copies decides. Neither does alone.

The bounds were set by looking at the 60 nearest of 174 candidates among 2,835 street pictures of
20 origins (4 million pairs): up to `SURE_BITS` every pair was one scene, beyond `MOST_BITS` most
were not; in between `training.check.crops` decides. Copies of one file differed in at most 2 bits
and correlated above 0.98; none correlated between 0.92 and 0.98.
Of mirrored candidates only copies are believed, since poles and bins in the middle of a picture
look like their own mirror image. Other crops of one photograph are not found this way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

# Hash bits that differ at most, and the correlation of the grey copies that this takes at least.
SURE_BITS, MOST_BITS = 10, 14
BOUNDS = ((SURE_BITS, 0.5), (MOST_BITS, 0.65))
# Mirrored candidates must correlate at least so much.
MIRRORED_CORRELATION = 0.9
# From here on two pictures are copies of one, not only of one scene.
SAME_CORRELATION = 0.98
# A picture whose grey copy varies less than this (of 255) shows nothing to compare.
LEAST_SPREAD = 2.0
# Pairs kept for each picture and kind, nearest first: a fixed camera would fill the memory.
NEAREST = 20
_BLOCK = 512
_BITS = 64


@dataclass(frozen=True, slots=True)
class Pair:
    """Two near-duplicates by their places in the list, first below second.

    `bits` of the hash differ, 0..64; `correlation` of the grey copies is -1..1. Where `mirrored`,
    both hold between one picture and the mirror image of the other.
    """

    first: int
    second: int
    bits: int
    correlation: float
    mirrored: bool

    @property
    def same(self) -> bool:
        """Whether both are copies of one picture."""
        return self.correlation >= SAME_CORRELATION


def hashes(small: NDArray[np.float32]) -> NDArray[np.float32]:
    """pHash of grey copies: (n, 32, 32) -> (n, 64), each +1 or -1."""
    low = np.array([cv2.dct(one)[:8, :8].ravel() for one in small]).reshape(-1, _BITS)
    above = low > np.median(low, axis=1, keepdims=True)
    return np.where(above, 1, -1).astype(np.float32)


def doubles(small: NDArray[np.float32], part: Sequence[object]) -> list[Pair]:
    """The near-duplicates among n grey copies (n, 32, 32).

    `part` names what each picture belongs to, a side or a source: of each picture the nearest
    pairs within its part and the nearest with other parts are kept, so that a crowd of alike
    pictures on one side never hides one on the other.
    """
    if len(small) < 2:
        return []
    small = np.ascontiguousarray(small, dtype=np.float32)
    _, numbers = np.unique([str(it) for it in part], return_inverse=True)
    flat = standardised(small)
    own = hashes(small)
    found: list[Pair] = []
    for mirrored in (False, True):
        other_small = np.ascontiguousarray(small[:, :, ::-1]) if mirrored else small
        other_hash = hashes(other_small) if mirrored else own
        other_flat = standardised(other_small) if mirrored else flat
        for first, second, bits in _candidates(own, other_hash, numbers):
            correlation = float(flat[first] @ other_flat[second])
            if alike(bits, correlation, mirrored=mirrored):
                found.append(Pair(first, second, bits, correlation, mirrored))
    best: dict[tuple[int, int], Pair] = {}
    for pair in sorted(found, key=lambda it: -it.correlation):
        best.setdefault((pair.first, pair.second), pair)
    return sorted(best.values(), key=lambda it: (-it.correlation, it.first, it.second))


def alike(bits: int, correlation: float, *, mirrored: bool) -> bool:
    """Whether two pictures are near-duplicates, by differing hash bits and correlation."""
    if mirrored and correlation < MIRRORED_CORRELATION:
        return False
    return any(bits <= most and correlation >= least for most, least in BOUNDS)


def _candidates(
    own: NDArray[np.float32], other: NDArray[np.float32], part: NDArray[np.intp]
) -> Iterator[tuple[int, int, int]]:
    """Pairs first < second whose hashes are near, at most `NEAREST` of each kind per picture."""
    count = len(own)
    for start in range(0, count, _BLOCK):
        rows = np.arange(start, min(start + _BLOCK, count))
        bits = (_BITS - own[rows] @ other.T) / 2  # (rows, n)
        bits[np.arange(count)[None, :] <= rows[:, None]] = _BITS
        for row in np.flatnonzero((bits <= MOST_BITS).any(axis=1)):
            near = np.flatnonzero(bits[row] <= MOST_BITS)
            near = near[np.argsort(bits[row, near], kind="stable")]
            apart = part[near] != part[rows[row]]
            for chosen in (near[apart][:NEAREST], near[~apart][:NEAREST]):
                for second in chosen:
                    yield int(rows[row]), int(second), int(bits[row, second])


def standardised(small: NDArray[np.float32]) -> NDArray[np.float32]:
    """Grey copies as vectors of mean 0 and length 1, (n, 1024); 0 where nothing can be seen."""
    flat = small.reshape(len(small), -1)
    flat = flat - flat.mean(axis=1, keepdims=True)
    spread = flat.std(axis=1, keepdims=True)
    length = np.linalg.norm(flat, axis=1, keepdims=True)
    seen = np.where(spread < LEAST_SPREAD, 0, flat) / np.maximum(length, 1e-6)
    return np.asarray(seen, dtype=np.float32)
