"""The whole watch with its threads, with streams and a model that are made up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from detector.device import DeviceFault
from detector.errors import CameraFileError, ModelError, OutputError
from detector.footage.live import Gap, StreamOptions, StreamState
from detector.observation import Observation
from detector.pipeline.watch import watch as watch_module
from detector.pipeline.watch.engine import Engine
from detector.pipeline.watch.lock import locked
from detector.pipeline.watch.post import Post
from detector.pipeline.watch.watch import Watch, WatchParts, WatchSettings
from tests.pipeline.watch.scenes import (
    MODEL,
    NOON,
    FakeJudge,
    FakeStream,
    Listener,
    Stay,
    Street,
    told,
)
from tests.pipeline.watch.test_reload import inline, write

STREET = Street((Stay(20, 4, 900),))


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_module, "TICK_S", 0.01)
    monkeypatch.setattr(watch_module, "RELOAD_S", 0.0)


class World:
    """Streams by the film that a camera names; each shows the street once and then waits."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "out"
        self.listener = Listener()
        self.streams: list[FakeStream] = []
        self.gap: Callable[[Gap], None] = print
        self.over = False
        self.state = StreamState.LIVE
        self.last_at: datetime | None = NOON
        self.start = 0
        self.seen_until: list[datetime | None] = []

    def make_stream(
        self, options: StreamOptions, stop: Event, on_gap: Callable[[Gap], None]
    ) -> FakeStream:
        self.gap = on_gap
        self.seen_until.append(options.seen_until)
        looks = (STREET.look(n, self.start * 2.0) for n in range(self.start, 30))
        stream = FakeStream(looks, stop, self.over, self.state, self.last_at)
        self.streams.append(stream)
        return stream

    def watch(self, path: Path, for_s: float | None = None) -> Watch:
        parts = WatchParts(
            model=MODEL,
            see=STREET.see,
            make_judge=lambda _: FakeJudge(dwell_s=10),
            make_stream=self.make_stream,
        )
        settings = WatchSettings(path, self.out, for_s=for_s, most_each=1000, most_waiting=9999)
        return Watch(settings, parts, self.listener)

    @contextmanager
    def running(self, path: Path) -> Iterator[Listener]:
        stop = Event()
        failed: list[BaseException] = []

        def run() -> None:
            try:
                self.watch(path).run(stop)
            except BaseException as error:
                failed.append(error)

        thread = Thread(target=run)
        thread.start()
        try:
            yield self.listener
        finally:
            stop.set()
            thread.join(20)
        assert not thread.is_alive()
        assert not failed


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_many_cameras_are_watched_and_each_tells_its_own_stays(world, tmp_path):
    ids = [f"cam{n}" for n in range(6)]
    with world.running(write(tmp_path, *map(inline, ids))) as listener:
        listener.wait_for(lambda it: len(it.observations) == 6)

    assert listener.cameras == ids
    assert {it.source.camera_id for it in listener.observations} == set(ids)
    assert all(len(told(world.out, id_)) == 1 for id_ in ids)
    assert listener.ended


def test_recordings_that_are_over_end_the_watch(world, tmp_path):
    world.over = True
    world.watch(write(tmp_path, inline("a"), inline("b"))).run(Event())

    assert [it.revision for it in told(world.out, "a")] == [1]
    assert len(told(world.out, "b")) == 1


def test_it_ends_after_the_time_that_was_asked_for(world, tmp_path):
    world.watch(write(tmp_path, inline("a")), for_s=0.05).run(Event())

    assert world.listener.ended


def test_the_next_watch_goes_on_with_the_stays_of_the_last(world, tmp_path):
    path = write(tmp_path, inline("a"))
    world.over = True
    world.watch(path).run(Event())
    world.start = 29
    world.watch(path).run(Event())

    assert [(it.revision, it.state.value) for it in told(world.out, "a")] == [(1, "ongoing")]
    state = json.loads((world.out / ".watch" / "a" / "state.json").read_text())
    assert len(state["stays"]) == 1


def test_a_camera_that_is_added_starts_and_one_that_is_removed_stops(world, tmp_path):
    path = write(tmp_path, inline("a"))
    with world.running(path) as listener:
        listener.wait_for(lambda it: len(it.observations) == 1)
        write(tmp_path, inline("a"), inline("b"))
        listener.wait_for(lambda it: len(it.observations) == 2)
        write(tmp_path, inline("b"))
        listener.wait_for(lambda it: ("a", "removed") in it.said)
        listener.wait_for(lambda it: set(it.health) == {"b"})

    assert len(world.streams) == 2
    assert [it.state.value for it in told(world.out, "a")] == ["ongoing", "lost"]
    assert [it.state.value for it in told(world.out, "b")] == ["ongoing"]


def test_a_changed_camera_restarts_alone_and_keeps_its_stays(world, tmp_path):
    with world.running(write(tmp_path, inline("a"), inline("b"))) as listener:
        listener.wait_for(lambda it: len(it.observations) == 2)
        write(tmp_path, inline("a"), inline("b", "another.mp4"))
        listener.wait_for(lambda it: ("b", "changed") in it.said)
        listener.wait_for(lambda it: len(world.streams) == 3)

    assert [it.state.value for it in told(world.out, "b")] == ["ongoing"]
    assert ("a", "changed") not in listener.said


def test_a_broken_edit_keeps_all_cameras_and_is_told(world, tmp_path):
    with world.running(write(tmp_path, inline("a"))) as listener:
        listener.wait_for(lambda it: len(it.observations) == 1)
        write(tmp_path, "\n  - {broken")
        listener.wait_for(lambda it: any("go on as before" in what for _, what in it.said))
        listener.wait_for(lambda it: set(it.health) == {"a"})

    assert len(world.streams) == 1


def test_a_camera_that_becomes_faulty_goes_on_as_it_was(world, tmp_path):
    with world.running(write(tmp_path, inline("a"))) as listener:
        listener.wait_for(lambda it: len(it.observations) == 1)
        write(tmp_path, inline("a", "../film.mp4"), inline("b"))
        listener.wait_for(lambda it: set(it.health) == {"a", "b"})

    assert any("is left out" in what for _, what in listener.said)
    assert [it.state.value for it in told(world.out, "a")] == ["ongoing"]


def test_a_camera_that_was_removed_while_nobody_watched_leaves_no_stay_open(world, tmp_path):
    world.over = True
    world.watch(write(tmp_path, inline("a"), inline("b"))).run(Event())
    world.watch(write(tmp_path, inline("b"))).run(Event())

    assert [it.state.value for it in told(world.out, "a")] == ["ongoing", "lost"]


def test_a_silent_stream_is_a_device_problem(world, tmp_path):
    world.state = StreamState.SILENT
    with world.running(write(tmp_path, inline("a"))) as listener:
        listener.wait_for(lambda it: bool(it.problems))
        listener.wait_for(lambda it: [x.fault for x in it.health.values()] == ["silent"])
        # By the wall clock its last picture is still of a day long past, and that is no matter.
        world.streams[0].state = StreamState.LIVE
        listener.wait_for(lambda it: len(it.problems) == 2)

    assert [it.fault for it in listener.problems] == [DeviceFault.SILENT] * 2
    assert [it.over for it in listener.problems] == [False, True]
    assert len((world.out / "device_problems.jsonl").read_text().splitlines()) == 2


def test_a_silent_stream_is_one_problem_over_a_restart(world, tmp_path):
    path = write(tmp_path, inline("a"))
    world.state = StreamState.SILENT
    with world.running(path) as listener:
        listener.wait_for(lambda it: len(it.problems) == 1)
    # By the next run's own clock the stream has not been quiet for long yet.
    world.state, world.last_at = StreamState.LIVE, None
    with world.running(path) as listener:
        listener.wait_for(lambda it: len(world.streams) == 2 and it.health["a"].fault == "silent")
        world.streams[1].last_at = NOON
        listener.wait_for(lambda it: len(it.problems) == 2)

    assert [it.over for it in listener.problems] == [False, True]
    assert listener.problems[1].since_at == listener.problems[0].since_at


def test_a_frozen_camera_that_cannot_be_reached_after_a_restart_becomes_a_silent_one(
    world, tmp_path
):
    path = write(tmp_path, inline("a"))
    world.state = StreamState.FROZEN
    with world.running(path) as listener:
        listener.wait_for(lambda it: len(it.problems) == 1)
    world.state, world.last_at = StreamState.CONNECTING, None
    with world.running(path) as listener:
        listener.wait_for(lambda it: len(it.problems) == 3)

    told_of = [(it.fault, it.over) for it in listener.problems]
    frozen, silent = DeviceFault.FROZEN, DeviceFault.SILENT
    assert told_of == [(frozen, False), (frozen, True), (silent, False)]


def test_the_problem_of_a_camera_that_is_removed_is_over(world, tmp_path):
    world.state = StreamState.SILENT
    with world.running(write(tmp_path, inline("a"), inline("b"))) as listener:
        listener.wait_for(lambda it: len(it.problems) == 2)
        write(tmp_path, inline("b"))
        listener.wait_for(lambda it: ("a", "removed") in it.said)

    assert [(it.camera_id, it.over) for it in listener.problems[2:]] == [("a", True)]
    assert len((world.out / "device_problems.jsonl").read_text().splitlines()) == 3


def test_a_stream_is_told_until_when_the_watch_before_watched(world, tmp_path):
    path = write(tmp_path, inline("a"))
    world.over = True
    began_at = datetime.now(UTC)
    world.watch(path).run(Event())
    ended_at = datetime.now(UTC)
    world.start = 29
    world.watch(path).run(Event())

    # Its last look is of a day long past.
    assert world.seen_until[0] is None
    assert began_at <= world.seen_until[1] <= ended_at


def test_by_a_state_that_does_not_tell_the_watch_before_watched_until_its_last_look(
    world, tmp_path
):
    path = write(tmp_path, inline("a"))
    world.over = True
    world.watch(path).run(Event())
    state = world.out / ".watch" / "a" / "state.json"
    content = json.loads(state.read_text())
    del content["watched_until"]
    state.write_text(json.dumps(content))
    world.start = 29
    world.watch(path).run(Event())

    assert world.seen_until == [None, NOON + timedelta(seconds=58)]


def test_gaps_are_written_without_passwords(world, tmp_path):
    with world.running(write(tmp_path, inline("a"))) as listener:
        listener.wait_for(lambda it: len(it.observations) == 1)
        world.gap(Gap(NOON, NOON, "rtsp://u:secret@10.0.0.1/ does not answer"))

    (line,) = (world.out / "gaps.jsonl").read_text().splitlines()
    assert json.loads(line)["camera_id"] == "a"
    assert "secret" not in line


def test_two_watches_do_not_share_a_folder(world, tmp_path):
    with (
        locked(world.out / ".watch" / ".lock"),
        pytest.raises(OutputError, match="another watch"),
    ):
        world.watch(write(tmp_path, inline("a"))).run(Event())


def test_without_a_sound_camera_it_says_why(world, tmp_path):
    with pytest.raises(CameraFileError, match="no sound camera") as caught:
        world.watch(write(tmp_path, inline("a", "../film.mp4"))).run(Event())

    assert "cameras[0] (a)" in str(caught.value)


def test_a_camera_whose_password_is_missing_is_told_and_tried_again(world, tmp_path, monkeypatch):
    monkeypatch.setattr(watch_module, "RETRY_S", 0.0)
    monkeypatch.delenv("GATE_PASSWORD", raising=False)
    locked_camera = inline("b").replace(
        "{kind: file, address: film.mp4}",
        "{kind: rtsp, address: rtsp://10.0.0.9/live, user: u, password_env: GATE_PASSWORD}",
    )
    with world.running(write(tmp_path, inline("a"), locked_camera)) as listener:
        listener.wait_for(lambda it: set(it.health) == {"a", "b"})
        assert any("GATE_PASSWORD" in what for _, what in listener.said)
        assert ("b", "added") not in listener.said
        assert listener.health["b"].state == "waiting"
        assert "GATE_PASSWORD" in listener.health["b"].error
        monkeypatch.setenv("GATE_PASSWORD", "secret")
        listener.wait_for(lambda it: ("b", "added") in it.said)

    assert not any("secret" in what for _, what in listener.said)


def test_a_listener_that_cannot_write_ends_nothing(world, tmp_path, monkeypatch):
    class Broken(Listener):
        def told(self, observation: Observation) -> None:
            super().told(observation)
            raise BrokenPipeError(32, "Broken pipe")

        def changed(self, camera: str, what: str) -> None:
            super().changed(camera, what)
            raise ValueError("I/O operation on closed file")

    world.listener = Broken()
    with world.running(write(tmp_path, inline("a"), inline("b"))) as listener:
        listener.wait_for(lambda it: len(it.observations) == 2)

    assert len(told(world.out, "a")) == len(told(world.out, "b")) == 1


def test_a_watch_whose_workers_are_gone_ends_and_says_so(world, tmp_path, monkeypatch):
    monkeypatch.setattr(Engine, "alive", property(lambda _: False))

    with pytest.raises(ModelError, match="start the watch again"):
        world.watch(write(tmp_path, inline("a"))).run(Event())


def test_a_camera_may_be_called_lock(world, tmp_path):
    world.over = True
    world.watch(write(tmp_path, inline("lock"))).run(Event())

    assert len(told(world.out, "lock")) == 1


def test_one_camera_that_cannot_stop_does_not_keep_the_others_from_it(world, tmp_path, monkeypatch):
    close = Post.close

    def failing(self: Post) -> None:
        if self.camera.id == "a":
            raise RuntimeError("odd")
        close(self)

    monkeypatch.setattr(Post, "close", failing)
    world.over = True
    world.watch(write(tmp_path, inline("a"), inline("b"))).run(Event())

    state = json.loads((world.out / ".watch" / "b" / "state.json").read_text())
    assert state["last_s"] == 58
    assert any("odd" in what for _, what in world.listener.said)


def test_a_camera_whose_new_entry_cannot_be_used_goes_on_with_the_old_one(
    world, tmp_path, monkeypatch
):
    monkeypatch.delenv("GATE_PASSWORD", raising=False)
    login = "address: film.mp4}", "address: rtsp://10.0.0.9/live, password_env: GATE_PASSWORD}"
    changed = inline("b").replace(*login).replace("kind: file", "kind: rtsp, user: u")
    with world.running(write(tmp_path, inline("a"), inline("b"))) as listener:
        listener.wait_for(lambda it: len(it.observations) == 2)
        write(tmp_path, inline("a"), changed)
        listener.wait_for(lambda it: any("goes on as before" in what for _, what in it.said))
        listener.wait_for(lambda it: set(it.health) == {"a", "b"})
        assert listener.health["b"].state == "live"
        assert not world.streams[1].stop.is_set()

    assert ("b", "changed") not in listener.said
