from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.geometry.ground import distance_m
from detector.looks import Size
from detector.scene.plane import TangentPlane
from tests.scene.cameras import camera, faults, load, view
from tests.scene.lookout import SPOTS, box, calibration, pair, pairs

Points = list[dict[str, float]]


def fault(folder: Path, points: Points, **more: object) -> str:
    seen = view(size=[1920, 1080], calibration={"points": points, **more})
    (found,) = faults(folder, camera(views=[seen]))
    return found


def swapped(points: Points, one: int, other: int) -> Points:
    """Two points with each other's place on the map."""
    places = [{key: it[key] for key in ("lat", "lon")} for it in points]
    places[one], places[other] = places[other], places[one]
    return [it | place for it, place in zip(points, places, strict=True)]


def test_a_camera_gives_the_ground_of_its_view(tmp_path: Path) -> None:
    flat, seen = view(), view(size=[1920, 1080], calibration={"points": pairs(4)}, name="street")
    read = load(tmp_path, camera(views=[flat, seen]))
    assert read.ground_for(Size(960, 540)) is None
    ground = read.ground_for(Size(960, 540), "street")
    assert ground is not None
    assert ground.locate((440, 270, 480, 300)) is not None


@pytest.mark.parametrize("count", [4, 5, 6])
def test_two_swapped_points_are_named(tmp_path: Path, count: int) -> None:
    for one, other in combinations(range(count), 2):
        told = fault(tmp_path, swapped(pairs(count), one, other))
        assert told.startswith("views[0].calibration.points: ")
        assert f"points[{one}]" in told
        assert f"points[{other}]" in told


def test_a_mirrored_map_is_told(tmp_path: Path) -> None:
    mirrored = [it | {"lon": 243 - it["lon"]} for it in pairs(6)]
    assert "not as a camera above the ground sees them" in fault(tmp_path, mirrored)


@pytest.mark.parametrize(
    ("spots", "named"),
    [
        ([(100, 900), (500, 800), (900, 700), (1300, 600)], "points[0], points[1], points[2]"),
        ([(100, 900), (500, 800), (900, 700), (1300, 1000)], "points[0], points[1] and points[2]"),
        ([(100, 900), (100, 450), (500, 800), (900, 700)], "points[0], points[2] and points[3]"),
        ([(100, 900), (500, 800), (900, 700), (100, 500), (1300, 600)], "points[2] and points[4]"),
    ],
)
def test_points_on_one_line_are_named(
    tmp_path: Path, spots: list[tuple[float, float]], named: str
) -> None:
    told = fault(tmp_path, [pair(*spot) for spot in spots])
    assert named in told
    assert "lie on one line of the picture" in told


def test_points_on_one_line_of_the_map_are_named(tmp_path: Path) -> None:
    line = [it | {"lat": 31.23, "lon": 121.47 + n / 1e4} for n, it in enumerate(pairs(4))]
    assert "lie on one line of the map" in fault(tmp_path, line)


def test_one_spot_given_twice_is_named(tmp_path: Path) -> None:
    points = pairs(5)
    told = fault(tmp_path, [*points[:4], points[4] | {"x": points[1]["x"], "y": points[1]["y"]}])
    assert told.startswith("views[0].calibration.points[4]: is on one spot of the picture with")
    assert "points[1]" in told


def test_a_point_in_another_city_is_named(tmp_path: Path) -> None:
    points = pairs(5)
    points[3]["lat"] += 1
    told = fault(tmp_path, points)
    assert told.startswith("views[0].calibration.points[3]: lies 111 km from the others")


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"x": 1921.0}, "points[2]: lies outside the picture"),
        ({"y": -1}, "points[2]: lies outside the picture"),
        ({"lat": 121.47}, "points[2].lat: should be less than or equal to 90"),
        ({"lat": "31.2"}, "points[2].lat: "),
        ({"height": 1}, "points[2].height: is an unknown key; the known keys are x, y, lat, lon"),
    ],
)
def test_a_fault_of_a_point_names_it(tmp_path: Path, change: dict[str, float], word: str) -> None:
    points = pairs(5)
    points[2] |= change
    assert word in fault(tmp_path, points)


def test_three_points_are_too_few(tmp_path: Path) -> None:
    told = fault(tmp_path, pairs(3))
    assert told.startswith("views[0].calibration.points: ")
    assert "four or more" in told


def test_pixels_without_a_size_are_told(tmp_path: Path) -> None:
    flat = view({"name": "z", "kind": "ignore", "polygon": [[0, 0], [1, 0], [1, 1]]})
    seen = flat | {"size": None, "calibration": {"points": pairs(4)}}
    told = faults(tmp_path, camera(views=[seen]))
    assert len(told) == 4
    assert told[0].startswith("views[0].calibration.points[0]: is no share between 0 and 1")


def test_noisy_points_are_not_taken_for_swapped() -> None:
    rng = np.random.default_rng(3)
    for _ in range(10):
        noisy = [pair(x, y, rng, px=3, m=1) for x, y in SPOTS]
        assert calibration(noisy).ground((1920, 1080), Size(1920, 1080)).locate(box(960, 600))


LATITUDES = st.floats(-75, 75)
OFFSETS = st.floats(-0.005, 0.005)


@given(LATITUDES, st.floats(-180, 180), OFFSETS, OFFSETS)
def test_the_plane_measures_as_the_globe_does(
    lat: float, lon: float, north: float, east: float
) -> None:
    plane = TangentPlane(lat, lon)
    ((east_m, north_m),) = plane.metres([(lat + north, lon + east)])
    globe_m = distance_m(lat, lon, lat + north, lon + east)
    assert np.hypot(east_m, north_m) == pytest.approx(globe_m, rel=0.007, abs=0.01)
    back_lat, back_lon = plane.place(east_m, north_m)
    assert distance_m(lat + north, lon + east, back_lat, back_lon) < 1e-3


def test_a_degree_is_as_long_as_the_tables_say() -> None:
    # WGS-84 at 45 degrees: 111,131.78 m of latitude, 78,846.835 m of longitude.
    ((east_m, north_m),) = TangentPlane(45, 10).metres([(46, 11)])
    assert (east_m, north_m) == pytest.approx((78_846.835, 111_131.78), abs=0.02)


def test_points_on_both_sides_of_the_date_line_stay_together() -> None:
    plane = TangentPlane.around([(0, 179.999), (0, -179.999)])
    assert abs(plane.lon) == pytest.approx(180)
    assert np.ptp(plane.metres([(0, 179.999), (0, -179.999)])[:, 0]) == pytest.approx(222.6, abs=1)
