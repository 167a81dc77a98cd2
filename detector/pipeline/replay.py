"""Rules on recorded boxes, without pictures."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from detector.errors import CameraFileError, RecordingError
from detector.looks import LookBoxes, Size
from detector.observation import ModelVersion, Observation, Source
from detector.pipeline.fit import Fit, fit_view, located
from detector.pipeline.recording import Recorded, read_line
from detector.pipeline.signing import Signer
from detector.pipeline.view_rules import Asserted, ViewRules
from detector.scene.camera import Camera

RECORDED = ModelVersion(name="recorded", version="1")
LEAST_LOOKS = 2


@dataclass(slots=True)
class Replayed:
    """What came of a recording: observations, and what was left out and why.

    `faults` are (line number, what is wrong) of lines that could not be used.
    """

    observations: list[Observation] = field(default_factory=list)
    looks: int = 0
    media_s: float = 0.0
    unknown_classes: int = 0
    bad_boxes: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)


@dataclass(slots=True)
class _SourceState:
    rules: ViewRules
    first_s: float
    last_s: float
    over: list[Asserted] = field(default_factory=list)
    fits: dict[str, Fit] = field(default_factory=dict)


class Replay:
    """Feeds lines to the rules, with a clock and a state of its own for every source."""

    def __init__(self, camera: Camera) -> None:
        self._camera = camera
        self._sources: dict[str | None, _SourceState] = {}
        self.result = Replayed()

    def see(self, number: int, text: str, default_size: Size | None) -> None:
        """Take in one line; what is wrong with it is noted, not raised."""
        try:
            recorded = read_line(text, default_size)
            self._take(recorded)
        except RecordingError as error:
            self.result.faults.append((number, str(error)))

    def finish(self) -> Iterator[tuple[str | None, Asserted]]:
        """All findings with the source that each belongs to."""
        for name, state in self._sources.items():
            self.result.media_s += state.last_s - state.first_s
            for asserted in state.over + state.rules.finish():
                yield name, asserted

    def _take(self, recorded: Recorded) -> None:
        look, known = recorded.look, self._sources.get(recorded.source)
        if known is not None and look.t_s <= known.last_s:
            raise RecordingError(f"t {look.t_s} is not after {known.last_s}, the line before")
        state = known or self._begin(look)
        state.over += state.rules.see(look, self._fit(look, state.fits))
        state.last_s = look.t_s
        self._sources[recorded.source] = state
        self.result.looks += 1
        self.result.unknown_classes += recorded.unknown_classes
        self.result.bad_boxes += recorded.bad_boxes

    def _begin(self, look: LookBoxes) -> _SourceState:
        rules = ViewRules(self._camera, least_looks=LEAST_LOOKS)
        return _SourceState(rules, look.t_s, look.t_s)

    def _fit(self, look: LookBoxes, fits: dict[str, Fit]) -> Fit:
        view = look.view or self._camera.views[0].name
        matrix = np.eye(3) if look.matrix is None else look.matrix
        known = fits.get(view)
        if known is None or not known.serves(look.size, matrix):
            try:
                known = fits[view] = fit_view(self._camera, view, look.size, matrix)
            except CameraFileError as error:
                raise RecordingError(str(error)) from error
        return known


def replay(recording: Path, camera: Camera) -> Replayed:
    """Run the rules over a recording.

    Raises RecordingError when the file cannot be read or no line of it can be used.
    """
    run = Replay(camera)
    digest = hashlib.sha256()
    view_size = camera.views[0].size
    default_size = Size(*view_size) if view_size else None
    try:
        with recording.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                digest.update(line)
                if line.strip():
                    run.see(number, line.decode("utf-8", errors="replace"), default_size)
    except OSError as error:
        raise RecordingError(
            f"cannot read {recording}: {error.strerror}; check the path"
        ) from error
    if not run.result.looks:
        raise RecordingError(_unusable(recording, run.result))
    return _signed(run, recording, digest.hexdigest(), camera)


def _unusable(recording: Path, result: Replayed) -> str:
    if not result.faults:
        return f"{recording} is empty; record boxes with scan --boxes"
    number, fault = result.faults[0]
    return f"{recording} line {number}: {fault}; record boxes with scan --boxes"


def _signed(run: Replay, recording: Path, sha256: str, camera: Camera) -> Replayed:
    for name, asserted in run.finish():
        finding, fit = asserted.finding, asserted.fit
        source = Source(
            name=name or recording.name, sha256=sha256, camera_id=camera.id, media="recording"
        )
        signer = Signer(source, RECORDED, origin=f"{sha256}/{name or ''}")
        run.result.observations.append(
            signer.sign(finding, located(camera, fit, finding.spot), (), fit.view)
        )
    run.result.observations.sort(key=lambda it: (it.source.name, it.start_s, str(it.id)))
    return run.result
