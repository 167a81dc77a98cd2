"""`streetwarden watch` as a user runs it, on recordings that are played as if live."""

from __future__ import annotations

import hashlib
import json
import os
import random
import select
import signal
import socket
import subprocess
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import jsonschema
import numpy as np
import pytest

from detector.observation import observation_schema
from tests.conftest import Streetwarden, read_jsonl

FILM = "timelapse_busstop_day_ourcamera.mp4"
KILLS = 6

FLEET = """
cameras:
  - file: camera.yaml
    stream: {{kind: file, address: {film}, loop: true}}
"""


@pytest.fixture(scope="session")
def parked(tmp_path_factory: pytest.TempPathFactory, demo: Path) -> Path:
    """Half a minute in which nothing moves: the demo's first picture, with a camera's noise."""
    with av.open(str(demo / "camera" / FILM)) as film:
        still = next(film.decode(video=0)).to_ndarray(format="bgr24").astype(float)
    path = tmp_path_factory.mktemp("parked") / FILM
    rng = np.random.default_rng(7)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=2)
        stream.height, stream.width = still.shape[:2]
        stream.pix_fmt = "yuv420p"
        for _ in range(60):
            noisy = (still + rng.normal(0, 3, still.shape)).clip(0, 255).astype(np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(noisy, format="bgr24")))
        out.mux(stream.encode())
    return path


@pytest.fixture
def fleet(tmp_path: Path, demo: Path, parked: Path) -> Path:
    """The demo's camera, impatient: a stay counts after ten seconds."""
    text = (demo / "camera" / "camera.yaml").read_text(encoding="utf-8")
    text = text.replace("dwell_s: 180", "dwell_s: 10") + "looking: {every_s: 0.5}\n"
    (tmp_path / "camera.yaml").write_text(text, encoding="utf-8")
    (tmp_path / FILM).write_bytes(parked.read_bytes())
    path = tmp_path / "cameras.yaml"
    path.write_text(FLEET.format(film=FILM), encoding="utf-8")
    return path


@contextmanager
def running(streetwarden: Streetwarden, *arguments: object) -> Iterator[Watching]:
    process = subprocess.Popen(
        streetwarden.arguments("watch", *arguments, "--json"),
        cwd=streetwarden.folder,
        env=streetwarden.env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        yield Watching(process)
    finally:
        process.kill()
        process.communicate()


class Watching:
    """A watch that runs, and the events that it tells."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self._rest = b""

    def events(self, timeout_s: float) -> Iterator[dict]:
        """Events as they come; ends after a time of silence or with the process."""
        assert self.process.stderr is not None
        file = self.process.stderr.fileno()
        while select.select([file], [], [], timeout_s)[0]:
            content = os.read(file, 65536)
            if not content:
                return
            *lines, self._rest = (self._rest + content).split(b"\n")
            yield from map(json.loads, lines)

    def wait_for(self, event: str, timeout_s: float = 90) -> dict:
        return next(it for it in self.events(timeout_s) if it["event"] == event)


def told(out: Path) -> list[dict]:
    return [
        line
        for file in sorted((out / "observations").rglob("*.jsonl"))
        for line in read_jsonl(file)
    ]


@pytest.mark.slow
def test_a_stay_is_told_with_its_pictures_and_a_clean_stop_keeps_it_open(
    streetwarden: Streetwarden, fleet: Path, tmp_path: Path
):
    with running(streetwarden, fleet, "--out", "out", "--update-s", "5") as watch:
        first = watch.wait_for("observation")["observation"]
        watch.wait_for("observation")
        watch.process.send_signal(signal.SIGTERM)
        ended = [it["event"] for it in watch.events(10)]
        assert watch.process.wait(5) == 0

    assert ended[-1] == "end"
    assert (first["revision"], first["state"]) == (1, "ongoing")
    validator = jsonschema.Draft202012Validator(observation_schema())
    for observation in told(tmp_path / "out"):
        validator.validate(observation)
        assert observation["state"] == "ongoing"
    for piece in first["evidence"]:
        content = (tmp_path / "out" / piece["path"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == piece["sha256"]
    assert {"original", "annotated", "crop", "arrival", "limit", "latest"} == {
        piece["role"] for piece in first["evidence"]
    }
    (state,) = (tmp_path / "out" / ".watch").glob("*/state.json")
    assert json.loads(state.read_text())["stays"]


@pytest.mark.slow
def test_kills_at_random_moments_lose_no_stay_and_double_none(
    streetwarden: Streetwarden, fleet: Path, tmp_path: Path
):
    arguments = (fleet, "--out", "out", "--update-s", "3")
    rng = random.Random(20261121)
    with running(streetwarden, *arguments) as watch:
        before = watch.wait_for("observation")["observation"]
    for _ in range(KILLS):
        # Short lives too, that die in start-up or in the first looks.
        streetwarden.killed_after(rng.uniform(1.0, 9.0), "watch", *arguments)
        after = told(tmp_path / "out")
        assert {(it["id"]) for it in after} >= {before["id"]}
    with running(streetwarden, *arguments) as watch:
        watch.wait_for("observation")
        watch.process.send_signal(signal.SIGTERM)
        assert watch.process.wait(10) == 0

    revisions = defaultdict(list)
    for it in told(tmp_path / "out"):
        revisions[it["id"]].append(it)
    for stay in revisions.values():
        assert [it["revision"] for it in stay] == list(range(1, len(stay) + 1))
        assert len({(it["started_at"], it["zone"]) for it in stay}) == 1
        assert all(it["state"] == "ongoing" for it in stay[:-1])
    # The stay went on over the kills: it was told later than it was before the first of them.
    assert revisions[before["id"]][-1]["dwell_s"] > before["dwell_s"] + 3


def test_a_fleet_without_a_sound_camera_is_one_clear_message(
    streetwarden: Streetwarden, fleet: Path
):
    fleet.write_text(FLEET.format(film="../film.mp4"), encoding="utf-8")

    ran = streetwarden("watch", fleet, "--out", "out")

    assert ran.code == 2
    assert "there is no sound camera to watch" in ran.err
    assert "stream.address: steps upwards" in ran.err
    assert "Traceback" not in ran.err
    ran = streetwarden("watch", fleet, "--out", "out", "--json")
    assert (ran.code, json.loads(ran.err)["event"]) == (2, "failed")


def test_a_second_watch_of_the_same_folder_is_refused(streetwarden: Streetwarden, fleet: Path):
    with running(streetwarden, fleet, "--out", "out") as watch:
        watch.wait_for("begin")
        ran = streetwarden("watch", fleet, "--out", "out")

    assert ran.code == 2
    assert "in use by another watch" in ran.err


def test_it_stops_by_itself_and_says_how_the_cameras_are(streetwarden: Streetwarden, fleet: Path):
    ran = streetwarden("watch", fleet, "--out", "out", "--for", "2")

    assert ran.code == 0
    assert "监看 1 路" in ran.out
    assert "1 of 1 cameras live" in ran.out
    assert "what was saved goes on" in ran.out


def test_metrics_are_served_on_this_machine_only(streetwarden: Streetwarden, fleet: Path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"127.0.0.1:{port}"
    with running(streetwarden, fleet, "--out", "out", "--metrics", address) as watch:
        watch.wait_for("health")
        with urllib.request.urlopen(f"http://{address}/metrics", timeout=10) as answer:
            assert b'streetwarden_camera_up{camera="nyc-st-nicholas-145"}' in answer.read()
    refused = streetwarden("watch", fleet, "--out", "out", "--metrics", "0.0.0.0:9464")

    assert refused.code == 2
    assert "--metrics-public" in refused.err


def test_the_cameras_of_a_file_with_a_password_in_it_never_show_it(
    streetwarden: Streetwarden, fleet: Path, tmp_path: Path
):
    fleet.write_text(
        "networks: [127.0.0.0/8]\n"
        + FLEET.format(film=FILM).replace(
            f"{{kind: file, address: {FILM}, loop: true}}",
            "{kind: rtsp, address: 'rtsp://admin:hunter2@127.0.0.1:9/live'}",
        ),
        encoding="utf-8",
    )

    for json_events in ((), ("--json",)):
        ran = streetwarden("watch", fleet, "--out", "out", "--for", "3", *json_events)
        assert ran.code == 0
        assert "hunter2" not in ran.out + ran.err
    written = b"".join(it.read_bytes() for it in (tmp_path / "out").rglob("*") if it.is_file())
    assert b"hunter2" not in written
