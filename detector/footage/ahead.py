"""Decoding ahead: an iterator that works in a thread of its own, a few items in front."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

_PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class _End:
    """What the thread puts last: the error that ended it, None for a proper end."""

    error: BaseException | None


class _Worker(Generic[T]):
    """Fills a bounded queue from an iterator until told to stop."""

    def __init__(self, items: Iterator[T], depth: int) -> None:
        self.filled: queue.Queue[T | _End] = queue.Queue(maxsize=depth)
        self._items = items
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="footage-ahead", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._fill()
        except BaseException as error:  # whatever it is, the consumer waits for it
            self.filled.put(_End(error))
        else:
            self.filled.put(_End(None))

    def _fill(self) -> None:
        try:
            for item in self._items:
                if self._stopped.is_set():
                    return
                self.filled.put(item)
        finally:
            close = getattr(self._items, "close", None)
            if close is not None:
                close()

    def stop(self) -> None:
        """End the thread; an item that is being made is made first, unless it hangs."""
        self._stopped.set()
        deadline = time.monotonic() + _PATIENCE_S
        while self._thread.is_alive() and time.monotonic() < deadline:
            # A blocked put needs room, and one more put can follow before the flag is seen.
            try:
                self.filled.get(timeout=0.01)
            except queue.Empty:
                continue


def ahead(items: Iterator[T], depth: int = 4) -> Iterator[T]:
    """The same items, made by a daemon thread up to `depth` items before they are asked for.

    Errors of the iterator are raised here. Closing this generator ends the thread and closes
    the iterator. ValueError where `depth` is below 1.
    """
    if depth < 1:
        raise ValueError("depth is at least 1")
    return _ahead(items, depth)


def _ahead(items: Iterator[T], depth: int) -> Iterator[T]:
    worker = _Worker(items, depth)
    try:
        while not isinstance(item := worker.filled.get(), _End):
            yield item
    finally:
        worker.stop()
    if item.error is not None:
        raise item.error
