"""Other crops of one photograph on two sides of the split, which a perceptual hash misses.

News pictures come cropped and watermarked anew. Each picture off the training side is compared with
the few training pictures that look most like it, feature by feature: many features that sit in
both pictures under one shift, turn and scale mean the same photograph, or the same model of bin
seen alike, so a person has to look.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from training.check.doubles import SURE_BITS, Pair, hashes, standardised
from training.check.subject import Item
from training.errors import DataError
from training.pictures import read_picture, shrunk

# Training pictures compared feature by feature with each picture of the other sides.
NEAREST = 8
# Of 1,304 such pairs of street pictures, one photograph cropped twice had 29 features in common,
# two bins of one model 34, all others at most 11. Pairs of one scene had 28 to 337.
LEAST_FEATURES = 18
# A crop enlarges by at most this, once both pictures are scaled to the same longer side.
MOST_SCALE = 2.0
_SIDE_PX = 400
_FEATURES = 800
# A feature counts where its best match is this much nearer than its second best (Lowe's ratio).
_RATIO = 0.8
# Features may lie this far off the common shift, turn and scale, in pixels.
_OFF_PX = 4.0


@dataclass(frozen=True, slots=True)
class Features:
    """ORB features of a picture: `points` (n, 2) float32 in pixels, `codes` (n, 32) uint8."""

    points: NDArray[np.float32]
    codes: NDArray[np.uint8]


def crops(
    items: Sequence[Item], small: NDArray[np.float32], tell: Callable[[int, int], None]
) -> list[tuple[int, int, int]]:
    """Places of a training picture and of one on another side, and their features in common.

    `small` are the grey copies of the items, (n, 32, 32). Fixed views are passed over.
    """
    candidates = _candidates(items, small)
    places = sorted({place for pair in candidates for place in pair})
    found: list[tuple[int, int, int]] = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        of_place: dict[int, Features | None] = {}
        looked = pool.map(lambda place: features(items[place].picture), places)
        for number, (place, one) in enumerate(zip(places, looked, strict=True), start=1):
            of_place[place] = one
            tell(number, len(places))
        counted = pool.map(lambda pair: in_common(of_place[pair[0]], of_place[pair[1]]), candidates)
        for (first, second), count in zip(candidates, counted, strict=True):
            if count >= LEAST_FEATURES:
                found.append((first, second, count))
    return sorted(found, key=lambda it: (-it[2], it[0], it[1]))


def features(path: Path) -> Features | None:
    """The features of a picture; None where it cannot be read or shows too few."""
    try:
        picture = shrunk(read_picture(path), _SIDE_PX)
    except (DataError, OSError, cv2.error):
        return None
    points, codes = cv2.ORB.create(_FEATURES).detectAndCompute(picture, None)
    if codes is None or len(points) < LEAST_FEATURES:
        return None
    places = np.array([point.pt for point in points], dtype=np.float32)
    return Features(places, np.asarray(codes, dtype=np.uint8))


def confirmed(items: Sequence[Item], pairs: Iterable[Pair]) -> list[Pair]:
    """The pairs that are near-duplicates beyond doubt.

    Those with many differing hash bits must have features in common as well, or come from one fixed
    view, which needs no proof. Mirrored copies have none and were held to a stricter bound.
    """
    looked: dict[Path, Features | None] = {}

    def of(place: int) -> Features | None:
        path = items[place].picture
        if path not in looked:
            looked[path] = features(path)
        return looked[path]

    return [
        pair
        for pair in pairs
        if pair.bits <= SURE_BITS
        or pair.mirrored
        or one_view(items[pair.first], items[pair.second])
        or in_common(of(pair.first), of(pair.second)) >= LEAST_FEATURES
    ]


def one_view(first: Item, second: Item) -> bool:
    """Whether both pictures come from one fixed view that is split by time."""
    return first.by_time and second.by_time and first.source == second.source


def in_common(first: Features | None, second: Features | None) -> int:
    """How many features sit in both pictures under one shift, turn and scale."""
    if first is None or second is None:
        return 0
    # The ratio test asks each feature of one picture; asked the other way more may agree.
    return max(_shared(first, second), _shared(second, first))


def _shared(first: Features, second: Features) -> int:
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(first.codes, second.codes, k=2)
    good = [two[0] for two in pairs if len(two) == 2 and two[0].distance < _RATIO * two[1].distance]
    if len(good) < LEAST_FEATURES:
        return 0
    here = first.points[[match.queryIdx for match in good]]
    there = second.points[[match.trainIdx for match in good]]
    cv2.setRNGSeed(0)
    matrix, kept = cv2.estimateAffinePartial2D(here, there, ransacReprojThreshold=_OFF_PX)
    # OpenCV's stubs hide that no matrix may be found.
    if np.shape(matrix) != (2, 3):
        return 0
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    return int(kept.sum()) if 1 / MOST_SCALE <= scale <= MOST_SCALE else 0


def _candidates(items: Sequence[Item], small: NDArray[np.float32]) -> list[tuple[int, int]]:
    still = [place for place, item in enumerate(items) if not item.by_time]
    train = np.array([place for place in still if items[place].side == "train"], dtype=np.intp)
    others = [place for place in still if items[place].side in {"val", "check"}]
    if not len(train) or not others:
        return []
    signs, flat = hashes(small), standardised(small)
    pairs: list[tuple[int, int]] = []
    for place in others:
        # Correlation, -1..1, and the share of equal hash bits, 0..1.
        score = flat[train] @ flat[place] + signs[train] @ signs[place] / 128
        pairs += [(int(train[near]), place) for near in np.argsort(-score)[:NEAREST]]
    return pairs
