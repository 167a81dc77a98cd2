"""Who is told what happens during a watch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from detector.device import DeviceProblem
from detector.observation import Observation
from detector.pipeline.watch.health import CameraHealth


class WatchListener(Protocol):
    """Is told of everything worth telling, from several threads."""

    def begin(self, cameras: Sequence[str]) -> None:
        """The watch of these cameras, by id, begins."""
        ...

    def changed(self, camera: str, what: str) -> None:
        """A camera was added, changed or removed, or its stays could not go on."""
        ...

    def told(self, observation: Observation) -> None:
        """An observation was written, as new or in a further revision."""
        ...

    def problem(self, problem: DeviceProblem) -> None:
        """A camera's fault begins or is over."""
        ...

    def warn(self, camera: str | None, message: str) -> None:
        """Something went wrong, in masked words; None: with the watch as a whole."""
        ...

    def show(self, cameras: Sequence[CameraHealth]) -> None:
        """How the cameras are now; about once a second."""
        ...

    def end(self) -> None:
        """The watch is over."""
        ...


class Unbroken:
    """Tells another listener, and goes on where that one cannot write.

    A terminal that is gone or a full disk under a log must not end the watch.
    """

    def __init__(self, listener: WatchListener) -> None:
        self._listener = listener

    def begin(self, cameras: Sequence[str]) -> None:
        """See `WatchListener`."""
        with _unbroken():
            self._listener.begin(cameras)

    def changed(self, camera: str, what: str) -> None:
        """See `WatchListener`."""
        with _unbroken():
            self._listener.changed(camera, what)

    def told(self, observation: Observation) -> None:
        """See `WatchListener`."""
        with _unbroken():
            self._listener.told(observation)

    def problem(self, problem: DeviceProblem) -> None:
        """See `WatchListener`."""
        with _unbroken():
            self._listener.problem(problem)

    def warn(self, camera: str | None, message: str) -> None:
        """See `WatchListener`."""
        with _unbroken():
            self._listener.warn(camera, message)

    def show(self, cameras: Sequence[CameraHealth]) -> None:
        """See `WatchListener`."""
        with _unbroken():
            self._listener.show(cameras)

    def end(self) -> None:
        """See `WatchListener`."""
        with _unbroken():
            self._listener.end()


@contextmanager
def _unbroken() -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError):  # a stream that was closed raises ValueError
        return
