"""What every kind of stream of packets offers, and the errors that FFmpeg ends them with."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Protocol

import av
import av.logging
from av.container import InputContainer
from av.stream import Discard
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from detector.footage.clip import Remuxer, VideoPacket
from detector.footage.limits import MAX_VIDEO_PX, check_video_size
from detector.footage.live.contract import StreamError
from detector.footage.opening import has_decoder
from detector.looks import Size

_MOST_EARLY = 256
_USUAL_STEP_S = Fraction(1, 25)


class Source(Protocol):
    """An open stream of coded pictures; opening raises StreamError where it fails.

    `age_s` is how old the first picture is known to be when it arrives. `remuxer` is None where
    no clips can be cut.
    """

    age_s: float
    remuxer: Remuxer | None
    context: VideoCodecContext

    def packets(self) -> Iterator[VideoPacket]:
        """The packets in the order of decoding; ends where the stream ends, or by StreamError."""
        ...

    def close(self) -> None:
        """Close the stream; call it in the thread that reads."""
        ...


class Demuxed:
    """A stream that FFmpeg takes apart."""

    def __init__(self, container: InputContainer, age_s: float = 0.0) -> None:
        """Find the pictures in an open container; StreamError where there are none to decode."""
        self.age_s = age_s
        self._container = container
        self._stream = _picture_stream(container)
        self.context = prepared(self._stream.codec_context)
        self.remuxer: Remuxer | None = Remuxer(self._stream)

    def packets(self) -> Iterator[VideoPacket]:
        """The packets in the order of decoding; StreamError where the stream breaks off."""
        try:
            # Where pictures are shown in another order than they come, no time can be guessed.
            most_early = 0 if self._stream.codec_context.has_b_frames else _MOST_EARLY
            yield from _stamped(self._container.demux(self._stream), most_early)
        except (av.FFmpegError, IndexError) as error:
            # PyAV trips over the packets of a stream that appears late.
            raise StreamError(told(error)) from None

    def close(self) -> None:
        """Close the container."""
        self._container.close()


def _stamped(packets: Iterator[VideoPacket], most_early: int) -> Iterator[VideoPacket]:
    """Packets with presentation times; the first ones of RTSP have none, a key frame among them.

    They get theirs from the first packet that has one, at the usual pace.
    """
    early: list[VideoPacket] | None = []
    for packet in packets:
        stamp = packet.pts if packet.pts is not None else packet.dts
        if not packet.size or (stamp is None and early is None):
            continue
        if stamp is None:
            early = [*(early or []), packet][:most_early]
            continue
        if early:
            step = packet.duration or round(_USUAL_STEP_S / packet.time_base)
            for place, before in enumerate(early):
                before.pts = stamp - step * (len(early) - place)
            yield from early
        early = None
        packet.pts = stamp
        yield packet


def silence() -> None:
    """FFmpeg writes addresses, logins and all, to the terminal unless told not to."""
    av.logging.set_level(None)
    av.logging.set_libav_level(av.logging.PANIC)


def prepared(context: VideoCodecContext) -> VideoCodecContext:
    """A decoder that takes one thread, that of its stream, and no picture above the limit."""
    context.options = {"max_pixels": str(MAX_VIDEO_PX)}
    context.thread_type = "SLICE"
    context.thread_count = 1
    return context


def told(error: Exception) -> str:
    """What FFmpeg ran into, in words that hold no address."""
    match error:
        case av.HTTPUnauthorizedError():
            return "refuses the user name or the password"
        case av.HTTPNotFoundError():
            return "has no such address"
        case TimeoutError():
            return "does not answer"
        case ConnectionRefusedError():
            return "refuses the connection"
    words = getattr(error, "strerror", None) or type(error).__name__
    return f"cannot be read ({words})"


def _picture_stream(container: InputContainer) -> VideoStream:
    streams = [stream for stream in container.streams.video if has_decoder(stream)]
    if not streams:
        raise StreamError("holds no moving pictures that can be decoded")
    chosen = max(streams, key=lambda stream: stream.width * stream.height)
    if chosen.width and chosen.height:
        check_video_size("the stream", Size(chosen.width, chosen.height))
    for stream in container.streams:
        if stream is not chosen:
            stream.discard = Discard.all
    return chosen
