"""Workers that take the looks of all cameras in batches to the one model."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from threading import Thread

from detector.looks import Look
from detector.pipeline.watch.contracts import Seer
from detector.pipeline.watch.post import Post, Sight
from detector.pipeline.watch.queue import LookQueue


@dataclass(frozen=True, slots=True)
class Waiting:
    """A look in the queue, and the post that will judge it."""

    post: Post
    look: Look


@dataclass(frozen=True, slots=True)
class _Ready:
    post: Post
    sight: Sight


class Engine:
    """Prepares, sees and judges looks; a fault in one camera's look costs the others nothing.

    With two workers, one prepares and judges while the other's batch is in the model.
    """

    def __init__(
        self,
        queue: LookQueue[Waiting],
        see: Seer,
        warn: Callable[[str], None],
        *,
        batch: int = 4,
        workers: int = 2,
    ) -> None:
        self._queue = queue
        self._see = see
        self._warn = warn
        self._batch = batch
        self._threads = [
            Thread(target=self._work, name=f"engine-{number}", daemon=True)
            for number in range(workers)
        ]

    def start(self) -> None:
        """Begin to work."""
        for thread in self._threads:
            thread.start()

    @property
    def alive(self) -> bool:
        """Whether any worker is at work."""
        return any(thread.is_alive() for thread in self._threads)

    def stop(self, timeout_s: float) -> bool:
        """Stop after the batches at hand; whether all workers did so in time."""
        self._queue.close()
        until = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        return not self.alive

    def work_once(self, timeout_s: float | None = None) -> bool:
        """Judge one batch; False when the queue is closed or stayed empty."""
        batch = self._queue.take(self._batch, timeout_s)
        try:
            self._judge([entry for _, entry in batch])
        finally:
            for camera in {camera for camera, _ in batch}:
                self._queue.release(camera)
        return bool(batch)

    def _work(self) -> None:
        goes_on = True
        while goes_on:
            try:
                goes_on = self.work_once()
            except Exception as error:
                self._warn(f"a batch of looks failed, {type(error).__name__}: {error}")

    def _judge(self, batch: list[Waiting]) -> None:
        ready = [it for entry in batch if (it := _prepare(entry)) is not None]
        if not ready:
            return
        pictures = [view for it in ready for view in it.sight.views]
        started = time.perf_counter()
        try:
            seen = iter(self._see(pictures) if pictures else [])
        except Exception as error:
            for it in ready:
                it.post.fail("the model failed on a look", error, dropped=True)
            return
        per_view_s = (time.perf_counter() - started) / max(1, len(pictures))
        for it in ready:
            boxes = list(islice(seen, len(it.sight.views)))
            try:
                it.post.judge(it.sight.prepared, boxes, per_view_s * len(boxes))
            except Exception as error:
                it.post.fail("a look could not be judged", error)


def _prepare(entry: Waiting) -> _Ready | None:
    try:
        sight = entry.post.prepare(entry.look)
        return None if sight is None else _Ready(entry.post, sight)
    except Exception as error:
        entry.post.fail("a look could not be prepared", error)
        return None
