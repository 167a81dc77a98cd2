"""Pairs of points, in the picture and on the map, that lay the ground of a view over the map."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import hypot
from typing import Annotated, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, model_validator

from detector.geometry.homography import depths, fit_homography, jacobian, project
from detector.looks import Size
from detector.observation import Frozen
from detector.scene.faults import Fault, Misfits
from detector.scene.ground import CLICK_PX, Ground, Pairs
from detector.scene.plane import TangentPlane

# Width of a set of points over its length, under which it is a line.
LEAST_WIDTH = 0.01

# No camera that people look through sees the ground so far away.
FARTHEST_M = 5_000.0

# Two points are taken for swapped when all fit so many times better with them exchanged, and miss
# their places by less than this share of the points' reach.
SWAP_GAIN = 10.0
SWAP_FIT = 0.05

Degrees90 = Annotated[float, Field(strict=True, ge=-90, le=90)]
Degrees180 = Annotated[float, Field(strict=True, ge=-180, le=180)]
OfCorner = Annotated[float, Field(strict=True, ge=-100_000, le=100_000, allow_inf_nan=False)]
CORNER_UNIT = "px of the view's size, or share 0..1 without a size"


class PointPair(Frozen):
    """One spot on the ground, in the picture and on the map."""

    x: OfCorner = Field(
        title="X",
        description="from the left edge of the picture",
        json_schema_extra={"unit": CORNER_UNIT},
    )
    y: OfCorner = Field(
        title="Y",
        description="from the upper edge of the picture",
        json_schema_extra={"unit": CORNER_UNIT},
    )
    lat: Degrees90 = Field(
        title="Latitude",
        description="degrees north in WGS-84, -90 to 90",
        json_schema_extra={"unit": "deg"},
    )
    lon: Degrees180 = Field(
        title="Longitude",
        description="degrees east in WGS-84, -180 to 180",
        json_schema_extra={"unit": "deg"},
    )


class Calibration(Frozen):
    """How the flat ground that a view shows lies on the map."""

    points: tuple[PointPair, ...] = Field(
        title="Points",
        description="four or more spots on the ground {x, y, lat, lon}, far apart and not on one "
        "line; five or more let the error be checked",
        min_length=4,
        max_length=50,
    )
    map_error_m: float = Field(
        default=1.0,
        title="Error of the map",
        description="one-sigma error in metres of the positions on the map; default 1",
        gt=0,
        le=100,
        strict=True,
        json_schema_extra={"unit": "m"},
    )

    @model_validator(mode="after")
    def _fix_a_ground(self) -> Self:
        if faults := list(_misplaced(self.points)):
            raise Misfits(faults)
        return self

    def ground(self, frame: tuple[int, int] | None, size: Size) -> Ground:
        """The ground in a picture of `size`; `frame` is the size that the points were drawn in."""
        width, height = frame or (1, 1)
        scale = np.array([size.width / width, size.height / height])
        plane, ground = _on_the_map(self.points)
        # People click in the picture of the view's size; without one, in one like this.
        click_px = CLICK_PX * (scale if frame else np.ones(2))
        pairs = Pairs(_in_the_picture(self.points) * scale, ground, click_px, self.map_error_m)
        return Ground.of(size, plane, pairs)


def _in_the_picture(points: Sequence[PointPair]) -> NDArray[np.float64]:
    return np.array([(point.x, point.y) for point in points])


def _on_the_map(points: Sequence[PointPair]) -> tuple[TangentPlane, NDArray[np.float64]]:
    places = [(point.lat, point.lon) for point in points]
    plane = TangentPlane.around(places)
    return plane, plane.metres(places)


def _misplaced(points: Sequence[PointPair]) -> Iterator[Fault]:
    """What keeps the points from fixing a ground; the first kind of fault hides the others."""
    picture, (_, ground) = _in_the_picture(points), _on_the_map(points)
    faults = list(_far_away(ground))
    for where, places in (("picture", picture), ("map", ground)):
        faults += [] if faults else [*_twice(where, places)]
        faults += [] if faults else [*_in_line(where, places)]
    yield from faults or _confused(picture, ground)


def _far_away(ground: NDArray[np.float64]) -> Iterator[Fault]:
    middle = np.median(ground, axis=0)
    for index, (east_m, north_m) in enumerate(ground - middle):
        if (away_m := hypot(east_m, north_m)) > FARTHEST_M:
            what = f"lies {away_m / 1000:.0f} km from the others"
            yield Fault(f"points[{index}]", what, "correct its `lat` and `lon`")


def _twice(where: str, places: NDArray[np.float64]) -> Iterator[Fault]:
    # Closer together than this they are one spot: they add no direction, only noise.
    least = LEAST_WIDTH / 10 * float(np.ptp(places, axis=0).max())
    for one, other in combinations(range(len(places)), 2):
        if np.linalg.norm(places[one] - places[other]) <= least:
            what = f"is on one spot of the {where} with points[{one}]"
            yield Fault(f"points[{other}]", what, "give spots that are apart")


def _in_line(where: str, places: NDArray[np.float64]) -> Iterator[Fault]:
    """All points, or all but one, on a line: then any number of grounds fit them."""
    everyone = range(len(places))
    for left_out in (None, *everyone):
        line = [index for index in everyone if index != left_out]
        if _width(places[line]) < LEAST_WIDTH:
            what = f"{_named(line)} lie on one line of the {where}"
            yield Fault("points", what, "give spots on both sides of the line")
            return


def _width(places: NDArray[np.float64]) -> float:
    """How wide points (n, 2) lie across the line that fits them best, over their length."""
    values = np.linalg.svd(places - places.mean(axis=0), compute_uv=False)
    return float(values[1] / values[0]) if values[0] > 0 else 0.0


def _confused(picture: NDArray[np.float64], ground: NDArray[np.float64]) -> Iterator[Fault]:
    """Points that no camera above the ground sees so, or that fit once two are exchanged."""
    worst_m = _misfit_m(picture, ground)
    reach_m = float(np.linalg.norm(np.ptp(ground, axis=0)))
    tried = sorted(_exchanges(picture, ground))
    best_m = tried[0][0]
    if best_m <= SWAP_FIT * reach_m and best_m * SWAP_GAIN < worst_m:
        # Of four points, either of two pairs may be the wrong one.
        pairs = [_named(pair) for misfit_m, pair in tried if misfit_m <= 2 * best_m]
        what = f"{', or '.join(pairs)} seem to be swapped"
        yield Fault("points", what, "give each its own `lat` and `lon`")
    elif not np.isfinite(worst_m):
        what = f"{_named(range(len(picture)))} are not as a camera above the ground sees them"
        remedy = "check the order of `lat` and `lon`, and which point is which"
        yield Fault("points", what, remedy)


def _exchanges(
    picture: NDArray[np.float64], ground: NDArray[np.float64]
) -> Iterator[tuple[float, tuple[int, int]]]:
    for pair in combinations(range(len(picture)), 2):
        order = np.arange(len(picture))
        order[list(pair)] = pair[::-1]
        yield _misfit_m(picture, ground[order]), pair


def _misfit_m(picture: ArrayLike, ground: NDArray[np.float64]) -> float:
    """Root mean square in metres, a millimetre at least, by which a ground misses its points.

    Infinite where no camera above the ground sees them so: some lie beyond the horizon, or left
    and right are exchanged (x to the right and y down turn into east and north by a mirror, so
    the determinant is below 0).
    """
    spots = np.asarray(picture, dtype=np.float64)
    try:
        matrix = fit_homography(spots, ground)
    except ValueError:
        return float("inf")
    seen = bool((depths(matrix, spots) > 0).all())
    if not seen or any(np.linalg.det(jacobian(matrix, spot)) >= 0 for spot in spots):
        return float("inf")
    miss = project(matrix, spots) - ground
    return max(1e-3, float(np.sqrt((miss**2).sum(axis=1).mean())))


def _named(indices: Sequence[int]) -> str:
    names = [f"points[{index}]" for index in indices]
    return f"{', '.join(names[:-1])} and {names[-1]}"
