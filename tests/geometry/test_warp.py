"""Zones and boxes that go along when a camera was nudged."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.geometry.homography import project
from detector.geometry.warp import farthest_corner_px, warped_boxes, warped_zone
from detector.geometry.zone import Zone, ZoneKind
from detector.geometry.zones import zone_polygon
from detector.looks import Size

SHIFT = np.array([[1.0, 0.0, 30.0], [0.0, 1.0, -10.0], [0.0, 0.0, 1.0]])
corner = st.floats(-1000, 1000)


def zone() -> Zone:
    polygon = zone_polygon([(100, 100), (300, 100), (300, 200)])
    return Zone("kerb", ZoneKind.NO_PARKING, polygon, 60, frozenset({3}), None, 0.5)


def test_a_shift_carries_a_zone_and_nothing_else_of_it() -> None:
    carried = warped_zone(zone(), SHIFT)
    assert list(carried.polygon.exterior.coords)[:3] == [(130, 90), (330, 90), (330, 190)]
    assert (carried.name, carried.dwell_s) == ("kerb", 60)


def test_a_turned_box_is_the_upright_one_around_it() -> None:
    quarter = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    assert warped_boxes([(10, 20, 40, 30)], quarter).tolist() == [[-30, 10, -20, 40]]


def test_a_matrix_that_sends_a_corner_beyond_the_horizon_leaves_the_zone_where_it_was() -> None:
    horizon = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [-0.01, 0.0, 1.5]])
    assert np.isnan(project(horizon, [(200, 0)])).all()
    assert warped_zone(zone(), horizon) == zone()


def test_the_corners_tell_how_far_two_matrices_are_apart() -> None:
    assert farthest_corner_px(Size(640, 360), np.eye(3), SHIFT) == pytest.approx(31.62, abs=0.01)
    assert farthest_corner_px(Size(640, 360), SHIFT, SHIFT) == 0


@given(st.lists(st.tuples(corner, corner), min_size=1, max_size=20))
def test_there_and_back_is_where_it_was(points: list[tuple[float, float]]) -> None:
    turned = np.array([[0.9, -0.1, 20.0], [0.1, 0.9, -5.0], [1e-5, -1e-5, 1.0]])
    back = project(np.linalg.inv(turned), project(turned, points))
    assert np.allclose(back, points, atol=1e-6)
