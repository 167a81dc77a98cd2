"""The bounded queue in which looks of all cameras wait for the one model.

Cameras take turns, whatever their rates: the one that was served longest ago comes first, also
when its look was dropped meanwhile. Where the model cannot keep up, the oldest look of the
camera with the most waiting is dropped first, and counted: a fresh look says more than an old one.

A look that waits grows old, and has cost its decoding. So a camera can ask whether it is wanted
before it makes one: it is once its turn is near.
"""

from __future__ import annotations

import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Mapping
from itertools import islice, takewhile
from threading import Condition
from typing import Generic, TypeVar

T = TypeVar("T")

_ASKED_S = 2.0
"""A camera that has not asked again for so long may have none to give any more."""

_MADE_S = 0.5
"""A look that was wanted and did not come in this time did not come to be."""


class LookQueue(Generic[T]):
    """Holds at most `most` looks, at most `most_each` of one camera. Any thread may call it.

    The looks of one camera come out in their order, and none while an earlier batch of its looks
    is still being worked on: `take` lends the camera to the taker until `release`. `near` is how
    many looks ahead of a camera leave its turn near.
    """

    def __init__(
        self,
        *,
        most: int = 64,
        most_each: int = 1,
        near: int = 8,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        if most < 1 or most_each < 1:
            raise ValueError(f"a queue holds at least one look, not {most} and {most_each} each")
        self._most = most
        self._most_each = most_each
        self._near = near
        self._monotonic = monotonic
        self._asked_s: dict[str, float] = {}
        self._wanted_s: dict[str, float] = {}
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

    def wants(self, camera: str) -> bool:
        """Whether a camera should make a look now; one that should not keeps its turn and asks on.

        It should where few looks wait and few that asked lately are ahead of it, or where no look
        waits at all. That is its turn then, whether a look comes of it or not.
        """
        with self._changed:
            if camera in self._waiting:
                return False
            self._turns.setdefault(camera)
            now_s = self._asked_s[camera] = self._monotonic()
            coming = self._total() + self._made(now_s)
            if coming and coming + self._ahead(camera, now_s) >= self._near:
                return False
            del self._asked_s[camera]
            self._wanted_s[camera] = now_s
            self._turns.move_to_end(camera)
            return True

    def put(self, camera: str, look: T) -> None:
        """Add a camera's newest look; drops an older one where there is no room."""
        with self._changed:
            if self._closed:
                return
            self._turns.setdefault(camera)
            self._asked_s.pop(camera, None)
            self._wanted_s.pop(camera, None)
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
            self._asked_s.pop(camera, None)
            self._wanted_s.pop(camera, None)
            self._drops.pop(camera, None)

    def close(self) -> None:
        """Let all takers go; what waits is given up."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _total(self) -> int:
        return sum(map(len, self._waiting.values()))

    def _made(self, now_s: float) -> int:
        """How many looks are being made."""
        return sum(now_s - wanted_s < _MADE_S for wanted_s in self._wanted_s.values())

    def _ahead(self, camera: str, now_s: float) -> int:
        """How many cameras that asked lately come before this one, counted up to `near`."""
        before = takewhile(lambda it: it != camera, self._turns)
        asking = (it for it in before if now_s - self._asked_s.get(it, -_ASKED_S) < _ASKED_S)
        return sum(1 for _ in islice(asking, self._near))

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
