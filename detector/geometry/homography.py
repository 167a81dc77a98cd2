"""Homographies: from a plane in a picture to another plane, such as the ground.

A homography is a (3, 3) float64 matrix that takes (x, y, 1) to (u, v, 1) * w. It is scaled so
that w is above 0 on the near side of the horizon, where the points are that it was made from.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]

# Of the largest singular value; below, the points leave more than one homography open. And the
# determinant of a normalised homography; below, it folds the plane into a line.
LEAST_RANK = 1e-9


def fit_homography(source: ArrayLike, target: ArrayLike) -> Floats:
    """The homography (3, 3) that takes `source` (n, 2) to `target` (n, 2), n at least 4.

    Normalised direct linear transformation (Hartley, "In defense of the eight-point algorithm",
    IEEE PAMI 19(6), 1997; Hartley and Zisserman, Multiple View Geometry, algorithm 4.2): exact
    for four points, least squares beyond. Raises ValueError when they fix no homography: too
    few, or all but one on a line in either plane.
    """
    from_points, to_points = _rows(source), _rows(target)
    if len(from_points) != len(to_points) or len(from_points) < 4:
        raise ValueError("a homography needs at least four pairs of points")
    before, after = _normaliser(from_points), _normaliser(to_points)
    x, y = _moved(before, from_points).T
    u, v = _moved(after, to_points).T
    one, none = np.ones_like(x), np.zeros_like(x)
    rows = np.concatenate(
        [
            np.stack([x, y, one, none, none, none, -u * x, -u * y, -u], axis=1),
            np.stack([none, none, none, x, y, one, -v * x, -v * y, -v], axis=1),
        ]
    )
    _, values, vectors = np.linalg.svd(rows)
    found = vectors[-1].reshape(3, 3)
    if values[7] <= LEAST_RANK * values[0] or abs(np.linalg.det(found)) <= LEAST_RANK:
        raise ValueError("all but one of the points lie on one line")
    matrix = np.linalg.inv(after) @ found @ before
    nearness = depths(matrix, from_points)
    return np.asarray(matrix / nearness[np.argmax(np.abs(nearness))], dtype=np.float64)


def depths(matrix: Floats, points: ArrayLike) -> Floats:
    """The w (n,) of points (n, 2): 0 on the horizon, below 0 beyond it."""
    return np.asarray(_rows(points) @ matrix[2, :2] + matrix[2, 2], dtype=np.float64)


def project(matrix: Floats, points: ArrayLike) -> Floats:
    """Where points (n, 2) come to lie (n, 2); NaN for those on or beyond the horizon."""
    rows = _rows(points)
    w = depths(matrix, rows)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        flat = (rows @ matrix[:2, :2].T + matrix[:2, 2]) / w[:, None]
    flat[~(w > 0)] = np.nan
    return np.asarray(flat, dtype=np.float64)


def jacobian(matrix: Floats, point: ArrayLike) -> Floats:
    """How far (2, 2) the image of one point (2,) moves per unit that the point moves.

    Rows are u and v, columns x and y. The point lies on the near side of the horizon.
    """
    spot = _rows(point)
    return np.asarray(
        (matrix[:2, :2] - np.outer(project(matrix, spot)[0], matrix[2, :2])) / depths(matrix, spot),
        dtype=np.float64,
    )


def _rows(points: ArrayLike) -> Floats:
    return np.asarray(points, dtype=np.float64).reshape(-1, 2)


def _normaliser(points: Floats) -> Floats:
    """The similarity (3, 3) that moves points to the origin, at a mean distance of root two."""
    centre = points.mean(axis=0)
    spread = np.linalg.norm(points - centre, axis=1).mean()
    if not np.isfinite(spread) or spread == 0:
        raise ValueError("the points lie on one spot")
    scale = np.sqrt(2) / spread
    return np.array([[scale, 0, -scale * centre[0]], [0, scale, -scale * centre[1]], [0, 0, 1]])


def _moved(similarity: Floats, points: Floats) -> Floats:
    return np.asarray(points * similarity[0, 0] + similarity[:2, 2], dtype=np.float64)
