from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console

from detector.device import DeviceFault, DeviceProblem
from detector.live_terminal import JsonWatchListener, LineListener, TableListener, camera_table
from tests.pipeline.watch.scenes import NOON, Stay, Street, drive, post_of, shared, told
from tests.pipeline.watch.test_metrics import HEALTH

PROBLEM = DeviceProblem(
    camera_id="gate-1",
    fault=DeviceFault.COVERED,
    since_s=1,
    until_s=2,
    since_at=NOON,
    until_at=NOON,
    over=False,
)


@pytest.fixture(scope="module")
def revisions(tmp_path_factory):
    """A stay as it was told: new, updated, ended."""
    out = tmp_path_factory.mktemp("out")
    common = shared(out, dwell_s=10, update_s=20)
    drive(post_of(common), Street((Stay(20, 4, 64),)), range(60))
    first, *_, last = told(out)
    return [first, told(out)[1], last]


def drawn(width: int, *cameras) -> list[str]:
    console = Console(file=io.StringIO(), width=width, no_color=True)
    console.print(camera_table(cameras))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def test_the_table_fits_a_hundred_columns_with_all_its_numbers():
    long = replace(
        HEALTH, id="a-camera-with-a-very-long-name-indeed-0123456789", drops=1234567, fps=119.88
    )
    lines = drawn(100, HEALTH, replace(long, state="connecting", lag_s=123.45, cost_ms=1234))

    assert max(map(cell_len, lines)) <= 100
    text = "\n".join(lines)
    for number in ("25.0", "0.50", "0.3 s", "1234567", "40%", "62", "1234"):
        assert number in text
    assert "摄像机" in text
    assert "Camera" in text


def test_with_many_cameras_those_in_trouble_are_shown_first():
    sound = [replace(HEALTH, id=f"ok-{number}") for number in range(60)]
    text = "\n".join(drawn(100, *sound, replace(HEALTH, id="dark", fault="black")))

    assert "dark" in text
    assert "and 21 more" in text


def test_a_log_has_a_line_for_what_is_new_and_one_a_minute_for_all(revisions):
    now = [0.0]
    stream = io.StringIO()
    listener = LineListener(stream, lambda: now[0])
    listener.begin(["gate-1"])
    for second in range(130):
        now[0] = float(second)
        listener.show([HEALTH, replace(HEALTH, id="b", state="waiting")])
    for observation in revisions:
        listener.told(observation)
    listener.problem(PROBLEM)
    listener.warn("gate-1", "odd")
    listener.end()

    lines = stream.getvalue().splitlines()
    assert sum("1 of 2 cameras live" in line for line in lines) == 3
    assert any("trouble 异常: b (waiting 重连)" in line for line in lines)
    assert sum("Illegal parking" in line for line in lines) == 2
    assert any("ended 结束, 58 s" in line for line in lines)
    assert any("covered, check the camera" in line for line in lines)


def test_a_program_is_told_everything_as_json(revisions):
    stream = io.StringIO()
    listener = JsonWatchListener(stream, lambda: 0.0)
    listener.begin(["gate-1"])
    listener.changed("gate-1", "added")
    for observation in revisions:
        listener.told(observation)
    listener.problem(PROBLEM)
    listener.warn(None, "odd")
    listener.show([HEALTH])
    listener.show([HEALTH])
    listener.end()

    events = [json.loads(line) for line in stream.getvalue().splitlines()]
    kinds = [it["event"] for it in events]
    assert kinds.count("observation") == 3
    assert kinds.count("health") == 1
    assert events[2]["observation"]["revision"] == 1
    (health,) = (it for it in events if it["event"] == "health")
    assert health["cameras"][0]["last_frame_at"] == "2026-05-04T12:00:00+00:00"
    assert all("at" in it for it in events)


def test_on_a_terminal_the_table_stays_below_what_is_said(revisions):
    console = Console(file=io.StringIO(), width=100, force_terminal=True, color_system=None)
    listener = TableListener(console)
    listener.begin(["gate-1"])
    listener.show([HEALTH])
    listener.told(revisions[0])
    listener.changed("gate-1", "changed")
    listener.warn("gate-1", "[bold]odd")
    listener.problem(PROBLEM)
    listener.end()

    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert "gate-1" in text
    assert "[bold]odd" in text
    assert "疑似" in text or "机动车违停" in text
