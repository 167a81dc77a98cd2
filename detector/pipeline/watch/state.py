"""What a camera's watch must remember to lose no open stay and to tell none twice.

`DIR/.watch/<camera>/state.json` is written whole or not, before anything that it tells of: a
revision lies in `outbox` until the file of observations is known to hold it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, ValidationError

from detector.device import DeviceProblem
from detector.files import make_folder, write_bytes
from detector.footage.clock import later
from detector.observation import Evidence, Frozen, Observation, State
from detector.scene.camera import Camera

STATE_FILE = "state.json"


class OpenStay(Frozen):
    """A stay that was told and is not over.

    `key` tells it from the camera's other stays, whichever model saw it. `told_s` is the rule
    time of its last revision, `limit_s` of the look that made it a violation. `aside` are
    evidence files that only the revision before names.
    """

    key: UUID
    observation: Observation
    told_s: float
    limit_s: float
    clip: Evidence | None = None
    aside: tuple[str, ...] = ()


class Counts(Frozen):
    """What was done for a camera since its state began."""

    looks: int = 0
    saved: int = 0
    distrusted: int = 0


class CameraState(Frozen):
    """All of one camera; `judge` is the state of its rules and its view guard, in JSON.

    `fault` is what is wrong with its pictures, `stream_fault` with its stream. `watched_until` is
    when it was known last to be watched, though there may have been nothing to look at.
    """

    version: Literal[1] = 1
    camera: str
    zones: str
    epoch: AwareDatetime | None = None
    last_s: float | None = None
    judge: str | None = None
    stays: tuple[OpenStay, ...] = ()
    outbox: tuple[Observation, ...] = ()
    fault: DeviceProblem | None = None
    stream_fault: DeviceProblem | None = None
    watched_until: AwareDatetime | None = None
    counts: Counts = Field(default_factory=Counts)


def save_state(folder: Path, state: CameraState) -> None:
    """Write a camera's state whole or not; OutputError names what cannot be written."""
    make_folder(folder)
    write_bytes(folder / STATE_FILE, [state.model_dump_json().encode()])


def load_state(folder: Path) -> CameraState | None:
    """The state that an earlier run left, None where there is none.

    Raises ValidationError where it is spoilt, OSError where it cannot be read.
    """
    with contextlib.suppress(FileNotFoundError):
        return CameraState.model_validate_json((folder / STATE_FILE).read_bytes())
    return None


def watched_until(folder: Path) -> datetime | None:
    """The wall time until which an earlier run watched, as far as its state tells.

    Where it was not written down, that of the last look.
    """
    with contextlib.suppress(OSError, ValidationError):
        state = load_state(folder)
        if state is not None and state.watched_until is not None:
            return state.watched_until.astimezone(UTC)
        if state is not None and state.epoch is not None and state.last_s is not None:
            return later(state.epoch.astimezone(UTC), state.last_s)
    return None


def as_lost(last: Observation) -> Observation:
    """The revision after the last one, of a stay whose end was not seen."""
    return last.model_copy(update={"state": State.LOST, "revision": last.revision + 1})


def without_stays(state: CameraState) -> CameraState:
    """The state of a camera whose stays cannot go on: each is told once more, as lost."""
    lost = [as_lost(it.observation) for it in state.stays]
    return CameraState(
        camera=state.camera,
        zones=state.zones,
        outbox=(*state.outbox, *lost),
        watched_until=state.watched_until,
        counts=state.counts,
    )


def zones_digest(camera: Camera) -> str:
    """SHA-256 over the views' names and their zones' names and corners.

    Stays outlive an edit of the camera file that leaves these as they are.
    """
    drawn = [
        [view.name, view.size, [[zone.name, zone.kind, zone.polygon] for zone in view.zones]]
        for view in camera.views
    ]
    return hashlib.sha256(json.dumps(drawn).encode()).hexdigest()
