"""What the command `watch` does: a model, the cameras, and whoever is told."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from threading import Event
from types import FrameType
from typing import Literal

from rich.console import Console

from detector.errors import StreetwardenError
from detector.footage.live import Gap, LiveStream, StreamOptions
from detector.live_terminal import JsonWatchListener, LineListener, TableListener
from detector.model import Model, load_model
from detector.observation import ModelVersion
from detector.pipeline.fixed_view import FixedView
from detector.pipeline.references import load_references
from detector.pipeline.sights import ModelInput
from detector.pipeline.watch.contracts import Stream
from detector.pipeline.watch.listening import WatchListener
from detector.pipeline.watch.metrics import serve_metrics
from detector.pipeline.watch.watch import Watch, WatchParts, WatchSettings
from detector.scene.fleet import FleetCamera

DONE, FAILED = 0, 2


@dataclass(frozen=True, slots=True)
class WatchRequest:
    """What `streetwarden watch` was asked for."""

    fleet: Path
    out: Path
    model: Path | None
    engine: Literal["auto", "openvino", "onnxruntime", "ultralytics"]
    precision: Literal["auto", "f32", "bf16"]
    min_confidence: float | None
    batch: int
    update_s: float
    for_s: float | None
    metrics: str | None
    metrics_public: bool
    json_events: bool


def watch(request: WatchRequest) -> int:
    """Watch until SIGTERM or SIGINT, the time is up, or all recordings are over.

    Returns the exit status. Raises StreetwardenError for what keeps it from beginning, unless
    events are told to a program: then the last event says it.
    """
    if not request.json_events:
        console = Console()
        _watch(request, TableListener(console) if console.is_terminal else LineListener(sys.stdout))
        return DONE
    teller = JsonWatchListener(sys.stderr)
    try:
        _watch(request, teller)
    except StreetwardenError as error:
        teller.say({"event": "failed", "message": str(error)})
        return FAILED
    return DONE


def _watch(request: WatchRequest, listener: WatchListener) -> None:
    with stopped_by_signals() as stop, ExitStack() as stack:
        model = load_model(request.model, engine=request.engine, precision=request.precision)
        run = Watch(_settings(request), _parts(request, model), listener)
        if request.metrics is not None:
            public = request.metrics_public
            stack.callback(serve_metrics(request.metrics, lambda: run.health, public=public))
        run.run(stop)


@contextmanager
def stopped_by_signals() -> Iterator[Event]:
    """An event that SIGTERM and SIGINT set while the block lasts."""
    stop = Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _settings(request: WatchRequest) -> WatchSettings:
    return WatchSettings(
        fleet=request.fleet,
        out=request.out,
        update_s=request.update_s,
        batch=request.batch,
        for_s=request.for_s,
    )


def _parts(request: WatchRequest, model: Model) -> WatchParts:
    takes = ModelInput.of(model)

    def judge(camera: FleetCamera) -> FixedView:
        return FixedView(camera.camera, load_references(camera.camera, camera.folder), takes)

    return WatchParts(
        model=ModelVersion(name=model.path.stem, version=model.version, sha256=model.sha256),
        see=partial(model.detect_boxes, min_confidence=request.min_confidence),
        make_judge=judge,
        make_stream=_stream,
    )


def _stream(options: StreamOptions, stop: Event, on_gap: Callable[[Gap], None]) -> Stream:
    # Pauses differ between cameras, so that they do not all come back in the same second.
    return LiveStream(options, random=Random(), stop=stop, on_gap=on_gap)  # noqa: S311
