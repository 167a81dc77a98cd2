from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from detector.geometry.zones import foot_share, polygon_fault, zone_polygon

SHARED = Path(__file__).parents[2].parent / "shared"
SQUARE = [(0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0)]
BOW_TIE = [(0.0, 0.0), (100.0, 100.0), (100.0, 0.0), (0.0, 100.0)]


def shares(*boxes: tuple[float, float, float, float]) -> list[float]:
    return [float(share) for share in foot_share(np.array(boxes), zone_polygon(SQUARE))]


def test_a_box_that_stands_in_the_zone_has_its_whole_foot_there() -> None:
    assert shares((10, 10, 40, 90)) == [1]


def test_a_box_whose_head_alone_is_in_the_zone_does_not_stand_there() -> None:
    assert shares((10, 50, 40, 170)) == [0]


def test_a_box_whose_foot_alone_is_in_the_zone_stands_there() -> None:
    assert shares((10, -110, 40, 60)) == [1]


def test_a_box_across_the_edge_stands_there_with_its_share() -> None:
    assert shares((80, 10, 120, 90)) == [pytest.approx(0.5)]


def test_the_foot_is_the_lower_third_of_the_box() -> None:
    # From y 40 to 130 the foot is 100..130: it touches the zone and is not in it.
    assert shares((10, 40, 20, 130), (10, 10, 20, 115)) == [0, pytest.approx(20 / 35)]


def test_boxes_that_are_none_stand_nowhere() -> None:
    assert shares((np.nan, 0, 10, 10), (5, 5, 5, 9), (9, 9, 1, 1), (0, 0, np.inf, 9)) == [0] * 4
    assert shares((0, 0, 1e298, 9)) == [0]


def test_no_boxes_give_no_shares() -> None:
    assert foot_share(np.empty((0, 4), dtype=np.float32), zone_polygon(SQUARE)).shape == (0,)


def test_a_zone_may_be_hollow_on_one_side() -> None:
    letter_l = [(0, 0), (100, 0), (100, 20), (20, 20), (20, 100), (0, 100)]
    found = foot_share(np.array([(0, 0, 20, 90), (40, 30, 90, 90)]), zone_polygon(letter_l))
    assert found.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("corners", "word"),
    [
        ([(0, 0), (1, 1)], "at least 3"),
        ([(0, 0), (1, 1), (float("nan"), 0)], "finite"),
        (BOW_TIE, "crosses"),
        ([(0, 0), (5, 5), (9, 9)], "crosses or touches"),
        ([(1, 1), (1, 1), (1, 1)], "crosses or touches"),
    ],
)
def test_corners_that_bound_no_area_are_refused(
    corners: list[tuple[float, float]], word: str
) -> None:
    assert word in str(polygon_fault(corners))
    with pytest.raises(ValueError, match="polygon"):
        zone_polygon(corners)


@given(arrays(np.float64, st.tuples(st.integers(0, 6), st.just(4))))
def test_any_numbers_give_shares_between_0_and_1(
    boxes: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> None:
    share = foot_share(boxes, zone_polygon(SQUARE))
    assert share.shape == (len(boxes),)
    assert ((share >= 0) & (share <= 1)).all()


@pytest.mark.shared
def test_the_zones_of_the_traffic_camera_are_sound() -> None:
    path = SHARED / "data/traffic_camera/zones.json"
    if not path.exists():
        pytest.skip(f"{path} is not beside this checkout")
    for zone in json.loads(path.read_text())["zones"]:
        assert polygon_fault([(x, y) for x, y in zone["polygon"]]) is None
