"""What a person or a program sees of a running watch on the terminal."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from threading import Lock
from typing import TextIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from detector.device import DeviceProblem
from detector.observation import Observation, State
from detector.pipeline.watch.health import CameraHealth
from detector.terminal import kind_name

LINE_EVERY_S = 60.0
MOST_ROWS = 40
STATES = {State.ONGOING: "ongoing 持续", State.ENDED: "ended 结束", State.LOST: "lost 失联"}
STREAM_STATES = {
    "connecting": "连接",
    "live": "正常",
    "silent": "无图",
    "frozen": "冻结",
    "waiting": "重连",
    "stopped": "停止",
}


class TableListener:
    """A table of the cameras that stays at the bottom; what happens scrolls above it."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, auto_refresh=False, transient=True)

    def begin(self, cameras: Sequence[str]) -> None:
        """Show the table."""
        self._live.start()

    def changed(self, camera: str, what: str) -> None:
        """Say that a camera was added, changed or removed."""
        self._print(Text(f"{_clock()} {camera}: {what}"))

    def told(self, observation: Observation) -> None:
        """Say what a new or ended observation asserts; updates in between go without."""
        if observation.revision == 1 or observation.state is not State.ONGOING:
            self._print(told_line(observation))

    def problem(self, problem: DeviceProblem) -> None:
        """Say what is wrong with a camera, and when it is over."""
        self._print(problem_line(problem))

    def warn(self, camera: str | None, message: str) -> None:
        """Say what went wrong."""
        self._print(Text(f"{_clock()} {_of(camera)}{message}", style="yellow"))

    def show(self, cameras: Sequence[CameraHealth]) -> None:
        """Draw the table anew."""
        self._live.update(camera_table(cameras), refresh=True)

    def end(self) -> None:
        """Take the table away."""
        self._live.stop()

    def _print(self, line: Text) -> None:
        self._console.print(line, soft_wrap=True)


class LineListener:
    """A line for what happens, and one a minute for all cameras: for a log."""

    def __init__(self, stream: TextIO, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._monotonic = monotonic
        self._next_s = monotonic()
        self._lock = Lock()

    def begin(self, cameras: Sequence[str]) -> None:
        """Say how many cameras there are."""
        self._say(f"watching {len(cameras)} cameras 监看 {len(cameras)} 路")

    def changed(self, camera: str, what: str) -> None:
        """Say that a camera was added, changed or removed."""
        self._say(f"{camera}: {what}")

    def told(self, observation: Observation) -> None:
        """Say what a new or ended observation asserts."""
        if observation.revision == 1 or observation.state is not State.ONGOING:
            self._say(told_line(observation, clock=False).plain)

    def problem(self, problem: DeviceProblem) -> None:
        """Say what is wrong with a camera, and when it is over."""
        self._say(problem_line(problem, clock=False).plain)

    def warn(self, camera: str | None, message: str) -> None:
        """Say what went wrong."""
        self._say(f"{_of(camera)}{message}")

    def show(self, cameras: Sequence[CameraHealth]) -> None:
        """Once a minute, a line for all cameras together."""
        if self._monotonic() >= self._next_s:
            self._next_s = self._monotonic() + LINE_EVERY_S
            self._say(summary_line(cameras))

    def end(self) -> None:
        """Say that it is over."""
        self._say(
            "stopped; what was saved goes on with the next watch 已停止，已保存的停留下次继续"
        )

    def _say(self, text: str) -> None:
        with self._lock:
            self._stream.write(f"{_clock()} {text}\n")
            self._stream.flush()


class JsonWatchListener:
    """One JSON object a line for everything that happens, for programs; cameras once a minute."""

    def __init__(self, stream: TextIO, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._monotonic = monotonic
        self._next_s = monotonic()
        self._lock = Lock()

    def begin(self, cameras: Sequence[str]) -> None:
        """Say which cameras there are."""
        self.say({"event": "begin", "cameras": list(cameras)})

    def changed(self, camera: str, what: str) -> None:
        """Say that a camera was added, changed or removed."""
        self.say({"event": "camera", "camera": camera, "what": what})

    def told(self, observation: Observation) -> None:
        """Say which observation was written."""
        self.say({"event": "observation", "observation": observation.model_dump(mode="json")})

    def problem(self, problem: DeviceProblem) -> None:
        """Say what is wrong with a camera, and when it is over."""
        self.say({"event": "device_problem", **problem.model_dump(mode="json")})

    def warn(self, camera: str | None, message: str) -> None:
        """Say what went wrong."""
        self.say({"event": "warning", "camera": camera, "message": message})

    def show(self, cameras: Sequence[CameraHealth]) -> None:
        """Once a minute, how every camera is."""
        if self._monotonic() >= self._next_s:
            self._next_s = self._monotonic() + LINE_EVERY_S
            self.say({"event": "health", "cameras": [_plain(it) for it in cameras]})

    def end(self) -> None:
        """Say that it is over."""
        self.say({"event": "end"})

    def say(self, entry: dict[str, object]) -> None:
        """Say one thing, with the time."""
        stamped = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), **entry}
        with self._lock:
            self._stream.write(json.dumps(stamped, ensure_ascii=False) + "\n")
            self._stream.flush()


def camera_table(cameras: Sequence[CameraHealth]) -> Table:
    """How the cameras are; those that need somebody first where not all have room."""
    title = f"Cameras 摄像机 {len(cameras)}"
    table = Table(title=title, box=SIMPLE_HEAD, padding=0, pad_edge=False)
    table.add_column("Camera\n摄像机", overflow="ellipsis", no_wrap=True, max_width=22)
    table.add_column("State\n状态", overflow="ellipsis", no_wrap=True, max_width=18)
    for heading in (
        "fps\n帧率",
        "Looks/s\n查看",
        "Lag\n延迟",
        "Drops\n丢弃",
        "Recon.\n重连",
        "ms\n耗时",
        "Saved\n省略",
        "Open\n停留",
    ):
        table.add_column(heading, justify="right", no_wrap=True)
    shown = cameras if len(cameras) <= MOST_ROWS else sorted(cameras, key=lambda it: it.sound)
    for it in shown[:MOST_ROWS]:
        table.add_row(it.id, _state(it), *_numbers(it))
    if len(cameras) > MOST_ROWS:
        table.caption = f"and {len(cameras) - MOST_ROWS} more 其余 {len(cameras) - MOST_ROWS} 路"
    return table


def told_line(observation: Observation, *, clock: bool = True) -> Text:
    """One line on an observation."""
    now = f"{_clock()} " if clock else ""
    least = "" if observation.arrival_known else "≥ "
    where = f", {observation.zone}" if observation.zone else ""
    return Text(
        f"{now}{observation.source.camera_id}: {kind_name(observation.kind)}{where}, "
        f"{STATES[observation.state]}, {least}{observation.dwell_s:.0f} s"
    )


def problem_line(problem: DeviceProblem, *, clock: bool = True) -> Text:
    """One line on a camera's own fault."""
    now = f"{_clock()} " if clock else ""
    told = "over 已恢复" if problem.over else "check the camera 请检查摄像机"
    style = "green" if problem.over else "red"
    return Text(f"{now}{problem.camera_id}: {problem.fault.value}, {told}", style=style)


def summary_line(cameras: Sequence[CameraHealth]) -> str:
    """All cameras in one line, those with trouble by name."""
    troubled = [f"{it.id} ({_state(it).plain})" for it in cameras if not it.sound]
    looks = sum(it.looks_per_s for it in cameras)
    drops = sum(it.drops for it in cameras)
    stays = sum(it.open_stays for it in cameras)
    trouble = f"; trouble 异常: {', '.join(troubled)}" if troubled else ""
    return (
        f"{len(cameras) - len(troubled)} of {len(cameras)} cameras live, {looks:.1f} looks/s, "
        f"{drops} dropped, {stays} open stays{trouble}"
    )


def _state(camera: CameraHealth) -> Text:
    if camera.fault is not None:
        return Text(camera.fault, style="red")
    style = "green" if camera.state == "live" else "yellow"
    return Text(f"{camera.state} {STREAM_STATES.get(camera.state, '')}".strip(), style=style)


def _numbers(camera: CameraHealth) -> Iterator[str]:
    yield f"{camera.fps:.1f}"
    yield f"{camera.looks_per_s:.2f}"
    yield "–" if camera.lag_s is None else f"{camera.lag_s:.1f} s"
    yield str(camera.drops)
    yield str(camera.reconnects)
    yield f"{camera.cost_ms:.0f}"
    yield f"{camera.saved_share:.0%}"
    yield str(camera.open_stays)


def _plain(camera: CameraHealth) -> dict[str, object]:
    last = camera.last_frame_at
    return {**asdict(camera), "last_frame_at": last.isoformat() if last else None}


def _of(camera: str | None) -> str:
    return f"{camera}: " if camera else ""


def _clock() -> str:
    return datetime.now().astimezone().isoformat(" ", "seconds")
