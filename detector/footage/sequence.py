"""Frames of a file whose time stamps are not to be trusted: decoded from its start, in order."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TypeAlias

from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from detector.errors import SourceError
from detector.footage.contract import FootageFile
from detector.footage.decoder import Decoder, Tally
from detector.footage.opening import OpenVideo, open_video
from detector.footage.sidecar import Sidecar
from detector.footage.timeline import packets

TimedFrame: TypeAlias = tuple[int, VideoFrame]

_USUAL_RATE = Fraction(25)


class _Clock:
    """Rising milliseconds from 0: the frame's own time, else the average rate after the last."""

    def __init__(self, stream: VideoStream) -> None:
        self._step_ms = float(1000 / (stream.average_rate or stream.guessed_rate or _USUAL_RATE))
        self._tick_ms = float(1000 * (stream.time_base or Fraction(1, 90_000)))
        self._origin: int | None = None
        self._last_ms = 0.0

    def tell(self, frame: VideoFrame) -> int:
        """Stream time of the next frame in milliseconds."""
        stamp = frame.pts if frame.pts is not None else frame.dts
        if self._origin is None:
            self._origin = stamp or 0
            return 0
        time_ms = (stamp - self._origin) * self._tick_ms if stamp is not None else -1.0
        # A time that does not rise is missing, double, or after the clock was set back.
        self._last_ms = time_ms if time_ms >= self._last_ms + 1 else self._last_ms + self._step_ms
        return round(self._last_ms)


def all_frames(file: FootageFile, sidecar: Sidecar | None, tally: Tally) -> Iterator[TimedFrame]:
    """Every frame that can be decoded with its stream time in milliseconds, rising.

    SourceError where a sidecar's rows cannot be given to the pictures without doubt.
    """
    video = open_video(file)
    try:
        clock = _Clock(video.stream)
        damaged = tally.damaged
        for rank, frame in enumerate(_decoded(video, tally)):
            if sidecar is None:
                yield clock.tell(frame), frame
                continue
            if rank >= len(sidecar.times_ms) or tally.damaged > damaged:
                raise SourceError(
                    f"{sidecar.name}: its rows cannot be matched to the pictures of {file.name}, "
                    "which is damaged or longer; write it anew, or take it away"
                )
            yield int(sidecar.times_ms[rank]), frame
    finally:
        video.close()


def _decoded(video: OpenVideo, tally: Tally) -> Iterator[VideoFrame]:
    decoder = Decoder(video.stream, tally)
    for packet in packets(video.container, video.stream):
        yield from decoder.decode(packet)
    yield from decoder.drain()
