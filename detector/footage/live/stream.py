"""A live stream: looks without an end, over as many connections as it takes."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from datetime import datetime
from random import Random
from threading import Event, Lock, Thread

from detector.footage.clip import Clip
from detector.footage.live.backoff import Backoff
from detector.footage.live.chooser import Chooser
from detector.footage.live.clock import Clock, RealClock, utc
from detector.footage.live.contract import (
    Gap,
    LiveLook,
    StreamHealth,
    StreamKind,
    StreamOptions,
    StreamState,
)
from detector.footage.live.eye import End, Passed
from detector.footage.live.frozen import FrozenWatch
from detector.footage.live.gaps import GapLog
from detector.footage.live.totals import Totals
from detector.footage.live.worker import Carried, Worker

# So many threads that were given up and have not ended may a stream leave behind.
_MOST_LEFT = 2
_LEFT_S = 10.0
# How often a thread that waits for a look sees to its stream, and sees that it is to stop.
_TURN_S = 0.5
_OPEN_S = 20.0
_QUIET_S = 5.0


def _always() -> bool:
    return True


class LiveStream:
    """Looks at one camera.

    `looks` runs in one thread; everything else may be called from any. A thread inside does the
    reading and decoding, one at a time.
    """

    def __init__(
        self,
        options: StreamOptions,
        *,
        random: Random,
        stop: Event,
        on_gap: Callable[[Gap], None],
        clock: Clock | None = None,
        epoch: datetime | None = None,
    ) -> None:
        """Nothing is opened before `looks`.

        With `epoch` stream seconds count from that time; without it, from the first picture.
        `on_gap` is called by the thread that runs `looks`.
        """
        self._options = options
        self._clock = clock or RealClock()
        self._stop = stop
        self._backoff = Backoff(random)
        began_at = utc(self._clock.wall_s())
        steady = options.kind is not StreamKind.PICTURE
        self._gaps = GapLog(on_gap, began_at, options.every_s, steady)
        if options.seen_until is not None:
            self._gaps.begin(options.seen_until)
        self._carried = Carried(
            epoch_s=None if epoch is None else epoch.timestamp(),
            last_t_s=-1.0,
            look_t_s=None,
            session=0,
            wall_zero_s=self._clock.wall_s() - self._clock.steady_s(),
            chooser=Chooser(options.every_s),
            frozen=FrozenWatch(_frozen_after_s(options)),
        )
        self._lock = Lock()
        self._worker: Worker | None = None
        self._before: Worker | None = None
        self._left: list[Thread] = []
        self._passed = Passed(0, None)
        self._totals = Totals()
        self._last_at: datetime | None = None
        self._looked_s = self._clock.steady_s()
        self._error: str | None = None
        self._retried = False
        self._stopped = False
        self._finished = False

    def looks(self, wanted: Callable[[], bool] = _always) -> Iterator[LiveLook]:
        """Looks as they become due; ends when `stop` is set, or with a file that is not looped.

        Opens the stream again by itself whenever it ends, fails, keeps silent or freezes.
        `wanted`, asked by a thread inside, tells whether a look would be used soon: none is made
        before it is, and it counts as a drop where it is not until the next one. Key frames that
        do without others are not even decoded before.
        """
        self._stopped = False
        try:
            while not self._stop.is_set() and not self._finished:
                if self._crowded():
                    self._clock.wait(self._stop, _LEFT_S)
                    continue
                worker = self._connect(wanted)
                reason = yield from self._watch(worker)
                pause_s = self._retire(worker, reason)
                if not self._finished:
                    self._clock.wait(self._stop, pause_s)
        finally:
            if self._worker is not None:
                self._retire(self._worker, None)
            self._gaps.close(utc(self._clock.wall_s()))
            self._stopped = True

    def health(self) -> StreamHealth:
        """How the stream is now."""
        with self._lock:
            worker, totals = self._worker, self._totals
        now = totals if worker is None else totals.plus(worker)
        return StreamHealth(
            state=self._state(worker),
            fps=0.0 if worker is None else round(worker.pulse.fps, 2),
            lag_s=None if worker is None else worker.eye.lag_s,
            last_frame_at=self._last_at,
            frames=now.frames,
            looks=now.looks,
            drops=now.drops,
            reconnects=max(now.connections - 1, 0),
            gaps=self._gaps.count,
            decode_s=now.decode_s,
            quiet_s=self._clock.steady_s() - self._looked_s,
            error=self._error,
        )

    def clip(self, from_t_s: float, until_t_s: float) -> Clip | None:
        """An MP4 of what came between two stream times, from the key frame before.

        None where nothing of it is kept, or where the coding does not go into an MP4.
        """
        with self._lock:
            workers = [it for it in (self._worker, self._before) if it is not None]
        runs = [(it, it.ring.between(from_t_s, until_t_s)) for it in workers]
        worker, run = max(runs, key=lambda it: len(it[1]), default=(None, []))
        if worker is None or worker.remuxer is None or not run:
            return None
        data = worker.remuxer.mp4([kept.packet for kept in run])
        if data is None:
            return None
        return Clip(data, run[0].t_s, max(kept.t_s for kept in run))

    def _crowded(self) -> bool:
        """Whether too many connections that were given up still hang in their reads.

        A camera that says it is there, but sends no pictures, can keep them there.
        """
        self._left = [thread for thread in self._left if thread.is_alive()]
        crowded = len(self._left) > _MOST_LEFT
        if crowded:
            self._error = "keeps earlier connections open without sending pictures"
        return crowded

    def _connect(self, wanted: Callable[[], bool]) -> Worker:
        worker = Worker(self._options, self._clock, self._carried, wanted)
        self._passed = worker.eye.passed
        with self._lock:
            self._worker = worker
        worker.start()
        return worker

    def _retire(self, worker: Worker, reason: str | None) -> float:
        """Let a connection go; the seconds to wait before the next."""
        worker.give_up()
        self._left.append(worker.thread)
        with self._lock:
            self._carried = worker.carry()
            self._totals = self._totals.plus(worker)
            self._worker = None
            if worker.ring.span_s > 0:
                self._before = worker
        if reason is not None:
            self._error = reason
            self._gaps.broke(reason)
        return self._backoff.pause_s(worker.pulse.held_s)

    def _watch(self, worker: Worker) -> Generator[LiveLook, None, str | None]:
        """The looks of one connection; returns why it came to an end, None where to stop."""
        while not self._stop.is_set():
            item = worker.handoff.take(_TURN_S)
            self._note_passed(worker)
            if isinstance(item, LiveLook):
                self._seen(item, worker)
                yield item
            elif isinstance(item, End):
                self._finished = item.finished
                return None if item.finished else item.reason
            reason = self._fault(worker)
            if reason is not None:
                return reason
        return None

    def _seen(self, look: LiveLook, worker: Worker) -> None:
        if self._before is not None and worker.ring.span_s >= self._options.ring_s:
            self._before = None
        self._error = None
        self._retried = False
        self._gaps.look(look.at)
        self._last_at = look.at
        self._looked_s = self._clock.steady_s()

    def _note_passed(self, worker: Worker) -> None:
        """Looks that nobody wanted are no gap, and the stream is not silent."""
        passed, before = worker.eye.passed, self._passed
        if passed.count > before.count and passed.at and not worker.eye.frozen.frozen:
            self._error = None
            self._retried = False
            self._gaps.look(passed.at)
            self._last_at = passed.at
            self._looked_s = self._clock.steady_s()
        self._passed = passed

    def _fault(self, worker: Worker) -> str | None:
        """Why a connection that still stands must be given up, None where it need not."""
        if self._options.kind is StreamKind.FILE:
            return None
        quiet_s = worker.pulse.quiet_s
        if not worker.pulse.opened:
            return f"does not answer within {_OPEN_S:g} s" if quiet_s > _OPEN_S else None
        if quiet_s > self._silent_after_s:
            return f"silent for {self._silent_after_s:g} s"
        if not worker.eye.frozen.frozen:
            return None
        reason = f"frozen for {worker.eye.frozen.after_s:g} s"
        self._error = reason
        self._gaps.broke(reason)
        # One new connection may help; more of them would only tire the camera.
        again, self._retried = not self._retried, True
        return reason if again else None

    @property
    def _silent_after_s(self) -> float:
        options = self._options
        if options.kind is not StreamKind.PICTURE:
            return options.silent_after_s
        return max(options.silent_after_s, 2 * options.fetch_every_s + _QUIET_S)

    def _state(self, worker: Worker | None) -> StreamState:
        if self._stopped:
            return StreamState.STOPPED
        if worker is None:
            return StreamState.WAITING
        if not worker.pulse.opened:
            return StreamState.CONNECTING
        if worker.eye.frozen.frozen:
            return StreamState.FROZEN
        quiet_after_s = max(min(_QUIET_S, self._silent_after_s / 2), 2 * self._options.every_s)
        return StreamState.SILENT if worker.pulse.quiet_s > quiet_after_s else StreamState.LIVE


def _frozen_after_s(options: StreamOptions) -> float:
    if options.kind is not StreamKind.PICTURE:
        return options.frozen_after_s
    return max(options.frozen_after_s, 3 * options.fetch_every_s)
