"""A street for the watch's tests: pictures that carry their number, and parts that read it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, MutableSequence, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Condition, Event

import numpy as np

from detector.device import DeviceProblem
from detector.footage.live import Clip, LiveLook, StreamHealth, StreamState
from detector.geometry.zone import Zone, ZoneKind
from detector.geometry.zones import zone_polygon
from detector.looks import Boxes, Look, LookBoxes, Picture, Size
from detector.observation import ModelVersion, Observation
from detector.pipeline.fit import Fit
from detector.pipeline.fixed_view import Judged
from detector.pipeline.view_rules import Asserted
from detector.pipeline.watch.health import CameraHealth
from detector.pipeline.watch.opening import open_post
from detector.pipeline.watch.post import Post
from detector.pipeline.watch.queue import LookQueue
from detector.pipeline.watch.shared import Shared
from detector.rules.rulebook import Rulebook
from detector.scene.camera import Camera
from detector.scene.fleet import FleetCamera
from detector.scene.guard import Bearing, Verdict
from detector.scene.stream import StreamModel

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
SIZE = Size(640, 360)
CAR = 3
MODEL = ModelVersion(name="fake", version="1")


@dataclass(frozen=True)
class Stay:
    """A car that stands from one second to another, its left edge at `x`."""

    x: int
    from_s: float
    until_s: float


@dataclass(frozen=True)
class Street:
    """Cars by time; a look shows second `number * every_s`."""

    stays: tuple[Stay, ...]
    every_s: float = 2.0

    def picture(self, number: int) -> Picture:
        bgr = np.full((SIZE.height, SIZE.width, 3), 90, dtype=np.uint8)
        bgr[0, 0] = [number >> 16, number >> 8 & 255, number & 255]
        return Picture.from_bgr(bgr)

    def look(self, number: int, start_s: float = 0.0) -> Look:
        t_s = number * self.every_s
        return Look(t_s - start_s, NOON + timedelta(seconds=t_s), self.picture(number))

    def boxes(self, number: int) -> Boxes:
        t_s = number * self.every_s
        rows = [
            (it.x, 220.0, it.x + 60.0, 260.0, CAR, 0.8)
            for it in self.stays
            if it.from_s <= t_s < it.until_s
        ]
        return Boxes.of(rows)

    def see(self, pictures: list[Picture]) -> list[Boxes]:
        """What the model would find: it reads the number off the picture."""
        return [self.boxes(number_of(it)) for it in pictures]


def number_of(picture: Picture) -> int:
    high, middle, low = (int(it) for it in picture.bgr[0, 0])
    return high << 16 | middle << 8 | low


def zone(dwell_s: float = 60.0) -> Zone:
    polygon = zone_polygon([(0, 180), (640, 180), (640, 360), (0, 360)])
    return Zone("kerb", ZoneKind.NO_PARKING, polygon, dwell_s, frozenset({CAR}), None, 0.5)


def trusted() -> Verdict:
    return Verdict("main", np.eye(3), True, None, 1.0, Bearing.AS_IT_WAS)


@dataclass(frozen=True)
class FakePrepared:
    look: Look
    fit: Fit
    views: list[Picture]


class FakeJudge:
    """The real rules, without view guard and gate."""

    def __init__(self, dwell_s: float = 60.0) -> None:
        zones = (zone(dwell_s),)
        self.fit = Fit("main", SIZE, np.eye(3), zones)
        self.rulebook = Rulebook(zones, fixed_camera=True, least_looks=2)
        self.looks = 0
        self.drops = 0

    def prepare(self, look: Look) -> FakePrepared:
        return FakePrepared(look, self.fit, [look.picture])

    def dropped(self) -> None:
        self.drops += 1

    def boxes(self, prepared: FakePrepared, seen: Sequence[Boxes]) -> LookBoxes:
        look = prepared.look
        return LookBoxes(look.t_s, look.at, SIZE, seen[0])

    def judge(self, prepared: FakePrepared, boxes: LookBoxes) -> Judged:
        self.looks += 1
        over = tuple(Asserted(self.fit, it) for it in self.rulebook.see(boxes))
        return Judged(trusted(), boxes, self.fit, over)

    def ongoing(self) -> list[Asserted]:
        return [Asserted(self.fit, it) for it in self.rulebook.ongoing()]

    def moments(self) -> set[float]:
        return self.rulebook.moments()

    def state(self) -> bytes:
        return json.dumps({"rules": self.rulebook.state().decode()}).encode()

    def restore(self, state: bytes) -> None:
        self.rulebook.restore(json.loads(state)["rules"].encode())


class Listener:
    """Remembers what it was told, and lets a test wait for it."""

    def __init__(self) -> None:
        self.observations: MutableSequence[Observation] = []
        self.said: list[tuple[str | None, str]] = []
        self.problems: list[DeviceProblem] = []
        self.health: dict[str, CameraHealth] = {}
        self.cameras: list[str] = []
        self.ended = False
        self._changed = Condition()

    def wait_for(self, true: Callable[[Listener], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: true(self), timeout=30), self.said

    def begin(self, cameras: Sequence[str]) -> None:
        with self._changed:
            self.cameras = list(cameras)
            self._changed.notify_all()

    def changed(self, camera: str, what: str) -> None:
        self.warn(camera, what)

    def told(self, observation: Observation) -> None:
        with self._changed:
            self.observations.append(observation)
            self._changed.notify_all()

    def problem(self, problem: DeviceProblem) -> None:
        with self._changed:
            self.problems.append(problem)
            self._changed.notify_all()

    def warn(self, camera: str | None, message: str) -> None:
        with self._changed:
            self.said.append((camera, message))
            self._changed.notify_all()

    def show(self, cameras: Sequence[CameraHealth]) -> None:
        with self._changed:
            self.health = {it.id: it for it in cameras}
            self._changed.notify_all()

    def end(self) -> None:
        with self._changed:
            self.ended = True
            self._changed.notify_all()


def always() -> bool:
    return True


@dataclass
class FakeStream:
    """Gives the looks that it was made with; waits for `stop` at the end unless it is over."""

    given: Iterable[Look] = ()
    stop: Event = field(default_factory=Event)
    over: bool = True
    state: StreamState = StreamState.LIVE
    last_at: datetime | None = NOON
    clips: list[tuple[float, float]] = field(default_factory=list)

    def looks(self, wanted: Callable[[], bool] = always) -> Iterator[LiveLook]:
        for session, look in enumerate(self.given):
            if self.stop.is_set():
                return
            assert look.at is not None
            yield LiveLook(look.t_s, look.at, look.picture, session, 0.1)
        if not self.over:
            self.stop.wait()

    def health(self) -> StreamHealth:
        quiet_s = 0.0 if self.state is StreamState.LIVE else 3600.0
        return StreamHealth(self.state, 25.0, 0.1, self.last_at, 1, 1, 0, 0, 0, 0.0, quiet_s, None)

    def clip(self, from_t_s: float, until_t_s: float) -> Clip | None:
        self.clips.append((from_t_s, until_t_s))
        return Clip(b"mp4", from_t_s, until_t_s)


def fleet_camera(id_: str = "cam", folder: Path = Path()) -> FleetCamera:
    camera = Camera.model_validate(
        {
            "id": id_,
            "name": "街角 Corner",
            "timezone": "Asia/Shanghai",
            "views": [
                {
                    "name": "main",
                    "zones": [
                        {
                            "name": "kerb",
                            "kind": "no_parking",
                            "polygon": [[0, 0.5], [1, 0.5], [1, 1], [0, 1]],
                        }
                    ],
                }
            ],
        }
    )
    stream = StreamModel.model_validate({"kind": "file", "address": "film.mp4"})
    return FleetCamera(camera, stream, folder)


def shared(
    out: Path, listener: Listener | None = None, dwell_s: float = 60.0, update_s: float = 60.0
) -> Shared:
    def no_stream(*_: object) -> FakeStream:
        return FakeStream()

    return Shared(
        out=out,
        queue=LookQueue(),
        model=MODEL,
        make_judge=lambda _: FakeJudge(dwell_s),
        make_stream=no_stream,
        listener=listener or Listener(),
        update_s=update_s,
    )


def post_of(
    common: Shared,
    stream: FakeStream | None = None,
    id_: str = "cam",
    monotonic: Callable[[], float] = time.monotonic,
) -> Post:
    warn: Callable[[str], None] = lambda message: common.listener.warn(id_, message)  # noqa: E731
    return open_post(fleet_camera(id_), common, stream or FakeStream(), warn, monotonic)


def drive(post: Post, street: Street, numbers: Iterable[int], start_s: float = 0.0) -> None:
    """Let a post judge these looks, in the place of runner and engine."""
    for number in numbers:
        sight = post.prepare(street.look(number, start_s))
        if sight is not None:
            post.judge(sight.prepared, street.see(list(sight.views)), 0.0)


def told(out: Path, id_: str = "cam") -> list[Observation]:
    """All revisions on the disk, in the order of their files."""
    files = sorted((out / "observations" / id_).glob("*.jsonl"))
    return [
        Observation.model_validate_json(line)
        for file in files
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
