"""Progress of long work, with the time left."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

# Hears the stage, how far it is and how long it is.
Tell = Callable[[str, int, int], None]


def counter(tell: Tell, stage: str, total: int) -> Callable[[int], None]:
    """A function that hears how much more is done, and tells how much it is in all."""
    done = 0

    def advance(more: int, /) -> None:
        nonlocal done
        done += more
        tell(stage, done, total)

    return advance


class Teller:
    """A bar for each stage that has begun, on standard error."""

    def __init__(self) -> None:
        self.console = Console()
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left 剩余"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._tasks:
            self._progress.stop()

    def tell(self, stage: str, done: int, total: int) -> None:
        """How far a stage is."""
        self._progress.start()
        if stage not in self._tasks:
            self._tasks[stage] = self._progress.add_task(stage, total=total)
        self._progress.update(self._tasks[stage], completed=done, total=total)
