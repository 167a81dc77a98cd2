"""What the commands do: open what they name, run the pipeline, tell what came of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Literal

from rich.console import Console

from detector.errors import StreetwardenError
from detector.files import make_folder, write_lines
from detector.join.geojson import write_geojson
from detector.join.problems import join
from detector.model import load_model
from detector.observation import SCHEMA_VERSION, observation_schema
from detector.pipeline.cameras import Cameras
from detector.pipeline.locating import Locator
from detector.pipeline.outputs import RunRecord, totals, write_observations
from detector.pipeline.replay import Replayed
from detector.pipeline.replay import replay as replay_recording
from detector.pipeline.scan import Scan
from detector.pipeline.settings import ScanSettings
from detector.rules.rulebook import RULES
from detector.scene.camera import camera_schema, load_camera
from detector.scene.fleet import fleet_schema
from detector.terminal import (
    BarListener,
    ClosableListener,
    JsonListener,
    closing_table,
    failures_table,
    where,
)
from detector.tracks.read import read_track

WHOLE, PART, NOTHING = 0, 1, 2


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """What `streetwarden scan` was asked for."""

    sources: tuple[Path, ...]
    out: Path
    camera: Path | None
    track: Path | None
    every_s: float
    model: Path | None
    engine: Literal["auto", "openvino", "onnxruntime", "ultralytics"]
    precision: Literal["auto", "f32", "bf16"]
    min_confidence: float | None
    slices: bool
    starts_at: datetime | None
    as_one: bool
    name_time: str | None
    resume: bool
    keep_boxes: bool
    jobs: int
    json_progress: bool


def scan(request: ScanRequest) -> int:
    """Scan footage; returns the exit status: 0 whole, 1 in part, 2 nothing.

    Raises StreetwardenError for what stops the whole run, unless progress is told to a program:
    then the last event says it.
    """
    if not request.json_progress:
        console = Console()
        listener = BarListener(console)
        record = _scan(request, listener)
        _tell(console, record, request.out)
        return _status(record)
    teller = JsonListener(sys.stderr)
    try:
        record = _scan(request, teller)
    except StreetwardenError as error:
        teller.say({"event": "failed", "message": str(error)})
        return NOTHING
    teller.say({"event": "end", "status": _status(record), "total": totals(record)})
    return _status(record)


def _scan(request: ScanRequest, listener: ClosableListener) -> RunRecord:
    if request.camera:
        load_camera(request.camera)  # a malformed one stops the run before any work
    track = read_track(request.track) if request.track else None
    model = load_model(request.model, engine=request.engine, precision=request.precision)
    settings = ScanSettings(
        out=request.out,
        every_s=request.every_s,
        min_confidence=request.min_confidence,
        slices=request.slices,
        cameras=Cameras(request.camera),
        track=request.track,
        starts_at=request.starts_at,
        as_one=request.as_one,
        name_time=request.name_time,
        jobs=request.jobs,
        resume=request.resume,
        keep_boxes=request.keep_boxes,
    )
    run = Scan(settings, model, Locator(track), listener)
    try:
        return run.run(request.sources)
    finally:
        listener.close()


def replay(recording: Path, camera: Path, out: Path) -> int:
    """Replay recorded boxes; returns the exit status."""
    result = replay_recording(recording, load_camera(camera))
    make_folder(out)
    problems = join(result.observations)
    write_observations(out, result.observations)
    write_geojson(out / "problems.geojson", problems)
    console = Console()
    console.print(closing_table(result.observations, [str(it.kind) for it in problems]))
    for line in _replay_notes(result):
        console.print(line, style="yellow", soft_wrap=True)
    return PART if result.faults else WHOLE


SCHEMAS = {"observation": observation_schema, "camera": camera_schema, "fleet": fleet_schema}


def schema(of: Literal["observation", "camera", "fleet"]) -> dict[str, object]:
    """The JSON schema of an observation, of a camera file or of a fleet file."""
    return SCHEMAS[of]()


def write_text(path: Path, text: str) -> None:
    """Write a text file; OutputError names it and the remedy."""
    write_lines(path, [text])


def versions() -> Iterator[str]:
    """Versions of the program, the contract, the rules and the released model."""
    yield f"streetwarden {metadata.version('streetwarden')}"
    yield f"observation schema {SCHEMA_VERSION}"
    for rule in RULES:
        yield f"rule {rule.name} {rule.version}"
    model = load_model()
    yield f"model {model.path.stem} {model.version} ({model.engine}, {model.precision})"


def _tell(console: Console, record: RunRecord, out: Path) -> None:
    console.print(closing_table(record.observations, [str(it.kind) for it in record.problems]))
    if record.errors:
        console.print(failures_table(record.errors))
    for copy, first in record.twins:
        console.print(f"{copy} is a copy of {first} and was counted once", soft_wrap=True)
    console.print(where(out), soft_wrap=True)


def _status(record: RunRecord) -> int:
    if not record.errors:
        return WHOLE
    return PART if record.results else NOTHING


def _replay_notes(result: Replayed) -> Iterator[str]:
    yield f"{result.looks} looks over {result.media_s:.1f} s"
    if result.unknown_classes:
        yield f"{result.unknown_classes} boxes of classes that are not in the taxonomy: left out"
    if result.bad_boxes:
        yield f"{result.bad_boxes} boxes without area or with impossible numbers: left out"
    if result.faults:
        number, fault = result.faults[0]
        yield f"{len(result.faults)} lines could not be used; the first is line {number}: {fault}"
