"""Evidence files: whole, deterministic, inside the output folder."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from detector.errors import OutputError
from detector.evidence import EvidenceStore
from detector.looks import Pixels


@pytest.fixture
def picture() -> Pixels:
    noise = np.random.default_rng(7).integers(0, 255, (48, 64, 3))
    return noise.astype(np.uint8)


def test_the_stored_file_has_the_hash_that_is_returned(tmp_path: Path, picture: Pixels) -> None:
    stored = EvidenceStore(tmp_path).save_jpeg(picture, "cam 7/占道.jpg")
    content = (tmp_path / stored.path).read_bytes()
    assert stored.path == "evidence/cam 7/占道.jpg"
    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    decoded = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    assert decoded.shape == picture.shape


def test_the_same_picture_gives_the_same_bytes(tmp_path: Path, picture: Pixels) -> None:
    store = EvidenceStore(tmp_path)
    assert store.save_jpeg(picture, "a.jpg").sha256 == store.save_jpeg(picture, "b.jpg").sha256


def test_writing_again_replaces_and_leaves_nothing_else(tmp_path: Path, picture: Pixels) -> None:
    store = EvidenceStore(tmp_path)
    store.save_jpeg(picture, "a.jpg")
    stored = store.save_jpeg(255 - picture, "a.jpg")
    assert [path.name for path in (tmp_path / "evidence").iterdir()] == ["a.jpg"]
    content = (tmp_path / stored.path).read_bytes()
    assert hashlib.sha256(content).hexdigest() == stored.sha256


@pytest.mark.parametrize(
    "path", ["../x.jpg", "a/../../x.jpg", "/tmp/x.jpg", "", ".", "a\\..\\x.jpg", "a\0.jpg"]
)
def test_a_path_that_leaves_the_folder_is_refused(
    tmp_path: Path, picture: Pixels, path: str
) -> None:
    with pytest.raises(OutputError, match="leaves the evidence folder"):
        EvidenceStore(tmp_path / "out").save_jpeg(picture, path)
    assert not list(tmp_path.rglob("*.jpg"))


@pytest.mark.parametrize("link", ["evidence", "evidence/cam"])
def test_a_link_that_leads_out_of_the_folder_is_refused(
    tmp_path: Path, picture: Pixels, link: str
) -> None:
    outside, planted = tmp_path / "outside", tmp_path / "out" / link
    outside.mkdir()
    planted.parent.mkdir(parents=True)
    planted.symlink_to(outside)
    with pytest.raises(OutputError, match="symbolic links"):
        EvidenceStore(tmp_path / "out").save_jpeg(picture, "cam/deeper/a.jpg")
    assert not list(outside.iterdir())


def test_a_link_in_place_of_the_file_is_replaced_not_followed(
    tmp_path: Path, picture: Pixels
) -> None:
    victim = tmp_path / "victim.txt"
    victim.write_text("untouched")
    (tmp_path / "out/evidence").mkdir(parents=True)
    (tmp_path / "out/evidence/a.jpg").symlink_to(victim)
    EvidenceStore(tmp_path / "out").save_jpeg(picture, "a.jpg")
    assert victim.read_text() == "untouched"


def test_an_output_folder_behind_a_link_is_fine(tmp_path: Path, picture: Pixels) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "real")
    EvidenceStore(tmp_path / "out").save_jpeg(picture, "a.jpg")
    assert (tmp_path / "real/evidence/a.jpg").exists()


def test_a_full_disk_names_the_file_and_the_remedy_and_leaves_nothing(
    tmp_path: Path, picture: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"a\.jpg.*No space left.*free some space"):
        EvidenceStore(tmp_path).save_jpeg(picture, "a.jpg")
    assert not list((tmp_path / "evidence").iterdir())


def test_an_output_that_is_a_file_names_the_remedy(tmp_path: Path, picture: Pixels) -> None:
    (tmp_path / "out").write_text("not a folder")
    with pytest.raises(OutputError, match="choose another folder"):
        EvidenceStore(tmp_path / "out").save_jpeg(picture, "a.jpg")


def test_a_name_that_is_too_long_names_the_remedy(tmp_path: Path, picture: Pixels) -> None:
    with pytest.raises(OutputError, match="cannot write"):
        EvidenceStore(tmp_path).save_jpeg(picture, "x" * 300 + "/a.jpg")


@pytest.mark.parametrize("shape", [(0, 5, 3), (5, 5), (5, 5, 4)])
def test_what_is_no_picture_is_refused(tmp_path: Path, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="shape"):
        EvidenceStore(tmp_path).save_jpeg(np.zeros(shape, np.uint8), "a.jpg")
