"""Decoding packets: failures are counted and passed over, never raised."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import av
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from detector.footage.timeline import stamp_of

# More than a small machine has cores: a decoder that waits for one frame then has others to go on
# with while the model takes its share. Eight hold 25 MB of 1080p pictures.
THREADS = 8


@dataclass
class Tally:
    """What was done so far: frames decoded, failures and damaged frames, seconds spent on both."""

    frames: int = 0
    damaged: int = 0
    decode_s: float = 0.0

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Add the time spent inside to `decode_s`."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.decode_s += time.perf_counter() - started


class Decoder:
    """The decoder of one stream."""

    def __init__(self, stream: VideoStream, tally: Tally, threads: int = THREADS) -> None:
        self._stream = stream
        self._context = stream.codec_context
        self._context.thread_type = "AUTO" if threads > 1 else "SLICE"
        self._context.thread_count = threads
        self._tally = tally
        # B frames that nothing refers to: H.264 marks them, and leaving them out alters nothing.
        self._can_spare = self._context.name == "h264"

    def decode(self, packet: Packet[VideoStream], spare: bool = False) -> list[VideoFrame]:
        """The frames that this packet brings out, in the order of time.

        `spare` says that the packet's own picture is of no use unless others refer to it.
        """
        if self._can_spare:
            self._context.skip_frame = "NONREF" if spare else "DEFAULT"
        if packet.pts is None:
            packet.pts = stamp_of(packet, self._stream)
        return self._frames(packet)

    def drain(self) -> list[VideoFrame]:
        """The frames still held back; after it the next packet must be a key frame."""
        frames = self._frames(None)
        if self._context.is_open:
            self._context.flush_buffers()
        return frames

    def _frames(self, packet: Packet[VideoStream] | None) -> list[VideoFrame]:
        with self._tally.timed():
            try:
                frames = self._context.decode(packet)
            except av.FFmpegError:
                self._tally.damaged += 1
                return []
        # Pictures with damaged parts are kept: which ones FFmpeg marks depends on its threads, and
        # a resumed run must give the same looks. Those after them are no better, and not marked.
        self._tally.frames += len(frames)
        self._tally.damaged += sum(frame.is_corrupt for frame in frames)
        return frames
