from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from detector.footage import ahead


def workers() -> int:
    return sum(thread.name == "footage-ahead" for thread in threading.enumerate())


def test_the_items_come_in_their_order() -> None:
    assert list(ahead(iter(range(100)), depth=3)) == list(range(100))
    assert workers() == 0


def test_the_work_runs_ahead_but_not_further_than_asked() -> None:
    made: list[int] = []

    def items() -> Iterator[int]:
        for number in range(50):
            made.append(number)
            yield number

    running = ahead(items(), depth=3)
    assert next(running) == 0
    time.sleep(0.1)
    assert 4 <= len(made) <= 5
    running.close()  # type: ignore[attr-defined]


def test_an_error_travels_to_the_consumer_after_the_items_before_it() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise KeyError("broken")

    running = ahead(items())
    assert next(running) == 1
    with pytest.raises(KeyError, match="broken"):
        next(running)
    assert workers() == 0


def test_closing_early_ends_the_thread_and_closes_the_source() -> None:
    closed = threading.Event()

    def items() -> Iterator[int]:
        try:
            while True:
                yield 0
        finally:
            closed.set()

    running = ahead(items(), depth=2)
    next(running)
    assert workers() == 1
    started = time.monotonic()
    running.close()  # type: ignore[attr-defined]
    assert time.monotonic() - started < 1
    assert closed.is_set()
    assert workers() == 0


def test_an_unused_generator_starts_no_thread() -> None:
    ahead(iter([1]))
    assert workers() == 0


def test_a_depth_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        ahead(iter([1]), depth=0)
