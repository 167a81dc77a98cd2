"""Distances on the ground between WGS-84 positions."""

from __future__ import annotations

from collections.abc import Sequence
from math import asin, cos, radians, sin, sqrt

import numpy as np
from scipy.spatial import cKDTree

# Mean radius of the WGS-84 ellipsoid, (2a + b) / 3 with a = 6 378 137.0 m and
# b = 6 356 752.314 245 m.
EARTH_RADIUS_M = 6_371_008.7714


def distance_m(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance in metres between two positions in degrees.

    Haversine formula (R. W. Sinnott, Sky and Telescope 68, 1984, p. 159) on the mean radius:
    within 0.6 % of the ellipsoid, which is 15 cm in 25 m.
    """
    phi1, phi2 = radians(lat1), radians(lat2)
    half_lat = sin((phi2 - phi1) / 2)
    half_lon = sin(radians(lon2 - lon1) / 2)
    chord = half_lat * half_lat + cos(phi1) * cos(phi2) * half_lon * half_lon
    return 2 * EARTH_RADIUS_M * asin(sqrt(min(1.0, chord)))


def pairs_within(places: Sequence[tuple[float, float]], radius_m: float) -> list[tuple[int, int]]:
    """Index pairs (i < j), in order, of the places no farther apart than about `radius_m`.

    `places` is (n, 2) latitude and longitude in degrees. No pair within the radius is left out,
    wherever on the globe; one that is a millimetre beyond it may be in.
    """
    if not places:
        return []
    lat, lon = np.radians(np.asarray(places, dtype=np.float64)).T
    globe = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)
    # Straight through the globe it is never farther than along the ground.
    pairs = cKDTree(globe * EARTH_RADIUS_M).query_pairs(radius_m + 0.001)
    return sorted((min(pair), max(pair)) for pair in pairs)
