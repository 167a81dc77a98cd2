"""Streams from a real RTSP server that is cut, frozen, brought back, and asks for a password."""

from __future__ import annotations

import io
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from threading import Event

import av
import pytest
from av.video.codeccontext import VideoCodecContext

from detector.footage import FootageFile
from detector.footage.clip import VideoPacket
from detector.footage.live import RealClock, StreamKind, StreamState, Transport
from detector.footage.live import worker as worker_module
from tests.footage.live.conftest import Run
from tests.rtsp import RtspServer, missing

RTSP = StreamKind.RTSP


@contextmanager
def answering(reply: Callable[[bytes], bytes | None]) -> Iterator[tuple[int, list[bytes]]]:
    """A server that answers each connection's first words; the port, and what it was told."""
    told: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))
    held: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            held.append(connection)
            said = connection.recv(4096)
            told.append(said)
            if (answer := reply(said)) is not None:
                connection.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], told
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for connection in held:
            connection.close()
        thread.join(5)


@pytest.mark.parametrize("transport", list(Transport))
def test_looks_come_on_the_grid_with_true_clocks(
    server: RtspServer, run: Run, transport: Transport
) -> None:
    running = run(RTSP, server.url("walk"), transport=transport)
    looks = running.until_looks(6)
    for before, look in pairwise(looks[1:]):
        assert look.t_s - before.t_s == pytest.approx(0.4, abs=0.001)
        assert (look.at - before.at).total_seconds() == pytest.approx(0.4, abs=0.2)
    assert looks[0].picture.size == (64, 48)
    assert abs(looks[-1].at.timestamp() - time.time()) < 2
    assert {look.session for look in looks} == {1}
    health = running.health
    assert health.state is StreamState.LIVE
    assert 20 < health.fps < 35
    assert health.frames >= 50
    assert (health.reconnects, health.gaps, health.error) == (0, 0, None)


def test_only_key_frames_are_decoded_where_they_suffice(server: RtspServer, run: Run) -> None:
    sparing, eager = run(RTSP, server.url("walk")), run(RTSP, server.url("walk"), every_s=0.2)
    eager.until_looks(12)
    sparing.until_looks(2)
    cost = [it.health.decode_s / it.health.frames for it in (sparing, eager)]
    assert cost[0] < cost[1]
    assert eager.looks[-1].t_s - eager.looks[-2].t_s == pytest.approx(0.2, abs=0.001)


def test_a_server_that_dies_and_comes_back_leaves_one_gap(server: RtspServer, run: Run) -> None:
    running = run(RTSP, server.url("walk"))
    last = running.until_looks(3)[-1]
    server.kill()
    running.until(lambda: running.health.state is StreamState.WAITING)
    assert running.health.error is not None
    server.restart()
    back = running.until_looks(1)[0]
    assert back.session > last.session
    assert back.t_s - last.t_s == pytest.approx((back.at - last.at).total_seconds(), abs=0.5)
    running.until(lambda: len(running.gaps) == 1)
    gap = running.gaps[0]
    assert gap.until_at == back.at
    assert gap.from_at < back.at
    assert running.health.reconnects >= 1
    assert running.health.gaps == 1


def test_a_stream_that_keeps_silent_is_opened_anew(server: RtspServer, run: Run) -> None:
    running = run(RTSP, server.url("walk"), silent_after_s=1.0)
    running.until_looks(2)
    server.freeze()
    running.until(lambda: running.health.state is StreamState.SILENT)
    running.until(lambda: running.health.reconnects >= 1)
    server.thaw()
    running.until_looks(2)
    running.until(lambda: bool(running.gaps))
    assert running.gaps[0].reason == "silent for 1 s"


def test_a_stream_is_stopped_while_it_is_silent(server: RtspServer, run: Run) -> None:
    running = run(RTSP, server.url("walk"))
    running.until_looks(1)
    server.freeze()
    running.until(lambda: running.health.fps < 15)
    running.end(patience_s=2.0)
    server.thaw()
    assert running.health.state is StreamState.STOPPED


def test_a_camera_that_accepts_and_is_mute_hangs_nobody(run: Run) -> None:
    with answering(lambda _: None) as (port, told):
        running = run(RTSP, f"rtsp://127.0.0.1:{port}/live")
        running.until(lambda: bool(told))
        assert running.health.state is StreamState.CONNECTING
        running.end(patience_s=2.0)


def test_a_stream_waits_between_tries_and_is_stopped_while_it_waits(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    running = run(RTSP, f"rtsp://127.0.0.1:{port}/live")
    running.until(lambda: running.health.state is StreamState.WAITING)
    assert running.health.error == "refuses the connection"
    running.end(patience_s=2.0)


@pytest.fixture
def guarded(films: dict[str, Path], request: pytest.FixtureRequest) -> Iterator[RtspServer]:
    if (reason := missing()) is not None:
        pytest.skip(reason)
    with RtspServer(films, user="wärter", password="p:w@/x %", digest=request.param) as started:
        yield started


@pytest.mark.parametrize("guarded", [True, False], ids=["digest", "basic"], indirect=True)
def test_the_password_opens_the_stream_and_is_never_shown(guarded: RtspServer, run: Run) -> None:
    wrong = run(RTSP, guarded.url("walk"), user="wärter", password="s3cret-and-wrong")
    right = run(RTSP, guarded.url("walk"), user="wärter", password="p:w@/x %")
    in_address = run(RTSP, guarded.url("walk", user="wärter", password="p:w@/x %"))
    right.until_looks(1)
    in_address.until_looks(1)
    wrong.until(lambda: wrong.health.error is not None)
    assert wrong.health.error == "refuses the user name or the password"
    assert "s3cret" not in repr(wrong.stream._options) + repr(wrong.health)


def test_a_stream_that_does_not_exist_is_told_so(server: RtspServer, run: Run) -> None:
    running = run(RTSP, server.url("no-such-mount"))
    running.until(lambda: running.health.error is not None)
    assert running.health.error == "has no such stream"


def test_a_server_that_sends_us_on_is_not_followed(run: Run) -> None:
    with answering(lambda _: b"never") as (elsewhere, visits):
        moved = f"RTSP/1.0 302 Moved\r\nCSeq: 1\r\nLocation: rtsp://127.0.0.1:{elsewhere}/x\r\n\r\n"
        with answering(lambda _: moved.encode()) as (port, _):
            running = run(RTSP, f"rtsp://127.0.0.1:{port}/live")
            running.until(lambda: running.health.error is not None)
            assert running.health.error is not None
            assert "not followed" in running.health.error
            running.end()
        assert visits == []


def test_a_frozen_picture_is_no_look_and_one_new_connection_is_tried(
    film: Callable[..., FootageFile], run: Run
) -> None:
    if (reason := missing()) is not None:
        pytest.skip(reason)
    with RtspServer({"still": film("one_picture.mp4", [0], gop=1).path}) as server:
        running = run(RTSP, server.url("still"), every_s=0.08, frozen_after_s=1.0)
        running.until(lambda: running.health.state is StreamState.FROZEN)
        running.until(lambda: running.health.reconnects == 1)
        running.until(lambda: running.health.state is StreamState.FROZEN)
        looks = len(running.looks)
        frames = running.health.frames
        running.until(lambda: running.health.frames > frames + 30)
        assert len(running.looks) == looks
        assert running.health.reconnects == 1
        assert running.health.error == "frozen for 1 s"
        running.end()
        assert running.gaps[-1].reason == "frozen for 1 s"


@pytest.mark.parametrize("mount", ["walk", "b_frames"])
def test_a_clip_is_cut_from_the_stream_without_encoding(
    server: RtspServer, run: Run, mount: str
) -> None:
    running = run(RTSP, server.url(mount))
    running.until_looks(2)
    looks = running.until_looks(5)
    clip = running.stream.clip(looks[1].t_s, looks[3].t_s)
    assert clip is not None
    assert clip.from_t_s <= looks[1].t_s
    with av.open(io.BytesIO(clip.data)) as container:
        frames = [(frame.time, frame) for frame in container.decode(video=0)]
    times = [time_s for time_s, _ in frames]
    assert times == pytest.approx([0.04 * number for number in range(len(times))], abs=0.002)
    assert times[-1] == pytest.approx(clip.until_t_s - clip.from_t_s, abs=0.09)
    shown = frames[round((looks[1].t_s - clip.from_t_s) / 0.04)][1].to_ndarray(format="bgr24")
    assert abs(shown.astype(int) - looks[1].picture.bgr).mean() < 3


class HurriedClock(RealClock):
    """The real clock, for somebody who does not wait between tries."""

    def wait(self, stop: Event, seconds: float) -> bool:
        return stop.wait(min(seconds, 0.01))


class Stuck:
    """A source whose camera says that it is there, and sends no pictures."""

    age_s = 0.0
    remuxer = None
    context = VideoCodecContext.create("mjpeg", "r")

    def __init__(self, freed: Event) -> None:
        self._freed = freed

    def packets(self) -> Iterator[VideoPacket]:
        self._freed.wait(60)
        yield from ()

    def close(self) -> None:
        pass


def test_threads_that_hang_in_their_reads_do_not_pile_up(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    freed, opened = Event(), list[Stuck]()

    def stuck(*_: object) -> Stuck:
        opened.append(Stuck(freed))
        return opened[-1]

    monkeypatch.setattr(worker_module, "open_rtsp", stuck)
    hurried = {"clock": HurriedClock(), "silent_after_s": 0.01}
    try:
        running = run(RTSP, "rtsp://127.0.0.1/live", **hurried)
        running.until(lambda: "keeps earlier connections open" in (running.health.error or ""))
        assert running.health.state is StreamState.WAITING
        assert len(opened) == 3
    finally:
        freed.set()
    running.until(lambda: len(opened) > 3)


def held() -> tuple[int, int, int]:
    """Open files, threads, and megabytes of memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    files = len(list(Path("/proc/self/fd").iterdir()))
    return files, threading.active_count(), pages * os.sysconf("SC_PAGE_SIZE") // 1_000_000


@pytest.mark.slow
def test_two_hundred_reconnects_leave_nothing_behind(server: RtspServer, run: Run) -> None:
    before = threading.active_count()
    # Without any patience each connection is given up after its first picture.
    hasty = {"clock": HurriedClock(), "every_s": 0.0, "silent_after_s": -1.0}
    running = run(RTSP, server.url("walk"), **hasty)
    running.keeps = 1
    seen = []
    for count in range(10, 210, 10):
        running.until(lambda: running.health.reconnects >= count, 60)  # noqa: B023
        seen.append(held())
    files, threads, memory = zip(*seen, strict=True)
    assert max(files[-5:]) <= max(files[2:8]) + 4
    assert max(threads[-5:]) <= max(threads[2:8]) + 3
    assert max(memory[-5:]) <= max(memory[2:8]) + 5
    running.end()
    running.until(lambda: threading.active_count() <= before)
