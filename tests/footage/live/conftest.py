"""Clocks that tests move, films to serve, and streams that run in a thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from ipaddress import ip_network
from pathlib import Path
from random import Random
from threading import Event
from typing import TypeAlias

import pytest

from detector.footage import FootageFile
from detector.footage.live import (
    Clock,
    Gap,
    LiveLook,
    LiveStream,
    StreamHealth,
    StreamKind,
    StreamOptions,
)
from tests.rtsp import RtspServer, missing

LOOPBACK = (ip_network("127.0.0.0/8"),)
PATIENCE_S = 20.0


class FakeClock:
    """A clock that stands still, and goes on by as much as somebody waits."""

    def __init__(self, wall_s: float = 1_790_000_000.0) -> None:
        self.now_s = wall_s
        self.waits: list[float] = []

    def wall_s(self) -> float:
        return self.now_s

    def steady_s(self) -> float:
        return self.now_s

    def wait(self, stop: Event, seconds: float) -> bool:
        self.waits.append(seconds)
        self.now_s += seconds
        return stop.is_set()


@dataclass
class Running:
    """A stream whose looks are taken in a thread, and what came of it."""

    stream: LiveStream
    stop: Event
    gaps: list[Gap]
    looks: list[LiveLook] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    keeps: int | None = None
    wanted: bool = True

    def run(self) -> None:
        for look in self.stream.looks(lambda: self.wanted):
            with self.changed:
                self.looks.append(look)
                if self.keeps is not None:
                    del self.looks[: -self.keeps]
                self.changed.notify_all()

    def start(self) -> None:
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def until(self, holds: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
        """Wait until something holds; it is asked again and again."""
        deadline = time.monotonic() + patience_s
        while not holds():
            assert time.monotonic() < deadline, self.health
            with self.changed:
                self.changed.wait(0.02)

    def until_looks(self, count: int) -> list[LiveLook]:
        """Wait for so many more looks than there are now."""
        wanted = len(self.looks) + count
        self.until(lambda: len(self.looks) >= wanted)
        return self.looks[wanted - count :]

    @property
    def health(self) -> StreamHealth:
        return self.stream.health()

    def end(self, patience_s: float = 2.0) -> None:
        self.stop.set()
        self.thread.join(patience_s)
        assert not self.thread.is_alive(), "the stream does not stop"


Run: TypeAlias = Callable[..., Running]


def options(kind: StreamKind, address: str, **others: object) -> StreamOptions:
    plain = StreamOptions(kind, address, LOOPBACK, every_s=0.4)
    return replace(plain, **others)  # type: ignore[arg-type]


@pytest.fixture
def run() -> Iterator[Run]:
    running: list[Running] = []

    def start(
        kind: StreamKind,
        address: str,
        clock: Clock | None = None,
        wanted: bool = True,
        **others: object,
    ) -> Running:
        stop, gaps = Event(), list[Gap]()
        chosen = options(kind, address, **others)
        stream = LiveStream(chosen, random=Random(1), stop=stop, on_gap=gaps.append, clock=clock)
        running.append(Running(stream, stop, gaps, wanted=wanted))
        running[-1].start()
        return running[-1]

    yield start
    for it in running:
        it.end()


@pytest.fixture(scope="session")
def films(film: Callable[..., FootageFile]) -> dict[str, Path]:
    """Films of two seconds: with a key frame every 0.4 s, with one key frame, and a still one."""
    return {
        "walk": film("live_walk.mp4", gop=10).path,
        "one_key": film("live_one_key.mp4", gop=500).path,
        "b_frames": film("live_b.mp4", gop=10, b_frames=2).path,
    }


@pytest.fixture
def server(films: dict[str, Path]) -> Iterator[RtspServer]:
    if (reason := missing()) is not None:
        pytest.skip(reason)
    with RtspServer(films) as started:
        yield started
