"""Reading the packets of a video from a chosen key frame on, by seeking where that is shorter."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from types import TracebackType
from typing import Self, TypeAlias

import av
from av.packet import Packet
from av.video.stream import VideoStream

from detector.footage.contract import FootageFile
from detector.footage.decoder import THREADS, Decoder, Tally
from detector.footage.opening import OpenVideo, open_video
from detector.footage.timeline import Timeline, packets, stamp_of

# Reading on over this many packets costs less than a seek.
_NEAR_PACKETS = 200

RowPacket: TypeAlias = "tuple[int, Packet[VideoStream]]"


class Cursor:
    """A place in an open video; a context manager that closes the file.

    `decoder` decodes what the cursor reads; drain it before going to another key frame.
    """

    def __init__(
        self,
        file: FootageFile,
        timeline: Timeline,
        tally: Tally,
        *,
        threads: int = THREADS,
        seeks: bool = True,
    ) -> None:
        """Open the file; without `seeks` all of it is read from the start."""
        self._file = file
        self._threads = threads
        self._seeks = seeks
        self._timeline = timeline
        self._tally = tally
        self._at = 0
        self._video = self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._video.close()

    def from_key(self, row: int) -> Iterator[RowPacket]:
        """The packets with their rows from that of this key frame on, in the file's order."""
        place = self._place(row)
        if self._seeks and not 0 <= place - self._at <= _NEAR_PACKETS:
            self._seek(row)
        for here, packet in self._packets:
            self._at = self._place(here) + 1
            if self._at > place:
                yield here, packet

    def _place(self, row: int) -> int:
        return int(self._timeline.places[row])

    def _open(self) -> OpenVideo:
        video = open_video(self._file)
        self.decoder = Decoder(video.stream, self._tally, self._threads)
        self._packets = self._known(video)
        self._at = 0
        return video

    def _known(self, video: OpenVideo) -> Iterator[RowPacket]:
        """The packets that the timeline knows; a seek may land within one and garble it."""
        for packet in packets(video.container, video.stream):
            stamp = stamp_of(packet, video.stream)
            row = None if stamp is None else self._timeline.row_of(stamp)
            if row is not None:
                yield row, packet

    def _seek(self, row: int) -> None:
        """Go to the key frame or before it; from the start of the file where seeking fails."""
        # MP4 seeks by decoding time, which can lead beyond the key frame: then try one earlier.
        for target in (row, self._timeline.key_before(max(row - 1, 0))):
            if self._sought(target, self._place(row)):
                return
        self._video.close()
        self._video = self._open()

    def _sought(self, target: int, place: int) -> bool:
        stamp = int(self._timeline.stamps[target])
        try:
            self._video.container.seek(stamp, stream=self._video.stream)
        except av.FFmpegError:
            return False
        known = self._known(self._video)
        first = next(known, None)
        if first is None or self._place(first[0]) > place:
            return False
        self._packets = chain([first], known)
        self._at = self._place(first[0])
        return True
