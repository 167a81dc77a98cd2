"""A view's zones laid over the pictures that a camera gives now."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from detector.geometry.warp import farthest_corner_px, warped_zone
from detector.geometry.zone import Zone
from detector.looks import LookBoxes, Size
from detector.observation import BoxXyxy, Position
from detector.scene.camera import Camera
from detector.scene.ground import Ground

STEADY_SHARE = 0.004
"""Of the picture's width: where corners move by less, zones stay where they are."""


@dataclass(frozen=True, eq=False)
class Fit:
    """Zones in pictures of one size; `matrix` (3, 3) carries them there from where they were drawn.

    What was drawn counts at this size.
    """

    view: str
    size: Size
    matrix: NDArray[np.float64]
    zones: tuple[Zone, ...]

    @property
    def moved(self) -> bool:
        """Whether zones lie elsewhere than they were drawn."""
        return not np.array_equal(self.matrix, np.eye(3))

    def zones_of(self, look: LookBoxes) -> tuple[Zone, ...]:
        """The zones where they lay in an earlier look at the view."""
        matrix = np.eye(3) if look.matrix is None else look.matrix
        if look.view is None or self.serves(look.size, matrix):
            return self.zones
        back = self.onto(Fit(self.view, look.size, matrix, ()))
        return tuple(warped_zone(zone, back) for zone in self.zones)

    def serves(self, size: Size, matrix: NDArray[np.float64]) -> bool:
        """Whether it is good for pictures of this size that the view was moved to by `matrix`."""
        moved_px = farthest_corner_px(size, self.matrix, matrix)
        return self.size == size and moved_px <= STEADY_SHARE * size.width

    def onto(self, later: Fit) -> NDArray[np.float64]:
        """The matrix (3, 3) from the pixels of this fit to those of a later one of the view."""
        stretch = np.diag(
            [later.size.width / self.size.width, later.size.height / self.size.height, 1.0]
        )
        return np.asarray(later.matrix @ stretch @ np.linalg.inv(self.matrix), dtype=np.float64)


def fit_view(camera: Camera, view: str, size: Size, matrix: NDArray[np.float64]) -> Fit:
    """A view's zones in pictures of this size, moved by `matrix`.

    Raises CameraFileError where the camera has no such view.
    """
    drawn = camera.zones_for(size, view)
    return Fit(view, size, matrix, tuple(warped_zone(zone, matrix) for zone in drawn))


def located(camera: Camera, fit: Fit, box: BoxXyxy) -> Position | None:
    """Where a box stands on the ground, by the view's calibration, else where the camera hangs."""
    ground = _ground(camera, fit.size, fit.view)
    if ground is not None:
        # The box as it was seen: only so it shows that the picture's edge cuts it.
        position = ground.moved(fit.matrix).locate(box)
        if position is not None:
            return position
    return camera.located


@lru_cache(maxsize=256)
def _ground(camera: Camera, size: Size, view: str) -> Ground | None:
    return camera.ground_for(size, view)
