"""What the looks of one camera cost, as a running mean over the last minutes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

WEIGHT = 0.02
"""Of the newest look in a mean: about the last fifty looks count."""


class Costs:
    """Milliseconds per look, and the share of looks for which the model was not asked."""

    def __init__(self, perf_counter: Callable[[], float] = time.perf_counter) -> None:
        self._perf_counter = perf_counter
        self._taken_s = 0.0
        self._look_ms: float | None = None
        self._saved: float | None = None

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Count the time of this block to the look at hand."""
        started = self._perf_counter()
        try:
            yield
        finally:
            self._taken_s += self._perf_counter() - started

    def end_look(self, model_s: float, *, saved: bool) -> None:
        """The look at hand is done; the model took `model_s` seconds of it."""
        self._look_ms = _mean(self._look_ms, (self._taken_s + model_s) * 1000)
        self._saved = _mean(self._saved, float(saved))
        self._taken_s = 0.0

    @property
    def look_ms(self) -> float:
        """Mean milliseconds per look, 0 before the first."""
        return self._look_ms or 0.0

    @property
    def saved_share(self) -> float:
        """Mean share of looks without the model, 0 before the first."""
        return self._saved or 0.0


def _mean(mean: float | None, value: float) -> float:
    return value if mean is None else mean + WEIGHT * (value - mean)
