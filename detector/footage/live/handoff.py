"""Looks on their way from the thread that decodes to the one that takes them."""

from __future__ import annotations

from collections import deque
from threading import Condition
from typing import Generic, TypeVar

T = TypeVar("T")

_DEPTH = 2


class Handoff(Generic[T]):
    """A short queue. A live stream does not wait: where nobody takes, the oldest is dropped."""

    def __init__(self, waits: bool) -> None:
        """With `waits` the giver waits for room in its stead."""
        self._waits = waits
        self._items: deque[T] = deque()
        self._changed = Condition()
        self._closed = False
        self.dropped = 0

    def put(self, item: T) -> None:
        """Hand one over; nothing where the taker is gone."""
        with self._changed:
            while self._waits and len(self._items) >= _DEPTH and not self._closed:
                self._changed.wait()
            if self._closed:
                return
            if len(self._items) >= _DEPTH:
                self._items.popleft()
                self.dropped += 1
            self._items.append(item)
            self._changed.notify_all()

    def take(self, patience_s: float) -> T | None:
        """The oldest, None where there is none within so many seconds."""
        with self._changed:
            if not self._items:
                self._changed.wait(patience_s)
            if not self._items:
                return None
            item = self._items.popleft()
            self._changed.notify_all()
            return item

    def close(self) -> None:
        """The taker goes: what is there is dropped, and a giver does not wait any more."""
        with self._changed:
            self._closed = True
            self._items.clear()
            self._changed.notify_all()
