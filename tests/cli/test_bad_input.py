from __future__ import annotations

import os
import shutil
import struct
import subprocess
import zlib
from pathlib import Path

import pytest

from tests.conftest import Streetwarden, read_jsonl

MADE_OF_NOTHING = {
    "empty.mp4": b"",
    "text.mp4": b"this is a shopping list, not a film\n" * 50,
    "noise.jpg": b"\xff\xd8\xff\xe0" + bytes(range(256)) * 20,
    "text.jpg": b"hello",
}


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds almost nothing."""

    def chunk(tag: bytes, data: bytes) -> bytes:
        body = tag + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * 100))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


def bad_files(folder: Path) -> Path:
    folder.mkdir()
    for name, content in MADE_OF_NOTHING.items():
        (folder / name).write_bytes(content)
    (folder / "dot.png").write_bytes(png_header(1, 1))
    (folder / "huge.png").write_bytes(png_header(10_000, 10_000))
    return folder


def test_every_bad_file_is_named_and_the_good_one_is_scanned(
    streetwarden: Streetwarden, tmp_path: Path, demo: Path
):
    folder = bad_files(tmp_path / "in")
    film = demo / "camera" / "timelapse_busstop_day_ourcamera.mp4"
    (folder / "cut.mp4").write_bytes(film.read_bytes()[:3000])
    shutil.copy(demo / "garbage" / "img003.avif", folder / "good.avif")

    ran = streetwarden("scan", folder, "--out", "out")

    assert ran.code == 1
    for name in [*MADE_OF_NOTHING, "dot.png", "huge.png", "cut.mp4"]:
        assert name in ran.out
    assert {it["source"]["name"] for it in read_jsonl(tmp_path / "out/observations.jsonl")} == {
        "good.avif"
    }
    assert "Traceback" not in ran.out + ran.err


def test_nothing_but_bad_files_is_exit_status_2(streetwarden: Streetwarden, tmp_path: Path):
    ran = streetwarden("scan", bad_files(tmp_path / "in"), "--out", "out")

    assert ran.code == 2
    assert "huge.png" in ran.out
    assert "Traceback" not in ran.out + ran.err


@pytest.mark.parametrize("source", ["absent.mp4", "."])
def test_a_missing_file_and_a_folder_without_media_are_named(
    streetwarden: Streetwarden, source: str
):
    ran = streetwarden("scan", source, "--out", "out")

    assert ran.code == 2
    assert "absent.mp4" in ran.err or "no video" in ran.err.lower() or "no photo" in ran.err.lower()
    assert "Traceback" not in ran.err


def test_one_missing_source_does_not_cost_the_others(
    streetwarden: Streetwarden, tmp_path: Path, demo: Path
):
    ran = streetwarden("scan", "absent.mp4", demo / "garbage" / "img003.avif", "--out", "out")

    assert ran.code == 1
    assert "absent.mp4" in ran.out
    assert read_jsonl(tmp_path / "out/observations.jsonl")


@pytest.mark.parametrize("content", [b"", b"no model", os.urandom(5000)])
def test_a_model_file_that_is_no_model_is_named(
    streetwarden: Streetwarden, tmp_path: Path, demo: Path, content: bytes
):
    (tmp_path / "bad.onnx").write_bytes(content)

    ran = streetwarden("scan", demo / "garbage", "--out", "out", "--model", "bad.onnx")

    assert ran.code == 2
    assert "bad.onnx" in ran.err
    assert "Traceback" not in ran.err
    assert not (tmp_path / "out").exists()


def test_a_malformed_camera_file_is_named_with_the_field(
    streetwarden: Streetwarden, tmp_path: Path, demo: Path
):
    (tmp_path / "camera.yaml").write_text("id: a\nname: b\ntimezone: Mars/Olympus\nviews: []\n")

    ran = streetwarden("scan", demo / "camera", "--out", "out", "--camera", "camera.yaml")

    assert ran.code == 2
    assert "camera.yaml" in ran.err
    assert "timezone" in ran.err
    assert "Traceback" not in ran.err


def test_a_malformed_track_is_named(streetwarden: Streetwarden, tmp_path: Path, demo: Path):
    (tmp_path / "run.gpx").write_text("<gpx><trk><trkseg><trkpt lat='1'")

    ran = streetwarden("scan", demo / "garbage", "--out", "out", "--track", "run.gpx")

    assert ran.code == 2
    assert "run.gpx" in ran.err
    assert "Traceback" not in ran.err


def test_an_output_that_is_a_file_is_refused(
    streetwarden: Streetwarden, tmp_path: Path, demo: Path
):
    (tmp_path / "out").write_text("mine")

    ran = streetwarden("scan", demo / "garbage", "--out", "out")

    assert ran.code == 2
    assert "out" in ran.err
    assert (tmp_path / "out").read_text() == "mine"


def test_an_output_with_somebody_elses_files_is_refused(
    streetwarden: Streetwarden, tmp_path: Path, demo: Path
):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")

    ran = streetwarden("scan", demo / "garbage", "--out", "out")

    assert ran.code == 2
    assert "not from a scan" in ran.err
    assert (tmp_path / "out" / "thesis.txt").read_text() == "mine"


@pytest.fixture
def full_disk(tmp_path: Path):
    """A disk of one megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if os.getuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("mounting a small disk needs root")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_stops_the_run_clearly_and_more_room_finishes_it(
    streetwarden: Streetwarden, full_disk: Path, demo: Path
):
    arguments = ("scan", demo / "garbage", demo / "stalls", "--out", full_disk / "out")

    ran = streetwarden(*arguments)
    assert ran.code == 2
    assert "space" in ran.err.lower()
    assert "--resume" in ran.err
    assert "Traceback" not in ran.err

    grow = ["mount", "-o", "remount,size=200m", str(full_disk)]
    subprocess.run(grow, check=True)
    assert streetwarden(*arguments, "--resume").code == 0
    assert read_jsonl(full_disk / "out/observations.jsonl")
