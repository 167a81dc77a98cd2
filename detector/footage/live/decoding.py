"""The decoder of a live stream: one thread, no error is final, and its cost is counted."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import av
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from detector.errors import SourceError
from detector.footage.clip import VideoPacket
from detector.footage.decoder import Tally
from detector.footage.limits import check_video_size
from detector.footage.live.contract import StreamError
from detector.looks import Size


class LiveDecoder:
    """Decodes packets; counts frames, damaged ones and processor time in a tally."""

    def __init__(self, context: VideoCodecContext, tally: Tally) -> None:
        self._context = context
        self._tally = tally
        # As in a file: pictures that no other leans on can be left out.
        self._can_spare = context.name == "h264"
        self._size: tuple[int, int] | None = None

    def next(self, packet: VideoPacket, spare: bool) -> list[VideoFrame]:
        """The frames that this packet brings out; `spare` says that its own is of no use."""
        if self._can_spare:
            self._context.skip_frame = "NONREF" if spare else "DEFAULT"
        return self._frames(packet)

    def alone(self, packet: VideoPacket) -> list[VideoFrame]:
        """The frame of a key frame, without any before or after it."""
        return [*self.next(packet, spare=False), *self.drain()]

    def drain(self) -> list[VideoFrame]:
        """The frames still held back; the next packet must be a key frame."""
        frames = self._frames(None)
        if self._context.is_open:
            self._context.flush_buffers()
        return frames

    def _frames(self, packet: VideoPacket | None) -> list[VideoFrame]:
        with timed(self._tally):
            try:
                frames = self._context.decode(packet)
            except av.FFmpegError:
                self._tally.damaged += 1
                return []
        self._tally.frames += len(frames)
        for frame in frames:
            if (frame.width, frame.height) != self._size:
                self._size = (frame.width, frame.height)
                _check(Size(*self._size))
        return frames


@contextmanager
def timed(tally: Tally) -> Iterator[None]:
    """Add the processor time of this thread that is spent inside."""
    started_s = time.thread_time()
    try:
        yield
    finally:
        tally.decode_s += time.thread_time() - started_s


def _check(size: Size) -> None:
    try:
        check_video_size("the stream", size)
    except SourceError as error:
        raise StreamError(str(error)) from None
