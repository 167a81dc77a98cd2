"""Stalls cut out of pictures."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from training import labels
from training.label_files import read
from training.labelled import Labelled
from training.labels import LabelBox, from_xyxy
from training.synthetic.stalls import cut_out_stalls
from training.synthetic.stalls.cut_outs import cut_out
from training.synthetic.stalls.outline import feathered, outline

HEIGHT, WIDTH = 240, 320


def picture_of(left: int, top: int, right: int, bottom: int) -> tuple[np.ndarray, np.ndarray]:
    """A red trapezium with stripes before a grey wall, and its mask."""
    rng = np.random.default_rng(0)
    picture = rng.normal(130, 6, (HEIGHT, WIDTH, 3))
    mask = np.zeros((HEIGHT, WIDTH), dtype=np.uint8)
    inset = (right - left) // 8
    corners = [[left, top], [right, top], [right - inset, bottom], [left + inset, bottom]]
    cv2.fillPoly(mask, [np.array(corners)], 255)
    stripes = np.where(np.arange(WIDTH) // 6 % 2, 30, 70)[None, :, None] + np.array([0, 10, 150])
    picture = np.where(mask[..., None] > 0, stripes + rng.normal(0, 6, picture.shape), picture)
    return np.clip(picture, 0, 255).astype(np.uint8), mask


def box_of(left: int, top: int, right: int, bottom: int) -> LabelBox:
    return from_xyxy(6, left / WIDTH, top / HEIGHT, right / WIDTH, bottom / HEIGHT)


def test_the_outline_follows_the_stall() -> None:
    picture, mask = picture_of(100, 60, 220, 190)
    found = outline(picture, (94, 54, 226, 196)) > 0
    true = mask[54:196, 94:226] > 0
    assert (found & true).sum() / (found | true).sum() > 0.9


def test_a_cut_out_is_as_large_as_the_stall_and_knows_where_it_came_from() -> None:
    picture, _ = picture_of(100, 60, 220, 190)
    cut = cut_out(picture, box_of(96, 56, 224, 194), "mark_0001")
    assert cut is not None
    assert cut.origin == "mark_0001"
    assert cut.alpha.shape == cut.bgr.shape[:2]
    assert cut.alpha.shape[0] == pytest.approx(130, abs=6)
    assert cut.alpha.shape[1] == pytest.approx(120, abs=6)
    assert cut.cut_side == 0
    assert 0 < cut.quality <= 1


@pytest.mark.parametrize(
    "edges",
    [
        pytest.param((100, 60, 130, 90), id="tiny"),
        pytest.param((100, 120, 220, 240), id="no foot"),
        pytest.param((-60, -20, 230, 150), id="cut on two sides"),
    ],
)
def test_a_stall_that_is_no_use_is_left_aside(edges: tuple[int, int, int, int]) -> None:
    picture, _ = picture_of(*edges)
    box = labels.inside(box_of(*edges))
    assert cut_out(picture, box, "made") is None


def test_a_blurred_stall_is_left_aside() -> None:
    picture, _ = picture_of(100, 60, 220, 190)
    soft = cv2.GaussianBlur(picture, (0, 0), 6)
    assert cut_out(np.asarray(soft, np.uint8), box_of(96, 56, 224, 194), "made") is None


def test_an_even_picture_has_no_outline() -> None:
    even = np.full((HEIGHT, WIDTH, 3), 90, dtype=np.uint8)
    assert cut_out(even, box_of(60, 60, 200, 200), "made") is None
    assert cut_out(even, LabelBox(6, 0.5, 0.5, 1, 1), "made") is None


def test_the_edge_is_drawn_in_and_soft() -> None:
    mask = np.zeros((40, 40), dtype=np.uint8)
    mask[8:32] = 255
    soft = feathered(mask)
    assert soft[:7].max() == 0
    assert 0 < soft[8, 20] < 255
    assert soft[20, 20] == 255


def test_cut_outs_are_the_same_each_time(tmp_path: Path) -> None:
    picture, _ = picture_of(100, 60, 220, 190)
    cv2.imwrite(str(tmp_path / "trip_1.png"), picture)
    labelled = [Labelled(tmp_path / "trip_1.png", (box_of(96, 56, 224, 194),))]
    first, second = cut_out_stalls(labelled), cut_out_stalls(labelled)
    assert [cut.origin for cut in first] == ["trip_1"]
    assert np.array_equal(first[0].alpha, second[0].alpha)


@pytest.mark.shared
@pytest.mark.slow
def test_real_stalls_give_cut_outs(shared: Path) -> None:
    folder = shared / "data" / "stall" / "recovered"
    stems = ("pkl_24082_22", "pkl_o2_33", "pkl_o1_11", "pkl_v0_03")
    found = cut_out_stalls(
        Labelled(folder / "images" / f"{stem}.avif", read(folder / "labels" / f"{stem}.txt"))
        for stem in stems
    )
    assert {cut.origin for cut in found} == set(stems)
