"""Clips: a stretch of a video as an MP4 of its own, without decoding or encoding anything."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import TypeAlias, cast

import av
from av.bitstream import BitStreamFilterContext
from av.packet import Packet
from av.video.stream import VideoStream

from detector.errors import SourceError
from detector.footage.contract import FootageFile
from detector.footage.opening import OpenVideo, open_video
from detector.footage.timeline import Timeline, packets, read_timeline, stamp_of
from detector.looks import Size

VideoPacket: TypeAlias = "Packet[VideoStream]"

# What browsers play from an MP4, or a desk's player does. To each the filter that writes the
# headers, which MP4 and RTSP keep apart, into the first packet, from where the muxer takes them.
_HEADERS = {
    "h264": "h264_mp4toannexb",
    "hevc": "hevc_mp4toannexb",
    "mpeg4": "dump_extra",
    "av1": None,
    "vp9": None,
}
_START_CODES = (b"\0\0\1", b"\0\0\0\1")
_LARGEST_BYTES = 200_000_000


@dataclass(frozen=True)
class Clip:
    """An MP4; `from_t_s` and `until_t_s` are the stream seconds of its first and last picture."""

    data: bytes = field(repr=False)
    from_t_s: float
    until_t_s: float


class Remuxer:
    """Makes MP4s of the packets of one stream; it outlives the stream, and threads may share it."""

    def __init__(self, stream: VideoStream) -> None:
        """Take from an open stream what a muxer must know."""
        context = stream.codec_context
        self._codec = context.codec.canonical_name
        self._size = Size(context.width, context.height)
        self._filter: BitStreamFilterContext | None = None
        self._lock = Lock()
        extradata = context.extradata or b""
        wanted = _HEADERS.get(self._codec)
        if wanted is not None and extradata:
            in_band = extradata.startswith(_START_CODES)
            self._filter = BitStreamFilterContext("dump_extra" if in_band else wanted, stream)

    def mp4(self, run: Sequence[VideoPacket]) -> bytes | None:
        """An MP4 of these packets, in the order of decoding from a key frame on; they stay as is.

        None where the coding or the time stamps do not go into an MP4.
        """
        if self._codec not in _HEADERS or not run:
            return None
        file = io.BytesIO()
        try:
            with self._lock, av.open(file, "w", format="mp4") as out:
                width, height = self._size
                made = out.add_mux_stream(self._codec, width=width, height=height)
                stream = cast("VideoStream", made)
                for packet in self._with_headers(_from_zero(run)):
                    packet.stream = stream
                    out.mux(packet)
        except (av.FFmpegError, ValueError):
            return None
        return file.getvalue()

    def _with_headers(self, run: Iterator[VideoPacket]) -> Iterator[VideoPacket]:
        if self._filter is None:
            yield from run
            return
        self._filter.flush()
        for packet in run:
            tick_s = packet.time_base
            # The filter takes the packet's content away.
            for filtered in self._filter.filter(packet):
                filtered.time_base = tick_s
                yield filtered


def _from_zero(run: Sequence[VideoPacket]) -> Iterator[VideoPacket]:
    """Copies whose first picture is at 0 and whose decoding times rise."""
    first = run[0].pts or 0
    last: int | None = None
    # Streams do not say how long a picture is shown, and MP4 would leave the last one out.
    usual = max(_span(run) // max(len(run) - 1, 1), 1)
    for packet in run:
        # Pictures before the key frame lean on what is not there.
        if packet.pts is None or packet.pts < first:
            continue
        dts = packet.pts if packet.dts is None else packet.dts
        last = dts if last is None else max(dts, last + 1)
        copy = cast("VideoPacket", Packet(bytes(packet)))
        copy.pts, copy.dts = packet.pts - first, last - first
        copy.duration = packet.duration or usual
        copy.time_base, copy.is_keyframe = packet.time_base, packet.is_keyframe
        yield copy


def _span(run: Sequence[VideoPacket]) -> int:
    stamps = [packet.pts for packet in run if packet.pts is not None]
    return max(stamps) - min(stamps) if stamps else 0


def cut_clip(file: FootageFile, from_s: float, until_s: float) -> bytes | None:
    """An MP4 of what a recording shows between two stream seconds, from the key frame before.

    None where it is no recording that can be read, where its coding or its time stamps do not go
    into an MP4, where nothing lies between the times, or where it would be too large.
    """
    try:
        video = open_video(file)
    except SourceError:
        return None
    try:
        timeline = read_timeline(video.container, video.stream)
        if timeline is None:
            return None
        return _cut(video, timeline, round(from_s * 1000), round(until_s * 1000))
    except av.FFmpegError:
        return None
    finally:
        video.close()


def _cut(video: OpenVideo, timeline: Timeline, from_ms: int, until_ms: int) -> bytes | None:
    times_ms = timeline.times_ms[timeline.shown]
    inside = timeline.shown[times_ms <= until_ms]
    if not len(inside) or times_ms[-1] < from_ms:
        return None
    before = timeline.shown[times_ms <= from_ms]
    key = timeline.key_before(int(before[-1] if len(before) else inside[0]))
    return Remuxer(video.stream).mp4(_read(video, timeline, key, int(inside[-1])))


def _read(video: OpenVideo, timeline: Timeline, key: int, last: int) -> list[VideoPacket]:
    """The packets from a key frame's row to a row; empty where they are too many to hold."""
    # MP4 seeks by decoding time, which can lead beyond the key frame: the one before it is safe.
    start = timeline.key_before(max(key - 1, 0))
    video.container.seek(int(timeline.stamps[start]), stream=video.stream)
    places = timeline.places
    end = int(places[: last + 1].max())
    run: list[VideoPacket] = []
    size = 0
    for packet in packets(video.container, video.stream):
        stamp = stamp_of(packet, video.stream)
        row = None if stamp is None else timeline.row_of(stamp)
        if row is None or places[row] < places[key]:
            continue
        if places[row] > end:
            break
        # A picture after the end is kept where one before it leans on it.
        packet.pts = stamp
        run.append(packet)
        size += packet.size
        if size > _LARGEST_BYTES:
            return []
    return run
