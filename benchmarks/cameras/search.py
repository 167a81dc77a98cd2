"""The largest number of cameras that is held, in few trials."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

STEP = 1.25
NEAR = 0.04
"""Neighbours this close, as a share, are not told apart any more."""


class Tried(Protocol):
    """What a trial came to."""

    @property
    def cameras(self) -> int:
        """How many there were."""
        ...

    @property
    def held(self) -> bool:
        """Whether they were held."""
        ...


T = TypeVar("T", bound=Tried)


def search(attempt: Callable[[int], T], first: int, most_trials: int) -> list[T]:
    """Trials around the largest number that is held, beginning with `first`.

    In steps of a quarter until the limit lies between two of them, then halfway each time.
    """
    tried: list[T] = []
    cameras = first
    while len(tried) < most_trials:
        tried.append(attempt(cameras))
        following = _next(tried)
        if following is None:
            break
        cameras = following
    return tried


def most_held(tried: Sequence[Tried]) -> int:
    """The largest number that was held below the least that was not; 0 where none was."""
    least_lost = min((it.cameras for it in tried if not it.held), default=None)
    held = [it.cameras for it in tried if it.held]
    return max((it for it in held if least_lost is None or it < least_lost), default=0)


def _next(tried: Sequence[Tried]) -> int | None:
    low = most_held(tried)
    high = min((it.cameras for it in tried if not it.held), default=None)
    if high is None:
        return max(low + 1, round(low * STEP))
    if low == 0:
        return max(1, round(high / STEP)) if high > 1 else None
    if high - low <= max(1.0, NEAR * low):
        return None
    return (low + high) // 2
