"""One recording in pieces: the files of a folder in the order of their clocks, as one footage."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf
from zoneinfo import ZoneInfo

from detector.errors import SourceError
from detector.footage.clock import aware_start, later
from detector.footage.contract import Footage, FootageFile, FootageInfo
from detector.footage.decoder import Tally
from detector.footage.grid import Sampler, to_ms
from detector.footage.opened import OpenedFile
from detector.footage.opening import fingerprint
from detector.footage.photo import PhotoFootage
from detector.footage.video import VideoFootage
from detector.looks import Look, Picture


@dataclass(frozen=True, slots=True)
class _Piece:
    """A file of the recording, and its seconds since the beginning: up to the next piece's."""

    file: FootageFile
    from_s: float
    until_s: float

    def holds(self, t_s: float) -> bool:
        """Whether a look at this time is taken from this piece."""
        return self.from_s <= t_s < self.until_s


class ArchiveFootage(OpenedFile):
    """An opened folder; see `contract.Footage`. The digest is that of the digests of its pieces.

    Each piece is opened when its time comes, and is counted when it is done. A piece that cannot
    be read is counted in `damaged`, and its time passes unseen. What a piece shows beyond the
    start of the next one is left out.
    """

    def __init__(self, file: FootageFile, zone: ZoneInfo | None, name_time: str | None) -> None:
        """Put the pieces in order; SourceError where one has no clock or none can be read."""
        super().__init__(file)
        self._zone = zone
        told = [(self._start(piece, name_time), piece) for piece in file.pieces]
        starts = sorted(
            ((at, piece) for at, piece in told if at is not None),
            key=lambda it: (it[0].astimezone(UTC), it[1].name),
        )
        if not starts:
            raise SourceError(f"{file.name}: none of its {len(told)} files can be read")
        began = starts[0][0]
        # Two times of one zone differ by the hands of its clock, which winter turns back.
        offsets = [(at.astimezone(UTC) - began.astimezone(UTC)).total_seconds() for at, _ in starts]
        self._pieces = [
            _Piece(it, from_s, until_s)
            for (_, it), from_s, until_s in zip(starts, offsets, [*offsets[1:], inf], strict=True)
        ]
        self._began = began
        first = next(self._open_all(self._pieces), None)
        if first is None:
            raise SourceError(f"{file.name}: none of its {len(starts)} files can be read")
        self._info = FootageInfo(
            name=file.name,
            path=file.path,
            media="video",
            sha256=_digest([piece.file for piece in self._pieces]),
            size=first[1].info.size,
            duration_s=self._pieces[-1].from_s or first[1].info.duration_s,
            started_at=began,
            geotag=None,
        )
        self._tally = Tally(damaged=len(told) - len(starts))

    def looks(self, every_s: float, after_s: float | None = None) -> Iterator[Look]:
        """The first picture at or after each multiple of `every_s` seconds; see `Footage`."""
        sampler = Sampler(every_s, after_s)
        begin = 0 if after_s is None else self._at(after_s)
        for piece, footage in self._open_all(self._pieces[begin:]):
            try:
                for look in footage.looks(every_s):
                    t_s = to_ms(piece.from_s + look.t_s) / 1000
                    if piece.holds(t_s) and sampler.takes(to_ms(t_s)):
                        yield Look(t_s, later(self._began, t_s), look.picture)
            except SourceError:
                self._tally.damaged += 1

    def pictures_at(self, times_s: Sequence[float]) -> Iterator[tuple[float, Picture]]:
        """The pictures of the looks at these seconds, rising, each once; see `Footage`."""
        wanted = sorted(set(times_s))
        for piece in self._pieces:
            own = {to_ms(it - piece.from_s) / 1000: it for it in wanted if piece.holds(it)}
            if own:
                footage = open_piece(piece.file, self._zone, None)
                for own_s, picture in footage.pictures_at(list(own)):
                    yield own[own_s], picture

    def clip(self, from_s: float, until_s: float) -> bytes | None:
        """What was recorded between two stream seconds, from the piece in which they begin."""
        piece = self._pieces[self._at(from_s)]
        if piece.file.media == "photo":
            return None
        footage = open_piece(piece.file, self._zone, None)
        return footage.clip(from_s - piece.from_s, until_s - piece.from_s)

    def _at(self, t_s: float) -> int:
        return next(index for index, it in enumerate(self._pieces) if t_s < it.until_s)

    def _open_all(self, pieces: Sequence[_Piece]) -> Iterator[tuple[_Piece, Footage]]:
        for piece in pieces:
            try:
                footage = open_piece(piece.file, self._zone, None)
            except SourceError:
                self._tally.damaged += 1
                continue
            yield piece, footage
            self._tally.frames += footage.frames_decoded
            self._tally.decode_s += footage.decode_s
            self._tally.damaged += footage.damaged

    def _start(self, piece: FootageFile, name_time: str | None) -> datetime | None:
        """When a piece begins, None where only it could tell and cannot be read."""
        if name_time is not None:
            return time_in_name(piece, name_time, self._zone)
        try:
            at = open_piece(piece, self._zone, None).info.started_at
        except SourceError:
            return None
        if at is None:
            raise SourceError(
                f"{piece.name}: has no clock, so its place in the recording is unknown; say with "
                "--name-time how file names tell the time, such as %Y%m%d_%H%M%S"
            )
        return at


def open_piece(
    file: FootageFile, zone: ZoneInfo | None, starts_at: datetime | None
) -> VideoFootage | PhotoFootage:
    """A single video or photo."""
    kind = VideoFootage if file.media == "video" else PhotoFootage
    return kind(file, zone, starts_at)


def time_in_name(file: FootageFile, pattern: str, zone: ZoneInfo | None) -> datetime:
    """The aware time that a file's name tells by a strptime pattern, in `zone`.

    SourceError where the name does not follow the pattern, or there is no zone.
    """
    try:
        told = datetime.strptime(file.path.stem, pattern)  # noqa: DTZ007 - the zone is added
    except ValueError as error:
        raise SourceError(
            f"{file.name}: the name does not tell a time as --name-time {pattern!r} has it"
        ) from error
    at = aware_start(file.name, told, zone)
    assert at is not None, "a start that is given stays given"
    return at


def _digest(files: Sequence[FootageFile]) -> str:
    total = hashlib.sha256()
    for file in files:
        try:
            total.update(bytes.fromhex(fingerprint(file)))
        except SourceError:
            total.update(file.name.encode("utf-8", "backslashreplace"))
    return total.hexdigest()
