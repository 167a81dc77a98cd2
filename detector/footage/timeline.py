"""The pictures of a video without decoding it: their times and key frames, from its packets."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import av
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream
from numpy.typing import NDArray

# H.264 and H.265 hold back at most 16 pictures: packets further from their place in the order
# of time mean that the clock was set back within the file.
_MOST_REORDERING = 32
_MOST_FAILURES = 16


@dataclass(frozen=True)
class Timeline:
    """The pictures of a stream in the order of time, one row each, all (n,).

    `stamps` are presentation times in ticks, rising; `places` the packets' places in the file;
    `key` marks key frames; `times_ms` stream time, negative before the first picture shown.
    """

    stamps: NDArray[np.int64]
    places: NDArray[np.int64]
    key: NDArray[np.bool_]
    times_ms: NDArray[np.int64]

    def row_of(self, stamp: int) -> int | None:
        """The row with this presentation time, None where there is none."""
        row = int(np.searchsorted(self.stamps, stamp))
        return row if row < len(self.stamps) and int(self.stamps[row]) == stamp else None

    def key_before(self, row: int) -> int:
        """The row of the last key frame at or before this row, the first one where none is."""
        rows = self.key_rows
        return int(rows[max(int(np.searchsorted(rows, row, side="right")) - 1, 0)])

    def rows_at(self, times_ms: list[int]) -> list[int]:
        """The rows shown at these rising stream times, without those that have no row."""
        wanted = np.array(times_ms, dtype=np.int64)
        rows = np.searchsorted(self.times_ms, wanted)
        there = rows < len(self.times_ms)
        rows, wanted = rows[there], wanted[there]
        return [int(row) for row in rows[self.times_ms[rows] == wanted]]

    @cached_property
    def key_rows(self) -> NDArray[np.int64]:
        """The rows of the key frames, rising."""
        return np.flatnonzero(self.key)

    @cached_property
    def shown(self) -> NDArray[np.int64]:
        """The rows at or after stream time 0, rising."""
        return np.flatnonzero(self.times_ms >= 0)


@dataclass
class _Packets:
    """What the packets of a stream say, in their order in the file."""

    stamps: array[int] = field(default_factory=lambda: array("q"))
    key: bytearray = field(default_factory=bytearray)
    discarded: bytearray = field(default_factory=bytearray)
    unstamped: int = 0


def packets(container: InputContainer, stream: VideoStream) -> Iterator[Packet[VideoStream]]:
    """The stream's packets; what cannot be read is passed over, as far as reading goes on."""
    failures = 0
    while failures < _MOST_FAILURES:
        try:
            for packet in container.demux(stream):
                if packet.size:
                    yield packet
        except av.FFmpegError:
            failures += 1
        except IndexError:
            continue  # PyAV trips over each packet of a stream that appears within the file
        else:
            return


def stamp_of(packet: Packet[VideoStream], stream: VideoStream) -> int | None:
    """A packet's presentation time in ticks, None where it has none.

    AVI has decoding times alone; without reordering they are the same.
    """
    if packet.pts is None and not stream.codec_context.has_b_frames:
        return packet.dts
    return packet.pts


def read_timeline(container: InputContainer, stream: VideoStream) -> Timeline | None:
    """Read all packets of a stream.

    None where the time stamps do not tell the pictures apart (missing, double or set back), so
    that only decoding from the start can.
    """
    seen = _Packets()
    for packet in packets(container, stream):
        stamp = stamp_of(packet, stream)
        if stamp is None:
            seen.unstamped += 1
            continue
        seen.stamps.append(stamp)
        seen.key.append(packet.is_keyframe)
        seen.discarded.append(packet.is_discard)
    if seen.unstamped or not any(seen.key):
        return None
    return _in_order(seen, stream.time_base or Fraction(1, 90_000))


def _in_order(seen: _Packets, tick_s: Fraction) -> Timeline | None:
    stamps = np.array(seen.stamps, dtype=np.int64)
    key = np.array(seen.key, dtype=np.bool_)
    order = np.argsort(stamps, kind="stable")
    ordered = stamps[order]
    displaced = np.abs(order - np.arange(len(order))).max()
    # Nothing before the first key frame can be decoded, and an edit list hides what it discards.
    visible = ~np.array(seen.discarded, dtype=np.bool_) & (stamps >= stamps[key].min())
    if displaced > _MOST_REORDERING or (np.diff(ordered) <= 0).any() or not visible.any():
        return None
    ticks_ms = 1000 * tick_s
    since = (ordered - stamps[visible].min()).astype(np.float64)
    times_ms = np.rint(since * ticks_ms.numerator / ticks_ms.denominator).astype(np.int64)
    return Timeline(ordered, order.astype(np.int64), key[order], times_ms)
