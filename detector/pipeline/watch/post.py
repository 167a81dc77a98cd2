"""A post: where the looks of one camera are judged in their order, and told, over restarts."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING

from detector.device import DeviceFault, DeviceProblem
from detector.errors import OutputError
from detector.looks import Boxes, Look, LookBoxes, Picture
from detector.pipeline.faults import FaultLog
from detector.pipeline.picturing import shots_of
from detector.pipeline.recording import read_line, write_line
from detector.pipeline.watch.clock import RuleClock
from detector.pipeline.watch.contracts import Judge
from detector.pipeline.watch.kept_looks import KeptLooks
from detector.pipeline.watch.pace import Costs
from detector.pipeline.watch.state import CameraState, Counts, save_state
from detector.pipeline.watch.telling import Teller
from detector.scene.camera import Camera

if TYPE_CHECKING:
    from detector.pipeline.fixed_view import Judged
    from detector.pipeline.sights import Prepared
    from detector.pipeline.view_rules import Asserted


_IDLE_SAVE_S = 60.0
"""So often is the state of a camera saved that gives no look to judge."""


@dataclass(frozen=True)
class PostParts:
    """What a post works with; `folder` is its own working folder.

    `problem` is told of a device problem as it begins and as it ends, `warn` of what went wrong.
    """

    camera: Camera
    judge: Judge
    teller: Teller
    kept: KeptLooks
    clock: RuleClock
    folder: Path
    problem: Callable[[DeviceProblem], None]
    warn: Callable[[str], None]
    save_every_s: float = 5.0
    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Sight:
    """A prepared look with the pictures that the model must see of it, often none."""

    prepared: Prepared
    views: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class PostHealth:
    """How a post is doing; the share of saved looks is of those that could be trusted.

    `fault` is that of the stream, else that of its pictures. `lag_s` is how old the last picture
    was when it had been judged.
    """

    counts: Counts
    cost_ms: float
    saved_share: float
    fault: DeviceFault | None
    view: str | None
    open_stays: int
    unwritten: int
    lag_s: float | None


class Post:
    """One camera under watch. Any thread may call it; looks come in their order, one at a time."""

    def __init__(self, parts: PostParts, state: CameraState) -> None:
        self._parts = parts
        self._counts = state.counts
        self._zones = state.zones
        self._faults = _resumed(parts.camera.id, state.fault)
        self._stream_faults = _resumed(parts.camera.id, state.stream_fault)
        self._costs = Costs()
        self._view: str | None = None
        self._lag_s: float | None = None
        self._watched_until = state.watched_until
        self._saved_at = self._looked_at = parts.monotonic()
        self._closed = False
        self._lock = RLock()

    @property
    def camera(self) -> Camera:
        """The camera that is watched."""
        return self._parts.camera

    def prepare(self, look: Look) -> Sight | None:
        """What the model must see of a look; None where it comes too late."""
        with self._lock:
            clock, now = self._parts.clock, self._parts.now()
            placed = None if self._closed else clock.place(look, now, self._idle)
            if placed is None:
                return None
            self._looked_at = self._parts.monotonic()
            self._watched_until = now
            with self._costs.taken():
                prepared = self._parts.judge.prepare(placed)
                return Sight(prepared, tuple(prepared.views))

    def fail(self, what: str, error: Exception, *, dropped: bool = False) -> None:
        """A look was not judged; `dropped` after it was prepared."""
        with self._lock:
            if dropped:
                self._parts.judge.dropped()
        self._parts.warn(f"{what}, {type(error).__name__}: {error}")

    def judge(self, prepared: Prepared, seen: Sequence[Boxes], model_s: float) -> None:
        """Judge a look by what the model saw in its views, which took it `model_s` seconds."""
        with self._lock:
            if self._closed:
                return
            with self._costs.taken():
                told = self._judge(prepared, seen)
            if prepared.look.at is not None:
                late = self._parts.now() - prepared.look.at
                self._lag_s = max(0.0, late.total_seconds() - self._parts.clock.apart_s)
            self._costs.end_look(model_s, saved=prepared.fit is not None and not seen)
            due = self._parts.monotonic() - self._saved_at >= self._parts.save_every_s
            if told or due or self._parts.teller.outbox:
                self._save_and_flush()

    @property
    def now_s(self) -> float:
        """The rule time now, in seconds, as far as the last look tells."""
        since_s = self._parts.monotonic() - self._looked_at
        return max(0.0, (self._parts.clock.last_s or 0.0) + since_s)

    def tick(self, live: bool = True) -> None:
        """Let time pass between looks: call it about once a second.

        `live` where the stream is. Where it is not, no time is noted as watched: were the watch
        killed now, nobody would tell of the gap, and the next one must.
        """
        with self._lock:
            if not self._closed:
                self._parts.teller.cut_clips(self.now_s)
                self._lose_unseen()
                if live:
                    self._note_watched()

    def note_stream(self, fault: DeviceFault | None) -> None:
        """What is wrong with the stream itself now; where that is news, it is told and saved."""
        with self._lock:
            if not self._closed and self._note(self._stream_faults, self.now_s, fault):
                self._save_and_flush()

    @property
    def stream_fault(self) -> DeviceFault | None:
        """What is wrong with the stream itself, as far as it was noted."""
        with self._lock:
            return self._stream_faults.open.fault if self._stream_faults.open else None

    def take_up(self) -> None:
        """Write what an earlier run left to be written."""
        with self._lock:
            if self._parts.teller.outbox:
                self._save_and_flush()

    def save(self) -> None:
        """Save the state; OutputError where that fails."""
        with self._lock:
            save_state(self._parts.folder, self._state())
            self._saved_at = self._parts.monotonic()

    def close(self) -> None:
        """Stop: what lasts stays open in the state; OutputError where that cannot be saved."""
        with self._lock:
            if not self._closed:
                self._closed = True
                try:
                    self._parts.kept.flush(self._parts.judge.moments())
                except OutputError as error:
                    self._parts.warn(f"a picture was not kept: {error}")
                self._watched_until = self._parts.now()
                self.save()

    def health(self) -> PostHealth:
        """How it is doing now."""
        with self._lock:
            open_fault = self._stream_faults.open or self._faults.open
            return PostHealth(
                counts=self._counts,
                cost_ms=self._costs.look_ms,
                saved_share=self._costs.saved_share,
                fault=open_fault.fault if open_fault else None,
                view=self._view,
                open_stays=len(self._parts.teller.stays.open),
                unwritten=len(self._parts.teller.outbox) + self._parts.teller.given_up,
                lag_s=self._lag_s,
            )

    def _note_watched(self) -> None:
        self._watched_until = self._parts.now()
        if self._parts.monotonic() - self._saved_at >= _IDLE_SAVE_S:
            self._save_and_flush()

    def _lose_unseen(self) -> None:
        """Stays end as lost where no look came for so long that the rules would lose them."""
        unseen_s = self.now_s - (self._parts.clock.last_s or 0.0)
        stays = self._parts.teller.stays.open
        if stays and unseen_s > self.camera.gap_s:
            for stay in stays:
                self._parts.teller.lose(stay)
            self._save_and_flush()

    def _idle(self) -> bool:
        return not self._parts.teller.stays.open and not self._parts.judge.moments()

    def _judge(self, prepared: Prepared, seen: Sequence[Boxes]) -> int:
        judge, look = self._parts.judge, prepared.look
        boxes = judge.boxes(prepared, seen)
        judged = judge.judge(prepared, boxes and _as_kept(boxes))
        self._count(seen, judged)
        noted = self._note(self._faults, look.t_s, judged.verdict.fault, look.at)
        if judged.look is not None:
            self._keep(judged.look, look, judged.over)
        return noted + self._parts.teller.tell(judged.over, judge.ongoing(), look.t_s)

    def _count(self, seen: Sequence[Boxes], judged: Judged) -> None:
        trusted = judged.look is not None
        self._view = judged.fit.view if judged.fit else None
        known = self._counts
        self._counts = Counts(
            looks=known.looks + 1,
            saved=known.saved + (trusted and not seen),
            distrusted=known.distrusted + (not trusted),
        )

    def _note(
        self, faults: FaultLog, t_s: float, fault: DeviceFault | None, at: datetime | None = None
    ) -> int:
        """Tell what began and what is over; returns how much it is."""
        problems = faults.changes(t_s, at or self._parts.now(), fault)
        for problem in problems:
            self._parts.problem(problem)
        return len(problems)

    def _keep(self, boxes: LookBoxes, look: Look, over: Sequence[Asserted]) -> None:
        proving = {shot.t_s for it in over for _, shot in shots_of(it.finding)}

        def moments() -> set[float]:
            return proving | self._parts.judge.moments()

        try:
            self._parts.kept.add(boxes, look.picture, moments)
        except OutputError as error:
            self._parts.warn(f"a picture was not kept: {error}")

    def _save_and_flush(self) -> None:
        """The state first: what it knows to be told is told once, whenever a kill comes."""
        try:
            self.save()
            self._parts.teller.flush()
        except OutputError as error:
            self._parts.warn(str(error))

    def _state(self) -> CameraState:
        clock, teller = self._parts.clock, self._parts.teller
        return CameraState(
            camera=self.camera.id,
            zones=self._zones,
            epoch=clock.epoch,
            last_s=clock.last_s,
            judge=self._parts.judge.state().decode(),
            stays=teller.stays.open,
            outbox=tuple(teller.outbox),
            fault=self._faults.open,
            stream_fault=self._stream_faults.open,
            watched_until=self._watched_until,
            counts=self._counts,
        )


def _resumed(camera_id: str, problem: DeviceProblem | None) -> FaultLog:
    """A log with the problem that an earlier run left open."""
    faults = FaultLog(camera_id)
    if problem is not None:
        faults.see(problem.since_s, problem.since_at, problem.fault)
        faults.see(problem.until_s, problem.until_at, problem.fault)
    return faults


def _as_kept(look: LookBoxes) -> LookBoxes:
    """The look as it reads when its picture was kept: rules and drawings see the same numbers."""
    return read_line(write_line(look)).look
