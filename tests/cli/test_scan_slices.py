from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.conftest import Streetwarden, read_jsonl


@pytest.fixture
def wide(tmp_path: Path, demo: Path) -> Path:
    """A real picture of an overflowing bin, small in the corner of a grey 1920 x 1080 picture."""
    picture = cv2.imread(str(demo / "garbage" / "img003.avif"))
    height, width = picture.shape[:2]
    small = cv2.resize(picture, (320, round(320 * height / width)), interpolation=cv2.INTER_AREA)
    scene = np.full((1080, 1920, 3), 114, np.uint8)
    scene[1060 - small.shape[0] : 1060, 1580:1900] = small
    path = tmp_path / "wide.png"
    cv2.imwrite(str(path), scene)
    return path


def found(out: Path) -> list[dict]:
    return read_jsonl(out / "observations.jsonl")


def test_slices_find_what_is_small_in_a_large_picture(
    streetwarden: Streetwarden, tmp_path: Path, wide: Path
):
    assert streetwarden("scan", wide, "--out", "plain").code == 0
    ran = streetwarden("scan", wide, "--slices", "--out", "sliced")

    assert ran.code == 0, ran.err
    assert len(found(tmp_path / "sliced")) > len(found(tmp_path / "plain"))
    for observation in found(tmp_path / "sliced"):
        x1, y1, x2, y2 = observation["box"]
        assert 1570 < x1 < x2 <= 1910
        assert 700 < y1 < y2 <= 1070
        assert observation["frame_size"] == {"width": 1920, "height": 1080}


def test_slices_change_nothing_in_small_pictures(
    streetwarden: Streetwarden, tmp_path: Path, demo: Path
):
    assert streetwarden("scan", demo / "garbage", "--boxes", "--out", "plain").code == 0
    ran = streetwarden("scan", demo / "garbage", "--boxes", "--slices", "--out", "sliced")

    assert ran.code == 0, ran.err
    for name in ("boxes.jsonl", "observations.jsonl"):
        plain, sliced = (tmp_path / out / name for out in ("plain", "sliced"))
        assert sliced.read_bytes() == plain.read_bytes()


def test_a_run_without_slices_is_not_resumed_with_them(
    streetwarden: Streetwarden, tmp_path: Path, demo: Path
):
    picture = demo / "garbage" / "img003.avif"
    assert streetwarden("scan", picture, "--out", "out").code == 0

    ran = streetwarden("scan", picture, "--out", "out", "--resume", "--slices")

    assert ran.code == 2
    assert "slices was false, is true" in ran.err


def test_a_run_from_before_there_were_slices_can_be_resumed(
    streetwarden: Streetwarden, tmp_path: Path, demo: Path
):
    picture = demo / "garbage" / "img003.avif"
    assert streetwarden("scan", picture, "--out", "out").code == 0
    run = tmp_path / "out" / ".work" / "run.json"
    settings = json.loads(run.read_text())
    del settings["slices"]
    run.write_text(json.dumps(settings))

    assert streetwarden("scan", picture, "--out", "out", "--resume").code == 0
