from __future__ import annotations

from math import hypot

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.geometry.ground import distance_m
from detector.looks import Size
from detector.observation import Position, PositionMethod
from detector.scene.ground import Ground
from tests.scene.lookout import (
    HOME,
    HORIZON_PX,
    SIZE,
    SPOTS,
    box,
    calibration,
    on_the_ground,
    pair,
    pairs,
)


def ground(count: int = 6, size: Size = SIZE, **more: object) -> Ground:
    return calibration(pairs(count), **more).ground(SIZE, size)


GROUND = ground()


def miss_m(position: Position, x: float, y: float) -> float:
    lat, lon = HOME.place(*on_the_ground(x, y))
    return distance_m(position.lat, position.lon, lat, lon)


@pytest.mark.parametrize("count", [4, 5, 6])
@pytest.mark.parametrize("foot", [(960, 1000), (300, 800), (1500, 600), (960, 400)])
def test_a_foot_is_found_where_it_stands(count: int, foot: tuple[float, float]) -> None:
    found = ground(count).locate(box(*foot))
    assert found is not None
    assert miss_m(found, *foot) < 0.05
    assert found.method is PositionMethod.GROUND
    assert found.ellipse is not None
    assert found.accuracy_m == found.ellipse.major_m >= found.ellipse.minor_m > 1


def test_a_worked_example_ten_metres_before_the_camera() -> None:
    # Straight below the middle of the picture, 45 degrees down: as far away as the camera is high.
    y = SIZE.height / 2 + 1000 * np.tan(np.radians(45 - 20))
    east_m, north_m = on_the_ground(SIZE.width / 2, y)
    assert hypot(east_m, north_m) == pytest.approx(8)
    found = GROUND.locate(box(SIZE.width / 2, y))
    assert found is not None
    assert distance_m(HOME.lat, HOME.lon, found.lat, found.lon) == pytest.approx(8, abs=0.05)


def test_far_things_have_the_larger_error_along_the_line_of_sight() -> None:
    found = [GROUND.locate(box(960, y)) for y in (1000, 600, 400, 330, 300)]
    errors = [it.accuracy_m for it in found if it is not None]
    assert len(errors) == 5
    assert errors[1:] == sorted(errors[1:])
    assert errors[-1] > 5 * errors[0]
    farthest = found[-1]
    assert farthest is not None
    assert farthest.ellipse is not None
    assert farthest.ellipse.bearing_deg == pytest.approx(30, abs=5)


@pytest.mark.parametrize("y", [HORIZON_PX + 2, HORIZON_PX, HORIZON_PX - 100, 0, -500])
def test_what_reaches_the_horizon_has_no_position(y: float) -> None:
    assert GROUND.locate(box(960, y)) is None


def test_what_is_far_outside_the_points_has_no_position() -> None:
    near = calibration([pair(*it) for it in [(800, 900), (1100, 900), (1050, 800), (850, 800)]])
    assert near.ground(SIZE, SIZE).locate(box(950, 850)) is not None
    assert near.ground(SIZE, SIZE).locate(box(1900, 500)) is None


@pytest.mark.parametrize(
    "bad", [(0, 0, 0, 0), (5, 5, 1, 9), (0, 0, float("nan"), 9), (0, 0, float("inf"), 9)]
)
def test_what_is_no_box_has_no_position(bad: tuple[float, float, float, float]) -> None:
    assert GROUND.locate(bad) is None


def test_a_foot_that_the_edge_cuts_off_is_less_sure() -> None:
    whole, cut = GROUND.locate((900, 700, 1000, 1070)), GROUND.locate((900, 710, 1000, 1080))
    assert whole is not None
    assert cut is not None
    assert cut.accuracy_m > 1.1 * whole.accuracy_m


def test_a_smaller_picture_gives_the_same_place() -> None:
    half = ground(size=Size(960, 540)).locate((440, 270, 480, 300))
    whole = GROUND.locate((880, 540, 960, 600))
    assert half is not None
    assert whole is not None
    assert distance_m(half.lat, half.lon, whole.lat, whole.lon) < 0.01


def test_points_as_shares_give_the_same_ground() -> None:
    shares = [it | {"x": it["x"] / 1920, "y": it["y"] / 1080} for it in pairs(6)]
    found = calibration(shares).ground(None, SIZE).locate(box(960, 600))
    whole = GROUND.locate(box(960, 600))
    assert found is not None
    assert whole is not None
    assert distance_m(found.lat, found.lon, whole.lat, whole.lon) < 0.01
    assert found.accuracy_m == pytest.approx(whole.accuracy_m, rel=1e-6)


def test_points_that_contradict_each_other_enlarge_the_error() -> None:
    off = pairs(6)
    off[4] = off[4] | {"lat": off[4]["lat"] + 8 / 111_000}
    sound, worse = GROUND.locate(box(960, 600)), calibration(off).ground(SIZE, SIZE)
    found = worse.locate(box(960, 600))
    assert worse.inflation > 2
    assert GROUND.inflation == 1
    assert sound is not None
    assert found is not None
    assert found.accuracy_m > 1.5 * sound.accuracy_m


def test_a_worse_map_gives_a_larger_error() -> None:
    found = ground(map_error_m=5.0).locate(box(960, 600))
    assert found is not None
    assert found.accuracy_m > 5


def test_a_nudged_view_is_carried_along() -> None:
    nudge = np.array([[1, 0.01, 12], [-0.01, 1, -7], [0, 0, 1]], dtype=np.float64)
    x, y, _ = nudge @ (960, 600, 1)
    moved, before = GROUND.moved(nudge).locate(box(x, y)), GROUND.locate(box(960, 600))
    assert moved is not None
    assert before is not None
    assert distance_m(moved.lat, moved.lon, before.lat, before.lon) < 0.01


@pytest.mark.parametrize("count", [4, 6])
def test_the_stated_error_is_what_noise_makes(count: int) -> None:
    """Clicks are off by 2 px, the map by 1 m, the foot by what is assumed of it."""
    rng = np.random.default_rng(7)
    misses, claims = [], []
    for _ in range(25):
        noisy = [pair(x, y, rng, px=2, m=1) for x, y in SPOTS[:count]]
        found = calibration(noisy).ground(SIZE, SIZE)
        for foot in [(960, 900), (700, 600), (1000, 450)]:
            dx, dy = rng.normal(0, (2 + 0.05 * 80, 2 + 0.05 * 60))
            position = found.locate(box(foot[0] + dx, foot[1] + dy))
            assert position is not None
            assert position.ellipse is not None
            misses.append(miss_m(position, *foot))
            claims.append(hypot(position.ellipse.major_m, position.ellipse.minor_m))
    ratio = np.sqrt(np.mean(np.square(misses)) / np.mean(np.square(claims)))
    # The map's common shift is not in this noise, so the claim lies above.
    assert 0.45 < ratio < 1


@given(st.floats(-500, 2500), st.floats(-500, 1500))
def test_a_position_is_right_within_its_error_or_there_is_none(x: float, y: float) -> None:
    found = GROUND.locate(box(x, y))
    if found is not None:
        assert y > HORIZON_PX
        assert np.isfinite([found.lat, found.lon, found.accuracy_m]).all()
        assert miss_m(found, x, y) <= found.accuracy_m
