"""What the watch needs of its parts, so that it runs with others in their place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from threading import Event
from typing import TYPE_CHECKING, Protocol, TypeAlias

from detector.looks import Boxes, Look, LookBoxes, Picture

if TYPE_CHECKING:
    from detector.footage.live import Clip, Gap, LiveLook, StreamHealth, StreamOptions
    from detector.pipeline.fixed_view import Judged
    from detector.pipeline.sights import Prepared
    from detector.pipeline.view_rules import Asserted

Seer: TypeAlias = Callable[[list[Picture]], list[Boxes]]
"""Finds the boxes of each picture, in its pixels."""


class Stream(Protocol):
    """A live stream; see `LiveStream`."""

    def looks(self, wanted: Callable[[], bool]) -> Iterator[LiveLook]:
        """Looks as they come, until it is told to stop or a recording ends.

        One that is not `wanted` soon need not be made.
        """
        ...

    def health(self) -> StreamHealth:
        """How it is."""
        ...

    def clip(self, from_t_s: float, until_t_s: float) -> Clip | None:
        """What it showed between two stream seconds of the last few."""
        ...


StreamMaker: TypeAlias = "Callable[[StreamOptions, Event, Callable[[Gap], None]], Stream]"
"""Makes a stream that ends when the event is set, and tells its gaps."""


class Judge(Protocol):
    """Judges the looks of one camera, one call at a time; see `FixedView`."""

    def prepare(self, look: Look) -> Prepared:
        """What the model must see of a look."""
        ...

    def dropped(self) -> None:
        """A prepared look will not be judged."""
        ...

    def boxes(self, prepared: Prepared, seen: Sequence[Boxes]) -> LookBoxes | None:
        """The boxes of a look, from those of each of its views."""
        ...

    def judge(self, prepared: Prepared, boxes: LookBoxes | None) -> Judged:
        """What the rules say to a look."""
        ...

    def ongoing(self) -> list[Asserted]:
        """Violations that are open now."""
        ...

    def moments(self) -> set[float]:
        """Stream seconds of the looks whose pictures may yet be evidence."""
        ...

    def state(self) -> bytes:
        """What must be remembered over a restart."""
        ...

    def restore(self, state: bytes) -> None:
        """Go on from a state; ValueError when it is none."""
        ...
