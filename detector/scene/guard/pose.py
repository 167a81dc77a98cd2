"""Poses: how a look lies on a view, a similarity as (3, 3) matrix in pixels from the corner."""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, degrees, hypot

import cv2
import numpy as np

from detector.looks import Pixels, Size
from detector.scene.guard.patches import PATCH_PX, Agreement, Flags, Patches, edge_field
from detector.scene.guard.verdict import Matrix

# Beyond, the zones of the view show so little of what they were drawn for that a person decides.
MOST_SHIFT = 0.15
MOST_TURN_DEG = 7.0
MOST_ZOOM = 1.1

# Patches that follow one movement do so within this, in working pixels: about 0.5 % of the width.
SPREAD_PX = 1.0
LEAST_PATCHES = 6
# Chance alone; another attempt with a smaller reach finds no more.
HOPELESS = 0.07


@dataclass(frozen=True)
class Fit:
    """A look laid on a reference: the pose, the share of the reference's patches that follow it,
    how many these are, what a typical one of them has as likeness, and how widely they lie
    across or down the picture, whichever is less, relative to all patches of the reference.
    """

    pose: Matrix
    share: float = 0.0
    patches: int = 0
    likeness: float = 0.0
    breadth: float = 0.0

    @classmethod
    def of(cls, pose: Matrix, agreement: Agreement, follows: Flags) -> Fit:
        """The fit of a pose that some (n,) of the patches that count follow."""
        number = int(follows.sum())
        if number < LEAST_PATCHES:
            return cls(pose)
        spread = agreement.centres[follows].std(axis=0) / agreement.centres.std(axis=0).clip(1.0)
        return cls(
            pose,
            number / len(follows),
            number,
            float(np.median(agreement.likeness[follows])),
            float(spread.min()),
        )


def similarity(size: Size, dx: float, dy: float, turn_deg: float, zoom: float) -> Matrix:
    """Turn and zoom about the middle of a picture, then shift, in its pixels."""
    rows = cv2.getRotationMatrix2D((size.width / 2, size.height / 2), turn_deg, zoom)
    pose = np.vstack([rows, (0, 0, 1)]).astype(np.float64)
    pose[:2, 2] += np.array((dx, dy))
    return pose


def scaled(pose: Matrix, size: Size, to: Size) -> Matrix:
    """The same pose in pixels of pictures of another size."""
    scale = np.diag([to.width / size.width, to.height / size.height, 1.0])
    return np.asarray(scale @ pose @ np.linalg.inv(scale), dtype=np.float64)


def distance(a: Matrix, b: Matrix, size: Size) -> float:
    """How far a corner of the picture lies apart in two poses at most, as a share of its width."""
    width, height = size
    corners = np.array([(0, 0, 1), (width, 0, 1), (0, height, 1), (width, height, 1)]).T
    apart = (a @ corners)[:2] - (b @ corners)[:2]
    return float(np.hypot(*apart).max()) / width


def within_bounds(pose: Matrix, size: Size) -> bool:
    """Whether the camera was only nudged."""
    middle = np.array([size.width / 2, size.height / 2, 1.0])
    shift = (pose @ middle)[:2] - middle[:2]
    zoom = hypot(pose[0, 0], pose[1, 0])
    turn = degrees(atan2(pose[1, 0], pose[0, 0]))
    return bool(
        np.hypot(*shift) <= MOST_SHIFT * size.width
        and abs(turn) <= MOST_TURN_DEG
        and 1 / MOST_ZOOM <= zoom <= MOST_ZOOM
    )


def laid_back(grey: Pixels, pose: Matrix) -> Pixels:
    """A look as the view would show it; what it does not show repeats its edge."""
    height, width = grey.shape
    return np.asarray(
        cv2.warpAffine(
            grey,
            _between_centres(pose),
            (width, height),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        dtype=np.uint8,
    )


def shown(patches: Patches, pose: Matrix) -> Flags:
    """Which patches (rows, columns) of a view lie wholly inside a look with this pose."""
    half = PATCH_PX / 2
    inside = np.ones(patches.texture.size, dtype=np.bool_)
    for corner in ((-half, -half), (half, -half), (-half, half), (half, half)):
        points = (patches.centres() + corner) @ pose[:2, :2].T + pose[:2, 2]
        inside &= ((points >= -0.5) & (points <= np.array(patches.size) + 0.5)).all(axis=1)
    return inside.reshape(patches.texture.shape)


def fit(patches: Patches, grey: Pixels, pose: Matrix, reaches_px: tuple[int, ...]) -> Fit:
    """Improve a pose by looking for the patches around where it puts them, once for each reach."""
    found = Fit(pose)
    for reach in reaches_px:
        seen = patches.compare(
            edge_field(laid_back(grey, found.pose)), reach, shown(patches, found.pose)
        )
        found = _followed(seen, found.pose)
        if found.share < HOPELESS:
            break
    return found


def _followed(agreement: Agreement, pose: Matrix) -> Fit:
    """The similarity that most patches follow (RANSAC), on top of the pose they were seen with."""
    chosen = agreement.seen
    from_px = agreement.centres[chosen]
    if len(from_px) < LEAST_PATCHES:
        return Fit(pose)
    more, inliers = cv2.estimateAffinePartial2D(
        from_px,
        from_px + agreement.offsets[chosen],
        method=cv2.RANSAC,
        ransacReprojThreshold=SPREAD_PX,
        maxIters=500,
    )
    # Where there is none, OpenCV gives no matrix and no inliers.
    if not np.any(inliers):
        return Fit(pose)
    follows = np.zeros(len(chosen), dtype=np.bool_)
    follows[chosen] = inliers.ravel() > 0
    return Fit.of(pose @ np.vstack([more, (0, 0, 1)]), agreement, follows)


def _between_centres(pose: Matrix) -> Matrix:
    """The pose for OpenCV, whose pixels lie at their middles."""
    half = np.array([(1, 0, 0.5), (0, 1, 0.5), (0, 0, 1)])
    return np.asarray((np.linalg.inv(half) @ pose @ half)[:2], dtype=np.float64)
