"""Opening the post of a camera: what an earlier run left is taken up, or told to be lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from detector.errors import CameraFileError, OutputError
from detector.observation import Position, Source
from detector.pipeline.fit import located
from detector.pipeline.view_rules import Asserted
from detector.pipeline.watch.clock import RuleClock
from detector.pipeline.watch.contracts import Judge, Stream
from detector.pipeline.watch.kept_looks import KeptLooks
from detector.pipeline.watch.post import Post, PostParts
from detector.pipeline.watch.proofs import Proofs
from detector.pipeline.watch.shared import Shared
from detector.pipeline.watch.signer import StreamSigner
from detector.pipeline.watch.state import (
    STATE_FILE,
    CameraState,
    as_lost,
    load_state,
    save_state,
    without_stays,
    zones_digest,
)
from detector.pipeline.watch.stays import Stays
from detector.pipeline.watch.telling import Clipper, Teller, TellerParts
from detector.scene.fleet import FleetCamera

LOOKS = "looks"
SPOILT = ""
"""The zones of a state that nobody knows."""

ORPHAN_S = 600.0
"""So long may the rules not speak of a stay that was told before it counts as lost."""


def open_post(
    camera: FleetCamera,
    shared: Shared,
    stream: Stream,
    warn: Callable[[str], None],
    monotonic: Callable[[], float] = time.monotonic,
) -> Post:
    """The post of a camera, with the stays that were open when it was watched last.

    Raises CameraFileError where its reference pictures cannot be used.
    """
    own = camera.camera
    state, judge = _taken_up(camera, shared)
    clock = RuleClock(ZoneInfo(own.timezone), state.epoch, state.last_s)
    folder = shared.folder_of(own.id)
    kept = KeptLooks(folder / LOOKS)
    told = _teller_parts(camera, shared, kept, _clipper(stream, clock), warn)
    told.stays.restore(state.stays, state.last_s or 0.0)
    parts = PostParts(
        camera=own,
        judge=judge,
        teller=Teller(told, state.outbox),
        kept=kept,
        clock=clock,
        folder=folder,
        problem=shared.tell_problem,
        warn=warn,
        monotonic=monotonic,
    )
    post = Post(parts, state)
    post.take_up()
    return post


def _teller_parts(
    camera: FleetCamera,
    shared: Shared,
    kept: KeptLooks,
    clip: Clipper,
    warn: Callable[[str], None],
) -> TellerParts:
    own = camera.camera
    source = Source(name=own.name, camera_id=own.id, media="stream")
    signer = StreamSigner(source, shared.model, origin=own.id)

    def locate(asserted: Asserted) -> Position | None:
        return located(own, asserted.fit, asserted.finding.spot)

    return TellerParts(
        stays=Stays(signer, shared.update_s, own.gap_s + ORPHAN_S),
        signer=signer,
        proofs=Proofs(shared.out, kept, own.id, own.name),
        files=shared.files_of(own.id),
        locate=locate,
        clip=clip,
        told=shared.listener.told,
        warn=warn,
    )


def _clipper(stream: Stream, clock: RuleClock) -> Clipper:
    def clip(from_s: float, until_s: float) -> bytes | None:
        if clock.offset_s is None:
            return None
        cut = stream.clip(from_s - clock.offset_s, until_s - clock.offset_s)
        return cut.data if cut else None

    return clip


def give_up(camera_id: str, shared: Shared) -> None:
    """A camera is watched no more: what is open is told once more, stays as lost."""
    folder = shared.folder_of(camera_id)
    try:
        state = _left(camera_id, shared)
        if state is None:
            return
        _end_faults(state, shared)
        _lose(state, folder, shared)
        (folder / STATE_FILE).unlink(missing_ok=True)
    except (CameraFileError, OutputError) as error:
        shared.listener.warn(camera_id, str(error))
    KeptLooks(folder / LOOKS).clear()


def _taken_up(camera: FleetCamera, shared: Shared) -> tuple[CameraState, Judge]:
    own = camera.camera
    zones = zones_digest(own)
    judge = shared.make_judge(camera)
    state = _left(own.id, shared)
    if state is None:
        return CameraState(camera=own.id, zones=zones), judge
    if state.zones == SPOILT:
        return state.model_copy(update={"zones": zones}), judge
    why = "its zones were changed" if state.zones != zones else _restored(judge, state)
    if why is None:
        return state, judge
    shared.listener.changed(own.id, f"{why}: {len(state.stays)} open stays end as lost")
    _end_faults(state, shared)
    fresh = without_stays(state).model_copy(update={"zones": zones})
    return fresh, shared.make_judge(camera)


def _left(camera_id: str, shared: Shared) -> CameraState | None:
    """The state that an earlier run left, None for none.

    One that is spoilt is put aside, and what was open by the files of observations is in its
    stead. Raises CameraFileError where it cannot be read at all.
    """
    file = shared.folder_of(camera_id) / STATE_FILE
    try:
        return load_state(file.parent)
    except ValidationError:
        lost = shared.files_of(camera_id).open_stays()
        file.replace(file.with_name(f"{STATE_FILE}.broken"))
        shared.listener.warn(
            camera_id,
            f"{file} is spoilt and was put aside: {len(lost)} open stays end as lost",
        )
        return CameraState(camera=camera_id, zones=SPOILT, outbox=tuple(map(as_lost, lost)))
    except OSError as error:
        raise CameraFileError(
            f"camera {camera_id}: its state {file} cannot be read ({error.strerror}); "
            "see to its permissions, or move it away to begin anew"
        ) from error


def _restored(judge: Judge, state: CameraState) -> str | None:
    """Why a judge cannot go on from a state, None where it does now."""
    try:
        if state.judge is not None:
            judge.restore(state.judge.encode())
    except (ValueError, CameraFileError) as error:
        return f"its saved state does not fit ({str(error).splitlines()[0][:200]})"
    return None


def _end_faults(state: CameraState, shared: Shared) -> None:
    """Device problems of which nobody will see the end are over as of when they were seen last."""
    for problem in (state.fault, state.stream_fault):
        if problem is not None:
            shared.tell_problem(problem.model_copy(update={"over": True}))


def _lose(state: CameraState, folder: Path, shared: Shared) -> None:
    lost = without_stays(state)
    save_state(folder, lost)
    shared.files_of(state.camera).append(lost.outbox)
    for observation in lost.outbox:
        shared.listener.told(observation)
