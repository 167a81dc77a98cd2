"""The thread of one camera: it takes the looks from the stream and lines them up for the model."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread

from detector.address import mask_address
from detector.looks import Look
from detector.pipeline.watch.contracts import Stream

FIRST_PAUSE_S = 5.0
LONGEST_PAUSE_S = 300.0


class Runner:
    """Reads one stream until `stop` is set or it is over, whatever happens to it.

    The stream itself opens what broke off anew; what still gets through is told in masked words
    and tried again after a pause that doubles up to five minutes.
    """

    def __init__(
        self,
        stream: Stream,
        stop: Event,
        put: Callable[[Look], None],
        warn: Callable[[str], None],
        wanted: Callable[[], bool],
    ) -> None:
        self._stream = stream
        self._stop = stop
        self._put = put
        self._warn = warn
        self._wanted = wanted
        self._over = Event()
        self._thread = Thread(target=self._run, name="camera", daemon=True)

    @property
    def over(self) -> bool:
        """Whether the stream came to its end, as only a recording does."""
        return self._over.is_set()

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def join(self, timeout_s: float) -> bool:
        """Whether the thread came to its end in time after `stop` was set."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._stop.is_set():
            try:
                for look in self._stream.looks(self._wanted):
                    self._put(Look(look.t_s, look.at, look.picture))
                    pause_s = FIRST_PAUSE_S
            except Exception as error:
                self._warn(mask_address(f"the stream failed, {type(error).__name__}: {error}"))
                self._stop.wait(pause_s)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            else:
                self._over.set()
                return
