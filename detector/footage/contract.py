"""What every kind of footage offers: its facts, its looks, and its pictures once more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple, Protocol, TypeAlias

from detector.looks import Look, Picture, Size

Media: TypeAlias = Literal["video", "photo"]


class Stamp(NamedTuple):
    """What tells cheaply that a file is still the one it was."""

    size_bytes: int
    modified_ns: int


@dataclass(frozen=True, slots=True)
class FootageFile:
    """A file to look at; `name` is its display name, unique within a run.

    With `pieces` it is a folder that holds one recording in several files.
    """

    path: Path
    name: str
    media: Media
    pieces: tuple[FootageFile, ...] = ()

    @property
    def folder(self) -> Path:
        """The folder that it lies in, or is."""
        return self.path if self.pieces else self.path.parent

    def stamp(self) -> Stamp:
        """Size and time of change, of all pieces together; OSError where one is missing."""
        stats = [piece.path.stat() for piece in self.pieces or (self,)]
        return Stamp(sum(it.st_size for it in stats), max(it.st_mtime_ns for it in stats))


@dataclass(frozen=True, slots=True)
class GeoTag:
    """Where a photo was taken: WGS-84 degrees, radius in metres, and the aware time if known."""

    lat: float
    lon: float
    accuracy_m: float
    at: datetime | None


@dataclass(frozen=True, slots=True)
class FootageInfo:
    """The facts of an opened file.

    `size` is that of the upright picture in pixels, `sha256` that of the file's bytes,
    `started_at` the aware wall time of t = 0; None where unknown.
    """

    name: str
    path: Path
    media: Media
    sha256: str
    size: Size
    duration_s: float | None
    started_at: datetime | None
    geotag: GeoTag | None


class Footage(Protocol):
    """An opened file; each iteration opens the file anew, so several may run side by side."""

    @property
    def info(self) -> FootageInfo:
        """The facts of the file."""
        ...

    @property
    def frames_decoded(self) -> int:
        """How many pictures were decoded so far, whether they became looks or not."""
        ...

    @property
    def decode_s(self) -> float:
        """Seconds spent so far on decoding, and on copying what became a look."""
        ...

    @property
    def damaged(self) -> int:
        """How often decoding failed, which was skipped, or gave a picture with damaged parts."""
        ...

    def looks(self, every_s: float, after_s: float | None = None) -> Iterator[Look]:
        """The first picture at or after each multiple of `every_s` stream seconds.

        Zero or less gives every picture. With `after_s`, the time of a look, exactly those that
        a full run gives after that one. SourceError where nothing can be decoded.
        """
        ...

    def pictures_at(self, times_s: Sequence[float]) -> Iterator[tuple[float, Picture]]:
        """The pictures of the looks at these stream seconds, in the order of time, each once.

        SourceError where there is no picture at one of the times.
        """
        ...

    def clip(self, from_s: float, until_s: float) -> bytes | None:
        """An MP4 of what was recorded between two stream seconds, not encoded again.

        It begins at the key frame before. None where the footage is no film, or is encoded in a
        way that MP4 does not carry.
        """
        ...
