"""Where on the map a box stands: the picture's ground laid over the map.

The error of a position is propagated from three sources: the points that the picture was laid
over the map with, the foot of the box in the picture, and the map itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from math import atan2, degrees, hypot
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from shapely.geometry import MultiPoint, Point
from shapely.geometry.base import BaseGeometry

from detector.geometry.homography import depths, fit_homography, jacobian, project
from detector.looks import Size
from detector.observation import BoxXyxy, Ellipse, Position, PositionMethod
from detector.scene.plane import TangentPlane

Floats: TypeAlias = NDArray[np.float64]

CLICK_PX = 2.0
"""One sigma of a point that a person marks in a picture."""

FOOT_PX = 2.0
FOOT_SHARE = 0.05
"""One sigma of where a box ends: pixels plus a share of its side."""

CUT_SHARE = 0.5
"""One sigma of where the foot is that the picture's edge cuts off, as a share of the side."""

EDGE_PX = 2.0
"""A box that comes so near to the edge of the picture may go on beyond it."""

SAFE_SIGMAS = 3.0
"""The foot stays on this side of the horizon when it is so many sigmas higher."""

FARTHEST_HULLS = 1.0
"""How far outside the points a position may lie, in lengths of their hull."""


@dataclass(frozen=True)
class Pairs:
    """Points in the picture (n, 2) px and on the ground (n, 2) m, with their one-sigma errors."""

    picture: Floats
    ground: Floats
    click_px: Floats
    """(2,) along x and y."""
    map_m: float

    @property
    def homography(self) -> Floats:
        """The homography (3, 3) from picture to ground; ValueError where they fix none."""
        return fit_homography(self.picture, self.ground)

    def without(self, index: int) -> Pairs:
        """All but one."""
        return replace(
            self,
            picture=np.delete(self.picture, index, axis=0),
            ground=np.delete(self.ground, index, axis=0),
        )

    def shaken(self) -> Iterator[Floats]:
        """The homographies (3, 3) with one coordinate of one point off by its sigma, 4 n of them.

        What comes back of the shifts, squared and added, is the variance that the errors of the
        points cause (propagation of independent errors, linear in each).
        """
        for index in range(len(self.picture)):
            for axis in range(2):
                picture, ground = self.picture.copy(), self.ground.copy()
                picture[index, axis] += self.click_px[axis]
                ground[index, axis] += self.map_m
                yield fit_homography(picture, self.ground)
                yield fit_homography(self.picture, ground)

    def spread(self, point: ArrayLike) -> Floats:
        """Covariance (2, 2) in m2 that the errors of the points cause at one picture point (2,)."""
        return _spread(self.homography, list(self.shaken()), np.asarray(point, dtype=np.float64))


@dataclass(frozen=True, eq=False)
class Ground:
    """The ground of one view in pixels of a picture of `size`.

    Making one costs milliseconds per point: keep it while the camera's file stays the same.
    """

    size: Size
    plane: TangentPlane
    homography: Floats
    shaken: tuple[Floats, ...]
    hull: BaseGeometry
    map_m: float
    inflation: float
    """How many times larger the errors are than the points were said to have, at least 1."""

    @classmethod
    def of(cls, size: Size, plane: TangentPlane, pairs: Pairs) -> Ground:
        """The ground that pairs of points show. Raises ValueError where they fix none."""
        return cls(
            size=size,
            plane=plane,
            homography=pairs.homography,
            shaken=tuple(pairs.shaken()),
            hull=MultiPoint(pairs.ground).convex_hull,
            map_m=pairs.map_m,
            inflation=_inflation(pairs),
        )

    def locate(self, box_xyxy: BoxXyxy | Floats) -> Position | None:
        """Where the bottom centre of a box stands, with its one-sigma error in metres.

        None where that is nothing to rely on: on, near or beyond the horizon, or farther outside
        the points than their hull is long.
        """
        x1, y1, x2, y2 = (float(value) for value in box_xyxy)
        if not (np.isfinite([x1, y1, x2, y2]).all() and x2 > x1 and y2 > y1):
            return None
        foot = np.array([(x1 + x2) / 2, y2])
        sigmas = self._foot_sigmas(x1, y1, x2, y2)
        if not self._on_this_side(foot, sigmas):
            return None
        east_m, north_m = project(self.homography, foot)[0]
        if self.hull.distance(Point(east_m, north_m)) > FARTHEST_HULLS * self._reach_m:
            return None
        return self._position(east_m, north_m, self._covariance(foot, sigmas))

    def moved(self, matrix: Floats) -> Ground:
        """The same ground where the view was nudged: (3, 3) takes old to new pixels."""
        back = np.linalg.inv(matrix)
        return replace(
            self,
            homography=self.homography @ back,
            shaken=tuple(shaken @ back for shaken in self.shaken),
        )

    @cached_property
    def _reach_m(self) -> float:
        west, south, east, north = self.hull.bounds
        return hypot(east - west, north - south)

    def _foot_sigmas(self, x1: float, y1: float, x2: float, y2: float) -> Floats:
        cut_x = x1 <= EDGE_PX or x2 >= self.size.width - EDGE_PX
        cut_y = y2 >= self.size.height - EDGE_PX
        return np.array(
            [
                FOOT_PX + (CUT_SHARE if cut_x else FOOT_SHARE) * (x2 - x1),
                FOOT_PX + (CUT_SHARE if cut_y else FOOT_SHARE) * (y2 - y1),
            ]
        )

    def _on_this_side(self, foot: Floats, sigmas: Floats) -> bool:
        around = np.array([(-1, -1), (-1, 1), (1, -1), (1, 1), (0, 0)]) * sigmas * SAFE_SIGMAS
        spots = foot + around
        return all((depths(it, spots) > 0).all() for it in (self.homography, *self.shaken))

    def _covariance(self, foot: Floats, sigmas: Floats) -> Floats:
        """Covariance (2, 2) in m2: east, north."""
        turn = jacobian(self.homography, foot)
        of_foot = turn @ np.diag(sigmas**2) @ turn.T
        of_points = self.inflation**2 * _spread(self.homography, self.shaken, foot)
        # A map that is shifted shifts all of its points together.
        return np.asarray(of_foot + of_points + self.map_m**2 * np.eye(2), dtype=np.float64)

    def _position(self, east_m: float, north_m: float, covariance: Floats) -> Position | None:
        values, vectors = np.linalg.eigh(covariance)
        minor_m, major_m = np.sqrt(np.maximum(values, 0))
        bearing_deg = degrees(atan2(vectors[0, 1], vectors[1, 1])) % 180
        lat, lon = self.plane.place(east_m, north_m)
        ellipse = Ellipse(major_m=major_m, minor_m=minor_m, bearing_deg=bearing_deg)
        return Position(
            lat=lat, lon=lon, accuracy_m=major_m, method=PositionMethod.GROUND, ellipse=ellipse
        )


def _spread(homography: Floats, shaken: tuple[Floats, ...] | list[Floats], point: Floats) -> Floats:
    usual = project(homography, point)[0]
    shifts = np.array([project(matrix, point)[0] - usual for matrix in shaken])
    return np.asarray(shifts.T @ shifts, dtype=np.float64)


def _inflation(pairs: Pairs) -> float:
    """How much worse each point is met by all others than their stated errors explain.

    The root of the mean squared Mahalanobis distance per coordinate, at least 1; 1 for four
    points, which nothing checks.
    """
    if len(pairs.picture) < 5:
        return 1.0
    found = np.array([_surprise(pairs, index) for index in range(len(pairs.picture))])
    known = found[np.isfinite(found)]
    return max(1.0, float(np.sqrt(known.mean()))) if len(known) else 1.0


def _surprise(pairs: Pairs, index: int) -> float:
    """Squared distance per coordinate between a point and where all others put it, in sigmas.

    NaN where the others put it nowhere.
    """
    others = pairs.without(index)
    try:
        homography = others.homography
    except ValueError:
        return float("nan")
    point = pairs.picture[index]
    met = project(homography, point)[0]
    turn = jacobian(homography, point)
    own = turn @ np.diag(pairs.click_px**2) @ turn.T + pairs.map_m**2 * np.eye(2)
    covariance = own + others.spread(point)
    miss = pairs.ground[index] - met
    return float(miss @ np.linalg.solve(covariance, miss)) / 2
