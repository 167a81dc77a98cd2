"""Whether two parts of pictures look the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.looks import Picture, Pixels
from detector.pipeline.appearance import LENGTH, appearance_of

BOX = np.array([[40.0, 30.0, 120.0, 90.0]])


def street(seed: int = 1, blue: int = 0) -> Pixels:
    """A picture of blocks, as windows and wheels are; some blue on top."""
    blocks = np.random.default_rng(seed).integers(20, 200, (12, 16), dtype=np.uint8)
    grey = np.kron(blocks, np.ones((10, 10), dtype=np.uint8))
    tinted = np.stack([np.minimum(grey.astype(int) + blue, 255), grey, grey], axis=2)
    return np.asarray(tinted, dtype=np.uint8)


def alike(one: Pixels, other: Pixels, box: np.ndarray = BOX) -> float:
    vectors = [appearance_of(Picture.from_bgr(bgr))(box)[0] for bgr in (one, other)]
    return float(vectors[0] @ vectors[1])


def test_the_same_thing_in_another_light_looks_the_same() -> None:
    dim = np.asarray(street() * 0.6 + 10, dtype=np.uint8)
    assert alike(street(), dim) > 0.98


def test_noise_does_not_make_another_thing_of_it() -> None:
    noise = np.random.default_rng(5).normal(0, 10, street().shape)
    noisy = np.asarray(np.clip(street() + noise, 0, 255), dtype=np.uint8)
    assert alike(street(), noisy) > 0.9


def test_another_thing_looks_different() -> None:
    assert abs(alike(street(1), street(2))) < 0.4


def test_a_thing_of_the_same_form_in_another_colour_looks_less_alike() -> None:
    painted = street().copy()
    painted[30:90, 40:120, 0] = np.minimum(painted[30:90, 40:120, 0].astype(int) + 90, 255)
    assert alike(street(), painted) < 0.9


def test_a_part_without_contrast_says_nothing() -> None:
    flat = np.full((120, 160, 3), 90, dtype=np.uint8)
    assert alike(flat, flat) == 0


@given(
    st.lists(st.tuples(*[st.floats(-500, 500) | st.just(float("nan"))] * 4), min_size=0, max_size=5)
)
def test_any_box_gives_a_vector_of_length_one_or_nothing(
    rows: list[tuple[float, float, float, float]],
) -> None:
    boxes = np.array(rows, dtype=np.float64).reshape(-1, 4)
    vectors = appearance_of(Picture.from_bgr(street()))(boxes)
    assert vectors.shape == (len(rows), LENGTH)
    for length in np.linalg.norm(vectors, axis=1):
        assert length == pytest.approx(1, abs=1e-5) or length == 0
