"""What a running scan tells whoever listens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SourceEnd:
    """One source is over: what came of it, or why nothing did.

    `distrusted` looks showed no known view of the camera, so nothing was judged in them. `sparse_s`
    is how far apart looks usually are where that is too far for the camera's `gap_s`.
    """

    name: str
    size_bytes: int
    media_s: float = 0.0
    wall_s: float = 0.0
    looks: int = 0
    distrusted: int = 0
    sparse_s: float | None = None
    findings: tuple[tuple[str, int], ...] = ()
    error: str | None = None
    resumed: bool = False


class Listener(Protocol):
    """Is told of progress, from several threads."""

    def begin(self, sources: int, total_bytes: int) -> None:
        """The run starts."""
        ...

    def advance(self, name: str, share: float) -> None:
        """A source is at `share` (0 to 1) of its length."""
        ...

    def end_source(self, end: SourceEnd) -> None:
        """A source is over."""
        ...


class Silent:
    """Listens and says nothing."""

    def begin(self, sources: int, total_bytes: int) -> None:
        """Say nothing."""

    def advance(self, name: str, share: float) -> None:
        """Say nothing."""

    def end_source(self, end: SourceEnd) -> None:
        """Say nothing."""
