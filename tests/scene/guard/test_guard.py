from __future__ import annotations

import json
from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.device import DeviceFault
from detector.looks import Picture, Pixels, Planes
from detector.scene.guard import Bearing, Verdict, ViewGuard

WIDTH, HEIGHT = 640, 360


def street(seed: int) -> Pixels:
    """Boxes with a fine grain, larger than a look so that a camera can turn in it."""
    rng = np.random.default_rng(seed)
    canvas = np.full((2 * HEIGHT, 2 * WIDTH), 120, np.uint8)
    for _ in range(700):
        x, y = rng.integers(0, (2 * WIDTH, 2 * HEIGHT))
        w, h = rng.integers(8, 90, 2)
        grey = int(rng.integers(20, 235))
        cv2.rectangle(canvas, (int(x), int(y)), (int(x + w), int(y + h)), grey, -1)
    fine = cv2.GaussianBlur(rng.normal(0, 60, canvas.shape), (0, 0), 1.2)
    return (cv2.GaussianBlur(canvas, (0, 0), 0.8) + fine).clip(0, 255).astype(np.uint8)


def look(
    canvas: Pixels, dx: float = 0.0, dy: float = 0.0, turn_deg: float = 0.0, zoom: float = 1.0
) -> Pixels:
    """What a camera sees that was moved: the middle of the street, under a known matrix."""
    height, width = canvas.shape[0] // 2, canvas.shape[1] // 2
    inside = np.array([(1, 0, -width / 2), (0, 1, -height / 2), (0, 0, 1)])
    half = np.array([(1, 0, 0.5), (0, 1, 0.5), (0, 0, 1)])
    matrix = np.linalg.inv(half) @ nudge(dx, dy, turn_deg, zoom) @ inside @ half
    return np.asarray(cv2.warpAffine(canvas, matrix[:2], (width, height)), dtype=np.uint8)


def nudge(dx: float, dy: float, turn_deg: float, zoom: float) -> np.ndarray:
    rows = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), turn_deg, zoom)
    return np.vstack([rows, (0, 0, 1)]) + np.array([(0, 0, dx), (0, 0, dy), (0, 0, 0)])


def picture(grey: Pixels) -> Picture:
    return Picture.from_bgr(np.dstack([grey] * 3))


def watch(
    guard: ViewGuard, looks: Sequence[Pixels], start_s: float = 0.0, apart_s: float = 5.0
) -> list[Verdict]:
    return [guard.check(picture(it), start_s + n * apart_s) for n, it in enumerate(looks)]


def corner_error(verdict: Verdict, true: np.ndarray) -> float:
    corners = np.array([(0, 0, 1), (WIDTH, 0, 1), (0, HEIGHT, 1), (WIDTH, HEIGHT, 1)]).T
    return float(np.abs((verdict.matrix - true) @ corners).max()) / WIDTH


STREET = street(1)
HOME = look(STREET)


def spoil_by(what: str) -> Pixels:
    rng = np.random.default_rng(7)
    spoilt = {
        "black": rng.normal(4, 2, HOME.shape),
        "grey lid": rng.normal(110, 2, HOME.shape),
        "white noise": rng.normal(128, 60, HOME.shape),
        "blur": cv2.GaussianBlur(HOME, (0, 0), 7),
        "glare": HOME * 5.0 + 150,
        "another street": look(street(2)),
        "mirrored": HOME[:, ::-1],
        "upside down": HOME[::-1],
        "too far": look(STREET, dx=0.3 * WIDTH),
    }[what]
    return np.asarray(spoilt, dtype=np.float64).clip(0, 255).astype(np.uint8)


def test_the_same_view_is_trusted_with_the_identity() -> None:
    (verdict,) = watch(ViewGuard({"main": HOME}), [HOME])
    assert (verdict.view, verdict.trusted, verdict.state) == ("main", True, Bearing.AS_IT_WAS)
    assert np.array_equal(verdict.matrix, np.eye(3))
    assert verdict.score > 0.9


@pytest.mark.parametrize(
    ("dx", "dy", "turn_deg", "zoom"),
    [
        (0.02 * WIDTH, 0, 0, 1),
        (-0.12 * WIDTH, 0, 0, 1),
        (0.05 * WIDTH, 0.05 * WIDTH, 0, 1),
        (0, 0, 5, 1),
        (0, 0, -4, 1.05),
        (0.08 * WIDTH, -0.03 * WIDTH, 3, 0.95),
    ],
)
def test_a_nudge_is_followed_once_it_has_lasted(
    dx: float, dy: float, turn_deg: float, zoom: float
) -> None:
    guard = ViewGuard({"main": HOME})
    watch(guard, [HOME] * 2)
    first, second = watch(guard, [look(STREET, dx, dy, turn_deg, zoom)] * 2, start_s=10)
    assert (first.trusted, first.state, first.fault) == (False, Bearing.SETTLING, None)
    assert (second.trusted, second.state) == (True, Bearing.NUDGED)
    assert corner_error(second, nudge(dx, dy, turn_deg, zoom)) < 0.005


def test_the_matrix_does_not_tremble_with_the_wind() -> None:
    guard = ViewGuard({"main": HOME})
    shaken = [look(STREET, dx=0.002 * WIDTH * (-1) ** n) for n in range(8)]
    verdicts = watch(guard, [HOME, *shaken])
    assert all(it.trusted and np.array_equal(it.matrix, np.eye(3)) for it in verdicts)


@pytest.mark.parametrize(
    ("what", "fault"),
    [
        ("black", DeviceFault.BLACK),
        ("grey lid", DeviceFault.COVERED),
        ("white noise", DeviceFault.COVERED),
        ("blur", DeviceFault.OUT_OF_FOCUS),
        ("glare", DeviceFault.OVEREXPOSED),
        ("another street", DeviceFault.UNKNOWN_VIEW),
        ("mirrored", DeviceFault.UNKNOWN_VIEW),
        ("upside down", DeviceFault.UNKNOWN_VIEW),
        ("too far", DeviceFault.UNKNOWN_VIEW),
    ],
)
def test_what_is_wrong_is_never_trusted_and_named_once_it_lasts(
    what: str, fault: DeviceFault
) -> None:
    guard = ViewGuard({"main": HOME})
    watch(guard, [HOME] * 2)
    verdicts = watch(guard, [spoil_by(what)] * 4, start_s=10)
    assert not any(it.trusted for it in verdicts)
    assert [it.fault for it in verdicts] == [None, None, fault, fault]


def test_many_bad_looks_within_seconds_are_no_fault_yet() -> None:
    guard = ViewGuard({"main": HOME})
    verdicts = watch(guard, [HOME, *[spoil_by("grey lid")] * 20, HOME], apart_s=0.4)
    assert [it.fault for it in verdicts] == [None] * 22
    assert [it.trusted for it in verdicts] == [True, *[False] * 20, True]


def test_two_bad_looks_far_apart_are_no_fault_yet() -> None:
    guard = ViewGuard({"main": HOME})
    verdicts = watch(guard, [HOME, *[spoil_by("grey lid")] * 3], apart_s=60)
    assert [it.fault for it in verdicts] == [None, None, None, DeviceFault.COVERED]


def test_a_preset_is_known_again() -> None:
    other = street(3)
    guard = ViewGuard({"east": HOME, "west": look(other)})
    verdicts = watch(guard, [HOME, *[look(other)] * 3, HOME, HOME])
    assert [it.view for it in verdicts if it.trusted] == ["east", "west", "west", "east"]
    assert verdicts[2].state is Bearing.MOVED
    assert verdicts[3].state is Bearing.AS_IT_WAS


def test_night_falls_and_lamps_turn_edges_around() -> None:
    guard = ViewGuard({"main": HOME})
    watch(guard, [HOME])
    dark = ((255 - HOME.astype(np.float64)) * 0.3).astype(np.uint8)
    (verdict,) = watch(guard, [dark], start_s=100)
    assert verdict.trusted


def test_slow_drift_adds_up_against_the_reference() -> None:
    guard = ViewGuard({"main": HOME})
    steps = [n * 0.004 * WIDTH for n in range(26)]
    verdicts = watch(guard, [look(STREET, dx=step) for step in steps], apart_s=600)
    trusted = [it for it in verdicts if it.trusted]
    assert len(trusted) == len(verdicts)
    assert corner_error(verdicts[-1], nudge(steps[-1], 0, 0, 1)) < 0.01


def test_a_camera_on_the_move_is_not_trusted_until_it_rests() -> None:
    guard = ViewGuard({"main": HOME})
    swaying = [look(STREET, dx=0.05 * WIDTH * np.sin(n)) for n in range(20)]
    verdicts = watch(guard, [HOME, *swaying], apart_s=1.0)
    assert not any(it.trusted for it in verdicts[5:])
    assert verdicts[-1].fault is DeviceFault.MOVING
    rested = watch(guard, [HOME] * 40, start_s=21, apart_s=1.0)
    assert not any(it.trusted for it in rested[:15])
    assert rested[-1].trusted


def test_without_references_the_first_good_look_is_learned() -> None:
    guard = ViewGuard({"main": None, "other": None})
    verdicts = watch(guard, [spoil_by("black"), spoil_by("blur"), HOME, HOME])
    assert [it.trusted for it in verdicts] == [False, False, True, True]
    assert verdicts[2].view == "main"
    assert not watch(guard, [look(street(2))], start_s=30)[0].trusted


def test_without_names_the_usual_view_has_none() -> None:
    (verdict,) = watch(ViewGuard({}), [HOME])
    assert (verdict.trusted, verdict.view) == (True, None)


def test_a_stream_that_changes_its_size_keeps_its_zones() -> None:
    guard = ViewGuard({"main": HOME})
    moved = look(STREET, dx=0.06 * WIDTH)
    large = np.asarray(cv2.resize(moved, (1280, 720)), dtype=np.uint8)
    verdict = watch(guard, [HOME, large, large])[-1]
    assert verdict.trusted
    assert verdict.matrix[0, 2] == pytest.approx(0.06 * 1280, abs=3)


def test_planes_are_as_good_as_bgr() -> None:
    bgr = np.dstack([HOME] * 3)
    packed = cv2.cvtColor(bgr, cv2.COLOR_BGR2YUV_I420)
    empty = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    planes = Planes(np.asarray(packed[:HEIGHT], np.uint8), empty, empty)
    assert ViewGuard({"main": HOME}).check(Picture(planes=planes), 0.0).trusted


def test_a_restart_forgets_nothing() -> None:
    guard = ViewGuard({"main": None})
    moved = look(STREET, dx=0.05 * WIDTH)
    watch(guard, [HOME, moved, moved, *[spoil_by("grey lid")] * 3])
    again = ViewGuard({"main": None})
    again.restore(guard.state())
    (bad,) = watch(again, [spoil_by("grey lid")])
    assert bad.fault is DeviceFault.COVERED
    (good,) = watch(again, [moved], start_s=5)
    assert (good.trusted, good.state) == (True, Bearing.NUDGED)
    assert corner_error(good, nudge(0.05 * WIDTH, 0, 0, 1)) < 0.005


def test_a_new_reference_picture_starts_anew() -> None:
    guard = ViewGuard({"main": HOME})
    moved = look(STREET, dx=0.05 * WIDTH)
    watch(guard, [HOME, moved, moved])
    again = ViewGuard({"main": moved})
    again.restore(guard.state())
    (verdict,) = watch(again, [moved])
    assert (verdict.trusted, verdict.state) == (True, Bearing.AS_IT_WAS)


def test_the_state_stays_small() -> None:
    guard = ViewGuard({"main": None})
    for seed in range(30):
        changed = HOME.copy()
        changed[:, WIDTH // 2 :: 2][seed % 5 :: 5] = seed * 8
        watch(guard, [changed], start_s=seed * 100.0)
    assert len(guard.state()) < 1_000_000


@pytest.mark.parametrize(
    "state",
    [b"", b"{}", b"[]", b"null", b"\xff", b'{"version": 2}'],
)
def test_what_is_no_state_is_refused(state: bytes) -> None:
    with pytest.raises(ValueError, match="no state"):
        ViewGuard({}).restore(state)


@pytest.mark.parametrize("png", ["", "AAAA", "iVBORw0KGgoAAAANSUhEUgAA//8AAP//CAAAAAA="])
def test_a_picture_in_the_state_that_is_none_is_refused(png: str) -> None:
    guard = ViewGuard({"main": None})
    watch(guard, [HOME])
    state = json.loads(guard.state())
    state["known"][0]["learned"]["png"] = png
    with pytest.raises(ValueError):
        ViewGuard({"main": None}).restore(json.dumps(state).encode())


@given(
    st.integers(1, 64), st.integers(1, 64), st.binary(min_size=1, max_size=64), st.floats(-1e6, 1e9)
)
@settings(max_examples=25, deadline=None)
def test_any_picture_gives_a_verdict(width: int, height: int, content: bytes, t_s: float) -> None:
    pixels = np.resize(np.frombuffer(content, np.uint8), (height, width))
    for guard in (ViewGuard({}), ViewGuard({"main": HOME}), ViewGuard({"main": pixels})):
        for n in range(3):
            verdict = guard.check(picture(pixels), t_s + n)
            assert np.isfinite(verdict.matrix).all()
            assert 0 <= verdict.score <= 1
        ViewGuard({"main": HOME}).restore(guard.state())
