"""The plane that touches the globe at a place: metres east and north of it."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, radians, sin, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

# WGS-84: semi-major axis in metres and first eccentricity squared (NIMA TR8350.2).
SEMI_MAJOR_M = 6_378_137.0
ECCENTRICITY2 = 6.694_379_990_14e-3


@dataclass(frozen=True)
class TangentPlane:
    """Metres east and north of a WGS-84 position in degrees; good to millimetres within 1 km."""

    lat: float
    lon: float

    @classmethod
    def around(cls, places: ArrayLike) -> TangentPlane:
        """The plane at the mean of places (n, 2), latitude and longitude in degrees."""
        lat, lon = np.asarray(places, dtype=np.float64).T
        # Around the first, so that places on both sides of the date line stay together.
        turns = (lon - lon[0] + 180) % 360 - 180
        return cls(float(lat.mean()), _wrapped(float(lon[0] + turns.mean())))

    def metres(self, places: ArrayLike) -> NDArray[np.float64]:
        """East and north (n, 2) in metres of places (n, 2), latitude and longitude in degrees."""
        lat, lon = np.asarray(places, dtype=np.float64).T
        turns = (lon - self.lon + 180) % 360 - 180
        north_m, east_m = self._metres_per_degree()
        return np.stack([turns * east_m, (lat - self.lat) * north_m], axis=1)

    def place(self, east_m: float, north_m: float) -> tuple[float, float]:
        """Latitude and longitude in degrees of a point of the plane."""
        per_north, per_east = self._metres_per_degree()
        return self.lat + north_m / per_north, _wrapped(self.lon + east_m / per_east)

    def _metres_per_degree(self) -> tuple[float, float]:
        """Along the meridian and along the parallel, from the ellipsoid's two radii."""
        squared = 1 - ECCENTRICITY2 * sin(radians(self.lat)) ** 2
        meridian_m = SEMI_MAJOR_M * (1 - ECCENTRICITY2) / squared**1.5
        normal_m = SEMI_MAJOR_M / sqrt(squared)
        return meridian_m * pi / 180, normal_m * cos(radians(self.lat)) * pi / 180


def _wrapped(lon: float) -> float:
    return (lon + 180) % 360 - 180
