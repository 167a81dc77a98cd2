from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from detector.geometry.homography import depths, fit_homography, jacobian, project

SQUARE = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], dtype=np.float64)
# The picture of a square that lies on the ground in front of a camera.
TRAPEZE = np.array([(400, 800), (1500, 800), (1150, 500), (750, 500)], dtype=np.float64)


def test_four_points_are_met_exactly() -> None:
    matrix = fit_homography(TRAPEZE, SQUARE)
    assert project(matrix, TRAPEZE) == pytest.approx(SQUARE, abs=1e-12)
    assert (depths(matrix, TRAPEZE) > 0).all()


def test_a_worked_example_a_square_seen_in_perspective() -> None:
    # Its diagonals cross where the middle of the square is seen.
    (middle,) = project(fit_homography(SQUARE, TRAPEZE), [(0.5, 0.5)])
    assert middle == pytest.approx((950, 580), abs=1e-9)


def test_more_points_agree_with_opencv() -> None:
    rng = np.random.default_rng(0)
    source = rng.uniform(0, 1000, (30, 2))
    target = project(fit_homography(TRAPEZE, SQUARE * 50), source[source[:, 1] > 450])
    seen = source[source[:, 1] > 450]
    ours = fit_homography(seen, target)
    theirs, _ = cv2.findHomography(seen, target)
    assert ours / ours[2, 2] == pytest.approx(theirs / theirs[2, 2], rel=1e-6, abs=1e-9)


def test_what_lies_beyond_the_horizon_has_no_place() -> None:
    matrix = fit_homography(TRAPEZE, SQUARE)
    # The sides of the trapeze meet in its vanishing point, 800 - 550 * 300 / 350 px down.
    assert np.isfinite(project(matrix, [(950, 328.6), (0, 328.6)])).all()
    assert np.isnan(project(matrix, [(950, 328.5), (0, 328.5), (950, -500)])).all()


@pytest.mark.parametrize(
    "points",
    [
        [(0, 0), (1, 1), (2, 2), (3, 3)],
        [(0, 0), (1, 1), (2, 2), (0, 9)],
        [(0, 0), (0, 0), (0, 0), (0, 0)],
        [(0, 0), (1, 0), (1, 1)],
        [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4), (0, 9)],
        [(0, 0), (1, 0), (1, 1), (float("nan"), 1)],
    ],
)
def test_points_that_fix_no_homography_are_refused(points: list[tuple[float, float]]) -> None:
    corners = np.resize(SQUARE, (len(points), 2))
    for source, target in ((points, points), (points[:4], corners[:4]), (corners[:4], points[:4])):
        with pytest.raises(ValueError, match="points"):
            fit_homography(source, target)


MATRICES = st.tuples(
    st.floats(-2, 2), st.floats(-2, 2), st.floats(-1e-3, 1e-3), st.floats(-1e-3, 1e-3)
)
SPOTS = st.tuples(st.floats(0, 500), st.floats(0, 500))


@given(MATRICES, SPOTS)
def test_fitting_finds_the_homography_that_made_the_points(
    parts: tuple[float, float, float, float], spot: tuple[float, float]
) -> None:
    turn, shift, p, q = parts
    real = np.array([[np.cos(turn), -np.sin(turn), shift], [np.sin(turn), np.cos(turn), 1]])
    matrix = np.vstack([real, (p, q, 1)])
    corners = np.array([(0, 0), (500, 0), (500, 500), (0, 500), (200, 300)], dtype=np.float64)
    assume((depths(matrix, corners) > 0.05).all())
    found = fit_homography(corners, project(matrix, corners))
    assert project(found, [spot]) == pytest.approx(project(matrix, [spot]), rel=1e-5, abs=1e-5)


@given(SPOTS)
def test_the_jacobian_is_the_slope(spot: tuple[float, float]) -> None:
    matrix = fit_homography(TRAPEZE, SQUARE * 30)
    point = np.array([spot[0] + 500, spot[1] + 400])
    step = 1e-3
    for axis in range(2):
        ahead, behind = point.copy(), point.copy()
        ahead[axis] += step
        behind[axis] -= step
        slope = (project(matrix, ahead) - project(matrix, behind))[0] / (2 * step)
        assert jacobian(matrix, point)[:, axis] == pytest.approx(slope, rel=1e-4, abs=1e-7)
