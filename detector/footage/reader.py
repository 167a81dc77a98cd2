"""Frames on demand: decodes what wanted pictures need, and as little else as possible."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Generator, Iterator, Sequence
from typing import TypeAlias

from av.video.frame import VideoFrame

from detector.footage.contract import FootageFile
from detector.footage.cursor import Cursor
from detector.footage.decoder import Tally
from detector.footage.timeline import Timeline

RowFrame: TypeAlias = tuple[int, VideoFrame]


class _Goals:
    """The wanted rows that have not come out of the decoder yet."""

    def __init__(self, rows: Sequence[int], timeline: Timeline) -> None:
        self.rows = [int(row) for row in rows]
        self.wanted = frozenset(self.rows)
        self._timeline = timeline
        self._done = 0
        self._find_key()

    def _find_key(self) -> None:
        self.open = self._done < len(self.rows)
        self.key = self._timeline.key_before(self.rows[self._done]) if self.open else 0

    def reached(self, row: int) -> None:
        """Note that this row came out, so that no row up to it will."""
        done = bisect_right(self.rows, row, lo=self._done)
        if done != self._done:
            self._done = done
            self._find_key()

    def need(self, row: int) -> bool:
        """Whether the packet of this row, next in the file, must be decoded."""
        places = self._timeline.places
        return self.open and bool(places[row] >= places[self.key])


class Reader:
    """Decodes the pictures of a file with a timeline."""

    def __init__(self, file: FootageFile, timeline: Timeline, tally: Tally) -> None:
        self._file = file
        self._timeline = timeline
        self._tally = tally

    def frames(self, rows: Sequence[int], seeks: bool = True) -> Iterator[RowFrame]:
        """The frames of these rising rows, and others that decoding them brings out, rising.

        Where a row cannot be decoded, the next one that can follows in its stead. Without
        `seeks` the file is read from its start, which files with a broken index need.
        """
        goals = _Goals(rows, self._timeline)
        with Cursor(self._file, self._timeline, self._tally, seeks=seeks) as cursor:
            while goals.open and (yield from self._run(cursor, goals)):
                pass

    def key_frames(self, rows: Sequence[int]) -> Iterator[RowFrame]:
        """The frames of these rising rows of key frames, each decoded on its own."""
        # Threads do nothing for a frame by itself.
        with Cursor(self._file, self._timeline, self._tally, threads=1) as cursor:
            for wanted in rows:
                key = next(cursor.from_key(int(wanted)), None)
                if key is None:
                    return
                frames = [*cursor.decoder.decode(key[1]), *cursor.decoder.drain()]
                yield from ((row, frame) for row, frame in self._rows(frames) if row == wanted)

    def _run(self, cursor: Cursor, goals: _Goals) -> Generator[RowFrame, None, bool]:
        """Decode from the key frame of the next goal; true where another run is needed."""
        start = goals.key
        more = False
        for row, packet in cursor.from_key(start):
            if not goals.need(row):
                more = True
                break
            frames = cursor.decoder.decode(packet, spare=row not in goals.wanted)
            yield from self._note(frames, start, goals)
        yield from self._note(cursor.decoder.drain(), start, goals)
        return more

    def _note(self, frames: list[VideoFrame], start: int, goals: _Goals) -> Iterator[RowFrame]:
        for row, frame in self._rows(frames):
            # Pictures before the key frame lean on what was not decoded.
            if row >= start:
                goals.reached(row)
                yield row, frame

    def _rows(self, frames: list[VideoFrame]) -> Iterator[RowFrame]:
        for frame in frames:
            row = None if frame.pts is None else self._timeline.row_of(frame.pts)
            if row is not None:
                yield row, frame
