from __future__ import annotations

import json
from pathlib import Path

import pytest

from detector.observation import Observation
from tests.conftest import Streetwarden, read_jsonl

CAMERA = """
id: crossing-12
name: 人民路口
timezone: Asia/Shanghai
position: {lat: 31.2304, lon: 121.4737, accuracy_m: 15}
views:
  - name: main
    size: [1920, 1080]
    zones:
      - name: kerb
        kind: no_parking
        polygon: [[0, 600], [1920, 600], [1920, 1080], [0, 1080]]
        dwell_s: 60
        classes: [car, bus, truck]
"""


@pytest.fixture
def camera(tmp_path: Path) -> Path:
    path = tmp_path / "camera.yaml"
    path.write_text(CAMERA, encoding="utf-8")
    return path


def record(path: Path, lines: list[dict]) -> None:
    path.write_text("".join(json.dumps(it) + "\n" for it in lines), encoding="utf-8")


def standing(source: str | None = None, offset: int = 0) -> list[dict]:
    box = [500 + offset, 700, 700 + offset, 820, "police", 0.8, "further entry"]
    extra = {"source": source} if source else {}
    return [{"t": t, "boxes": [box] if 10 <= t <= 100 else [], **extra} for t in range(130)]


def test_a_recording_gives_the_observations_of_its_camera(
    streetwarden: Streetwarden, tmp_path: Path, camera: Path
):
    record(tmp_path / "boxes.jsonl", standing())

    ran = streetwarden("replay", "boxes.jsonl", "--camera", camera, "--out", "out")

    assert ran.code == 0, ran.err
    (line,) = read_jsonl(tmp_path / "out" / "observations.jsonl")
    observation = Observation.model_validate(line)
    assert (observation.start_s, observation.end_s, observation.dwell_s) == (10, 100, 90)
    assert observation.zone == "kerb"
    assert observation.source.camera_id == "crossing-12"
    assert observation.position is not None
    assert observation.position.method == "camera"
    assert observation.started_at is None


def test_sources_in_one_recording_have_clocks_of_their_own(
    streetwarden: Streetwarden, tmp_path: Path, camera: Path
):
    record(tmp_path / "boxes.jsonl", standing("a") + standing("b", offset=400))

    ran = streetwarden("replay", "boxes.jsonl", "--camera", camera, "--out", "out")

    assert ran.code == 0, ran.err
    found = read_jsonl(tmp_path / "out" / "observations.jsonl")
    assert [it["source"]["name"] for it in found] == ["a", "b"]
    assert len({it["id"] for it in found}) == 2


def test_the_same_recording_gives_the_same_ids(
    streetwarden: Streetwarden, tmp_path: Path, camera: Path
):
    record(tmp_path / "boxes.jsonl", standing())
    for out in ("one", "two"):
        streetwarden("replay", "boxes.jsonl", "--camera", camera, "--out", out)

    assert (tmp_path / "one/observations.jsonl").read_bytes() == (
        tmp_path / "two/observations.jsonl"
    ).read_bytes()


def test_bad_lines_are_named_and_the_rest_is_replayed(
    streetwarden: Streetwarden, tmp_path: Path, camera: Path
):
    record(tmp_path / "boxes.jsonl", standing())
    with (tmp_path / "boxes.jsonl").open("a") as file:
        file.write('{"t": 5, "boxes": []}\nhalf a li')

    ran = streetwarden("replay", "boxes.jsonl", "--camera", camera, "--out", "out")

    assert ran.code == 1
    assert "line 131" in ran.out
    assert len(read_jsonl(tmp_path / "out" / "observations.jsonl")) == 1


@pytest.mark.parametrize("content", ["", "no json\n"])
def test_a_recording_without_a_usable_line_is_exit_status_2(
    streetwarden: Streetwarden, tmp_path: Path, camera: Path, content: str
):
    (tmp_path / "boxes.jsonl").write_text(content)

    ran = streetwarden("replay", "boxes.jsonl", "--camera", camera, "--out", "out")

    assert ran.code == 2
    assert "boxes.jsonl" in ran.err


def test_boxes_of_a_scan_replay_to_the_same_findings_but_for_what_pictures_tell(
    streetwarden: Streetwarden, tmp_path: Path, demo: Path
):
    folder = demo / "camera"
    assert streetwarden("scan", folder, "--boxes", "--out", "scan").code == 0

    ran = streetwarden(
        "replay", "scan/boxes.jsonl", "--camera", folder / "camera.yaml", "--out", "replay"
    )

    assert ran.code == 0, ran.err
    keys = ("kind", "zone", "start_s", "end_s", "started_at", "dwell_s", "box", "state", "looks")
    scanned = read_jsonl(tmp_path / "scan" / "observations.jsonl")
    replayed = read_jsonl(tmp_path / "replay" / "observations.jsonl")
    told = [str([it[key] for key in keys]) for it in scanned]
    again = [str([it[key] for key in keys]) for it in replayed]
    assert len(scanned) >= 10
    # Whether the car after a gap is the car before it, boxes alone do not always tell.
    assert len(set(told) & set(again)) >= 0.8 * len(told)
    starts = {(it["zone"], it["start_s"]) for it in replayed}
    assert all((it["zone"], it["start_s"]) in starts for it in scanned)


def test_a_signalled_junction_reports_the_kerb_and_not_the_whole_queue(
    streetwarden: Streetwarden, tmp_path: Path, shared: Path
):
    recording = shared / "data/signalled_road/opendatacam/detections.jsonl"
    (tmp_path / "camera.yaml").write_text(
        "id: junction\nname: junction\ntimezone: Europe/Berlin\nviews:\n"
        "  - name: main\n    size: [1920, 1080]\n    zones:\n"
        "      - {name: kerb, kind: no_parking, dwell_s: 30,\n"
        "         polygon: [[980, 280], [1400, 280], [1400, 420], [980, 420]]}\n"
    )

    ran = streetwarden("replay", recording, "--camera", "camera.yaml", "--out", "out")

    assert ran.code == 0, ran.err
    found = read_jsonl(tmp_path / "out" / "observations.jsonl")
    truth = (1249, 334, 1313, 390)
    assert any(
        all(abs(a - b) < 30 for a, b in zip(it["box"], truth, strict=True)) and it["dwell_s"] > 50
        for it in found
    )
