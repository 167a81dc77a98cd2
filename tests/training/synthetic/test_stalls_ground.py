"""The size of a metre on the ground, and where the ground is open."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.synthetic.stalls.footing import footing
from training.synthetic.stalls.ground import HEIGHTS_M, Ground, ground_of, share_covered

HEIGHT_PX = 480


def things_on(ground: Ground, feet: list[tuple[str, float]]) -> list:
    """Things of exactly their typical height that stand at those lines."""
    return [
        (name, (10.0, foot - HEIGHTS_M[name] * ground.px_per_m(foot), 60.0, foot))
        for name, foot in feet
    ]


@given(
    horizon=st.floats(0.25, 0.55),
    camera_m=st.floats(1.2, 4.0),
    seed=st.integers(0, 100),
)
def test_the_scale_is_read_from_the_things_in_the_picture(
    horizon: float, camera_m: float, seed: int
) -> None:
    true = Ground(horizon * HEIGHT_PX, camera_m)
    feet = [
        (name, true.horizon_y_px + share * (470 - true.horizon_y_px))
        for name, share in [
            ("person", 0.25),
            ("car", 0.3),
            ("bus", 0.35),
            ("person", 0.5),
            ("motorcycle", 0.6),
            ("person", 0.7),
            ("car", 0.85),
            ("person", 0.95),
        ]
    ]
    whole = [thing for thing in things_on(true, feet) if thing[1][1] > 1]
    found = ground_of(HEIGHT_PX, whole, np.random.default_rng(seed))
    foot = 0.85 * HEIGHT_PX
    assert found.px_per_m(foot) == pytest.approx(true.px_per_m(foot), rel=0.12)


def test_a_thing_that_the_picture_cuts_off_tells_nothing() -> None:
    true = Ground(200, 2.0)
    whole = things_on(true, [("person", 300.0), ("person", 380.0), ("person", 440.0)])
    cut = ("person", (0.0, 100.0, 200.0, 479.5))
    unknown = ("traffic_signs", (0.0, 100.0, 20.0, 130.0))
    rng = np.random.default_rng
    assert ground_of(HEIGHT_PX, [*whole, cut, unknown], rng(1)) == ground_of(
        HEIGHT_PX, whole, rng(1)
    )


def test_a_rider_is_no_measure_of_a_person() -> None:
    cycle = ("motorcycle", (100.0, 300.0, 160.0, 400.0))
    rider = ("person", (105.0, 280.0, 155.0, 380.0))
    rng = np.random.default_rng
    assert ground_of(HEIGHT_PX, [cycle, rider], rng(1)) == ground_of(HEIGHT_PX, [cycle], rng(1))


def test_without_things_the_ground_is_guessed_within_reason() -> None:
    for seed in range(20):
        ground = ground_of(HEIGHT_PX, [], np.random.default_rng(seed))
        assert 0.38 <= ground.horizon_y_px / HEIGHT_PX <= 0.5
        assert 1.6 <= ground.camera_m <= 3.0


@given(foot=st.floats(250, 470))
def test_scale_and_foot_line_undo_one_another(foot: float) -> None:
    ground = Ground(200, 2.0)
    assert ground.foot_y_px(ground.px_per_m(foot)) == pytest.approx(foot)


def test_the_ground_ends_at_a_wall_and_at_things() -> None:
    picture = np.full((200, 300, 3), 120, dtype=np.uint8)
    picture[:, :80] = (40, 60, 190)
    car = (180.0, 120.0, 240.0, 170.0)
    opened, scale = footing(picture, Ground(60, 2.0), [car])
    at = lambda x, y: opened[int(y * scale), int(x * scale)]  # noqa: E731
    assert at(120, 180) == 1
    assert at(120, 30) == 0
    assert at(210, 145) == 0
    assert opened.shape[1] == pytest.approx(300 * scale, abs=1)


def test_the_share_covered_counts_the_other_box() -> None:
    assert share_covered((0, 0, 10, 10), (5, 0, 15, 10)) == 0.5
    assert share_covered((0, 0, 10, 10), (20, 0, 30, 10)) == 0
    assert share_covered((0, 0, 10, 10), (5, 5, 5, 5)) == 0
