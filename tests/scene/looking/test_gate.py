from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from detector.looks import Picture, Pixels, Planes, Size
from detector.scene.looking import MotionGate
from detector.scene.looking.gate import block_px

SIZE = Size(1280, 720)
THING_PX = 40
AT = (600, 300)


def street(seed: int = 1) -> NDArray[np.float32]:
    """Luma of a street: soft shapes with hard edges, (h, w)."""
    rng = np.random.default_rng(seed)
    soft = cv2.resize(rng.uniform(60, 180, (9, 16)).astype(np.float32), SIZE)
    soft[400:410] += 40
    soft[:, 900:906] -= 40
    return np.asarray(soft, dtype=np.float32)


def with_thing(
    luma: NDArray[np.float32], levels: float, side: int = THING_PX
) -> NDArray[np.float32]:
    copy = luma.copy()
    copy[AT[1] : AT[1] + side, AT[0] : AT[0] + side] += levels
    return copy


def filmed(
    luma: NDArray[np.float32], rng: np.random.Generator, noise: float = 4.0, gain: float = 1.0
) -> Picture:
    levels = luma * gain + rng.normal(0, noise, luma.shape)
    chroma = np.full((SIZE.height // 2, SIZE.width // 2), 128, np.uint8)
    return Picture(planes=Planes(levels.clip(16, 235).astype(np.uint8), chroma, chroma))


def gate(watched: NDArray[np.bool_] | None = None) -> MotionGate:
    side = block_px(SIZE)
    everything = np.ones((SIZE.height // side, SIZE.width // side), dtype=np.bool_)
    return MotionGate(everything if watched is None else watched, SIZE)


def answers(gate: MotionGate, pictures: list[Picture]) -> list[bool]:
    """What the gate says to each picture after the first, which alone is examined."""
    said = []
    for number, picture in enumerate(pictures):
        glance = gate.glance(picture)
        said.append(gate.changed(glance))
        if number == 0:
            gate.examined(glance)
    return said[1:]


def test_before_anything_was_examined_everything_is_new() -> None:
    watching = gate()
    rng = np.random.default_rng(0)
    for _ in range(3):
        assert watching.changed(watching.glance(filmed(street(), rng)))


@pytest.mark.parametrize("noise", [0.0, 4.0, 12.0])
def test_noise_is_no_change_and_a_small_thing_in_it_is(noise: float) -> None:
    rng = np.random.default_rng(2)
    still = [filmed(street(), rng, noise) for _ in range(12)]
    assert not any(answers(gate(), still))
    there = filmed(with_thing(street(), 35), rng, noise)
    assert answers(gate(), [*still, there])[-1]
    away = [filmed(with_thing(street(), 35), rng, noise), filmed(street(), rng, noise)]
    assert answers(gate(), away) == [True]


@pytest.mark.parametrize("gain", [0.8, 0.9, 1.1, 1.25])
def test_light_that_changes_is_no_change_and_hides_none(gain: float) -> None:
    rng = np.random.default_rng(3)
    before, after = filmed(street(), rng), filmed(street(), rng, gain=gain)
    assert answers(gate(), [before, after]) == [False]
    there = filmed(with_thing(street(), 35), rng, gain=gain)
    assert answers(gate(), [before, there]) == [True]


def test_jpeg_flicker_is_no_change() -> None:
    def compressed(quality: int) -> Picture:
        bgr = cv2.cvtColor(street().clip(0, 255).astype(np.uint8), cv2.COLOR_GRAY2BGR)
        _, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
        return Picture.from_bgr(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8))

    assert not any(answers(gate(), [compressed(90), compressed(40), compressed(70)]))


def test_rain_is_no_change_and_a_thing_in_it_is() -> None:
    rng = np.random.default_rng(4)

    def rainy(luma: NDArray[np.float32]) -> Picture:
        wet = luma.copy()
        for x, y in rng.integers(0, [SIZE.width - 8, SIZE.height - 40], (1500, 2)):
            cv2.line(wet, (int(x), int(y)), (int(x) + 4, int(y) + 20), float(wet[y, x] + 20), 1)
        return filmed(wet, rng)

    assert not any(answers(gate(), [rainy(street()) for _ in range(10)]))
    rain = [rainy(street()) for _ in range(6)]
    assert answers(gate(), [*rain, rainy(with_thing(street(), 45))])[-1]


def test_what_changes_slowly_adds_up() -> None:
    rng = np.random.default_rng(5)
    steps = [filmed(with_thing(street(), level), rng) for level in range(0, 42, 2)]
    said = answers(gate(), steps)
    assert not said[0]
    assert said[-1]


def test_what_comes_and_stays_goes_on_to_differ_until_it_was_examined() -> None:
    rng = np.random.default_rng(6)
    watching = gate()
    there = [filmed(with_thing(street(), 35), rng) for _ in range(30)]
    assert all(answers(watching, [filmed(street(), rng), *there]))
    watching.examined(watching.glance(there[-1]))
    assert not watching.changed(watching.glance(filmed(with_thing(street(), 35), rng)))


def test_a_speck_and_a_line_are_no_thing() -> None:
    rng = np.random.default_rng(7)
    speck = with_thing(street(), 60, side=8)
    assert answers(gate(), [filmed(street(), rng), filmed(speck, rng)]) == [False]


def test_leaves_that_never_rest_hide_no_car() -> None:
    rng = np.random.default_rng(8)

    def windy(level: float = 0.0) -> Picture:
        luma = with_thing(street(), level)
        luma[200:500, 500:800] += cv2.resize(
            rng.uniform(-8, 8, (60, 60)).astype(np.float32), (300, 300)
        )
        return filmed(luma, rng)

    watching = gate()
    assert not any(answers(watching, [windy() for _ in range(40)])[20:])
    assert watching.changed(watching.glance(windy(60)))


def test_what_changes_outside_the_watched_blocks_is_none_of_it() -> None:
    rng = np.random.default_rng(9)
    side = block_px(SIZE)
    watched = np.zeros((SIZE.height // side, SIZE.width // side), dtype=np.bool_)
    watched[:, : 500 // side] = True
    pictures = [filmed(street(), rng), filmed(with_thing(street(), 60), rng)]
    assert answers(gate(watched), pictures) == [False]
    assert answers(gate(~watched), pictures) == [True]


def test_nothing_watched_is_nothing_changed() -> None:
    watched = np.zeros((SIZE.height // block_px(SIZE), SIZE.width // block_px(SIZE)), np.bool_)
    rng = np.random.default_rng(10)
    assert answers(gate(watched), [filmed(street(s), rng) for s in (1, 2)]) == [False]


def test_a_covered_camera_is_a_change() -> None:
    rng = np.random.default_rng(11)
    black = filmed(np.full(SIZE[::-1], 20, np.float32), rng)
    assert answers(gate(), [filmed(street(), rng), black]) == [True]


def test_planes_and_bgr_give_the_same_answer() -> None:
    rng = np.random.default_rng(12)
    pictures = [filmed(street(), rng), filmed(with_thing(street(), 35), rng)]
    as_bgr: list[Pixels] = [picture.bgr for picture in pictures]
    assert answers(gate(), [Picture.from_bgr(it) for it in as_bgr]) == answers(gate(), pictures)
