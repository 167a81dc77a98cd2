"""The bounded queue in which looks of all cameras wait for the one model.

Cameras take turns, whatever their rates: the one that was served longest ago comes first, also
when its look was dropped meanwhile. Where the model cannot keep up, the oldest look of the
camera with the most waiting is dropped first, and counted: a fresh look says more than an old one.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import Mapping
from threading import Condition
from typing import Generic, TypeVar

T = TypeVar("T")


class LookQueue(Generic[T]):
    """Holds at most `most` looks, at most `most_each` of one camera. Any thread may call it.

    The looks of one camera come out in their order, and none while an earlier batch of its looks
    is still being worked on: `take` lends the camera to the taker until `release`.
    """

    def __init__(self, *, most: int = 64, most_each: int = 2) -> None:
        if most < 1 or most_each < 1:
            raise ValueError(f"a queue holds at least one look, not {most} and {most_each} each")
        self._most = most
        self._most_each = most_each
        self._waiting: dict[str, deque[T]] = {}
        self._turns: OrderedDict[str, None] = OrderedDict()
        self._lent: set[str] = set()
        self._drops: Counter[str] = Counter()
        self._closed = False
        self._changed = Condition()

    def __len__(self) -> int:
        with self._changed:
            return self._total()

    @property
    def drops(self) -> Mapping[str, int]:
        """How many looks of each camera were dropped."""
        with self._changed:
            return dict(self._drops)

    def put(self, camera: str, look: T) -> None:
        """Add a camera's newest look; drops an older one where there is no room."""
        with self._changed:
            if self._closed:
                return
            self._turns.setdefault(camera)
            own = self._waiting.setdefault(camera, deque())
            own.append(look)
            if len(own) > self._most_each:
                self._drop(camera)
            elif self._total() > self._most:
                self._drop(self._fullest())
            self._changed.notify()

    def take(self, most: int, timeout_s: float | None = None) -> list[tuple[str, T]]:
        """Up to `most` looks, one camera after the other; waits for the first.

        Empty when the queue is closed or nothing came within `timeout_s` seconds. Each camera in
        the batch is lent: `release` it when its looks are judged.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._ready(), timeout_s)
            if self._closed:
                return []
            batch: list[tuple[str, T]] = []
            free = self._waiting.keys() - self._lent
            while len(batch) < most and (camera := self._next(free)) is not None:
                batch.append((camera, self._pop(camera)))
                self._lent.add(camera)
            return batch

    def release(self, camera: str) -> None:
        """A lent camera is free again: its next look may be taken."""
        with self._changed:
            self._lent.discard(camera)
            self._changed.notify()

    def forget(self, camera: str) -> None:
        """A camera left: its waiting looks and its count of drops are forgotten."""
        with self._changed:
            self._waiting.pop(camera, None)
            self._turns.pop(camera, None)
            self._drops.pop(camera, None)

    def close(self) -> None:
        """Let all takers go; what waits is given up."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _total(self) -> int:
        return sum(map(len, self._waiting.values()))

    def _ready(self) -> bool:
        return any(camera not in self._lent for camera in self._waiting)

    def _next(self, free: set[str]) -> str | None:
        return next((it for it in self._turns if it in free and it in self._waiting), None)

    def _pop(self, camera: str) -> T:
        look = self._shorten(camera)
        self._turns.move_to_end(camera)
        return look

    def _drop(self, camera: str) -> None:
        self._shorten(camera)
        self._drops[camera] += 1

    def _shorten(self, camera: str) -> T:
        own = self._waiting[camera]
        oldest = own.popleft()
        if not own:
            del self._waiting[camera]
        return oldest

    def _fullest(self) -> str:
        """The camera with the most waiting; of several, the one that was served last."""
        waiting = (it for it in reversed(self._turns) if it in self._waiting)
        return max(waiting, key=lambda it: len(self._waiting[it]))
