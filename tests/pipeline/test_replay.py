from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from detector.errors import RecordingError
from detector.looks import LookBoxes
from detector.observation import Observation
from detector.pipeline.recording import read_line, write_line
from detector.pipeline.replay import Replayed, replay
from detector.scene.camera import Camera
from tests.rules.scenes import car, look

NUDGE = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 300.0], [0.0, 0.0, 1.0]])


@pytest.fixture
def camera() -> Camera:
    def view(name: str, top: int, bottom: int) -> dict[str, object]:
        polygon = [[0, top], [1920, top], [1920, bottom], [0, bottom]]
        kerb = {"name": f"kerb {name}", "kind": "no_parking", "polygon": polygon, "dwell_s": 60}
        return {"name": name, "size": [1920, 1080], "zones": [kerb]}

    return Camera.model_validate(
        {
            "id": "crossing-12",
            "name": "人民路口",
            "timezone": "Asia/Shanghai",
            "views": [view("main", 0, 500), view("side", 600, 1080)],
        }
    )


def replayed(folder: Path, camera: Camera, looks: Iterable[LookBoxes]) -> Replayed:
    path = folder / "boxes.jsonl"
    path.write_text("".join(f"{write_line(it)}\n" for it in looks), encoding="utf-8")
    return replay(path, camera)


def told(found: Replayed) -> list[tuple[str | None, str | None, float]]:
    def row(it: Observation) -> tuple[str | None, str | None, float]:
        return it.view, it.zone, it.dwell_s

    return [row(it) for it in found.observations]


def test_each_look_is_judged_by_the_zones_of_the_view_that_it_shows(tmp_path: Path, camera: Camera):
    for view, expected in (("side", [("side", "kerb side", 99)]), ("main", [])):
        looks = [replace(look(t_s, [car(y=700)]), view=view) for t_s in range(100)]
        assert told(replayed(tmp_path, camera, looks)) == expected


def test_a_nudge_takes_zones_and_stays_along(tmp_path: Path, camera: Camera):
    before = [replace(look(t_s, [car(y=300)]), view="main") for t_s in range(50)]
    after = [replace(look(t_s, [car(y=600)]), view="main", matrix=NUDGE) for t_s in range(50, 100)]

    found = replayed(tmp_path, camera, [*before, *after])
    assert told(found) == [("main", "kerb main", 99)]


def test_a_look_without_a_view_shows_the_usual_one(tmp_path: Path, camera: Camera):
    found = replayed(tmp_path, camera, [look(t_s, [car(y=300)]) for t_s in range(100)])

    assert told(found) == [("main", "kerb main", 99)]


def test_looks_at_a_view_that_the_camera_file_lacks_are_left_out_and_told(
    tmp_path: Path, camera: Camera
):
    other = [replace(look(t_s, [car(y=700)]), view="roof") for t_s in range(100, 200)]
    found = replayed(tmp_path, camera, [look(t_s, []) for t_s in range(5)] + other)

    assert (found.looks, len(found.faults), found.observations) == (5, 100, [])
    assert "no view 'roof'" in found.faults[0][1]


def test_a_matrix_that_leads_nowhere_is_refused():
    flat = write_line(replace(look(0, []), view="main", matrix=np.zeros((3, 3))))

    with pytest.raises(RecordingError, match="matrix"):
        read_line(flat)
