"""Streams by HLS: playlists and segments are fetched by us, FFmpeg gets bytes alone."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import av
from av.container import InputContainer

from detector.footage.clip import VideoPacket
from detector.footage.limits import MAX_VIDEO_PX
from detector.footage.live.cancel import Cancel
from detector.footage.live.clock import Clock
from detector.footage.live.contract import StreamError, StreamOptions
from detector.footage.live.http import Bounds, Fetcher
from detector.footage.live.pacing import paced
from detector.footage.live.playlist import Playlist, Segment, parse_playlist
from detector.footage.live.source import Demuxed, silence, told

_PLAYLIST = Bounds(most_bytes=2_000_000, most_s=15.0)
_SEGMENT = Bounds(most_bytes=64_000_000, most_s=60.0)
# So far behind the newest segment a stream begins: one to show, one on its way.
_FROM_END = 2
_TS_SYNC = b"\x47"
_MP4_BOXES = (b"ftyp", b"styp", b"moov", b"moof")


class _Segments:
    """The segments of a stream from near its end on, as one file that is being written."""

    name = "segments"

    def __init__(self, options: StreamOptions, clock: Clock, cancel: Cancel) -> None:
        self._fetcher = Fetcher(options, cancel)
        self._clock = clock
        self._cancel = cancel
        self._address = options.address
        self._held = memoryview(b"")
        self._ended = False
        playlist = self._media_playlist()
        if not playlist.segments:
            raise StreamError("lists no segments yet")
        last = playlist.segments[-_FROM_END:]
        self._waiting: deque[Segment] = deque(last)
        self._newest = last[-1].number
        self._target_s, self._over = playlist.target_s, playlist.ended
        self._init = last[0].init
        self._first = True
        self._asked_s = clock.steady_s()
        self.age_s = sum(segment.length_s for segment in last)
        self.format = self._sniffed()

    def read(self, size: int) -> bytes:
        """The next bytes, none at the end; waits for the server to list more."""
        while not self._held and not self._ended:
            segment = self._next()
            if segment is None:
                self._ended = True
            else:
                self._held = memoryview(self._fetched(segment.address))
        chunk, self._held = self._held[:size], self._held[size:]
        return bytes(chunk)

    def _sniffed(self) -> str:
        """What FFmpeg is to take the segments for; it is not left to guess."""
        if self._init is not None:
            self._held = memoryview(self._fetched(self._init))
        self.read(0)
        if self._held[:1] == _TS_SYNC:
            return "mpegts"
        if self._held[4:8] in _MP4_BOXES:
            return "mp4"
        raise StreamError("has segments that are neither MPEG-TS nor MP4")

    def _next(self) -> Segment | None:
        """The next segment, None at the end or where another stream begins."""
        while not self._waiting:
            rest_s = self._asked_s + self._target_s / 2 - self._clock.steady_s()
            if self._over or self._clock.wait(self._cancel.gone, max(rest_s, 0.0)):
                return None
            self._refresh()
        segment = self._waiting.popleft()
        another = segment.breaks or segment.init != self._init
        if another and not self._first:
            return None
        self._first = False
        return segment

    def _refresh(self) -> None:
        self._asked_s = self._clock.steady_s()
        playlist = self._media_playlist()
        newer = [it for it in playlist.segments if it.number > self._newest]
        if not newer and playlist.segments and playlist.segments[-1].number < self._newest:
            raise StreamError("begins its playlist anew")
        self._waiting.extend(newer)
        self._over = playlist.ended
        if newer:
            self._newest = newer[-1].number

    def _media_playlist(self) -> Playlist:
        playlist = self._playlist(self._address)
        if playlist.variants:
            self._address = max(playlist.variants)[1]
            playlist = self._playlist(self._address)
            if playlist.variants:
                raise StreamError("lists playlists of playlists")
        return playlist

    def _playlist(self, address: str) -> Playlist:
        body = self._fetched(address, _PLAYLIST)
        return parse_playlist(body.decode("utf-8", "replace"), address)

    def _fetched(self, address: str, bounds: Bounds = _SEGMENT) -> bytes:
        return self._fetcher.fetch(self._fetcher.endpoint(address), bounds).body


class _Paced(Demuxed):
    """Segments come at once, and looks are to come one after the other."""

    def __init__(
        self, container: InputContainer, age_s: float, clock: Clock, cancel: Cancel
    ) -> None:
        super().__init__(container, age_s)
        self._clock = clock
        self._gone = cancel.gone

    def packets(self) -> Iterator[VideoPacket]:
        return paced(super().packets(), self._clock, self._gone)


def open_hls(options: StreamOptions, clock: Clock, cancel: Cancel) -> Demuxed:
    """Open a stream near its end; StreamError where it cannot be, or leads where it may not."""
    silence()
    segments = _Segments(options, clock, cancel)
    settings = {
        "protocol_whitelist": "none",
        "format_whitelist": "mpegts,mov,mp4,m4a,3gp,3g2,mj2",
        "analyzeduration": "500000",
        "fpsprobesize": "0",
        "max_pixels": str(MAX_VIDEO_PX),
    }
    try:
        container = av.open(segments, "r", format=segments.format, options=settings)
    except (av.FFmpegError, UnicodeError) as error:
        raise StreamError(told(error)) from None
    try:
        return _Paced(container, segments.age_s, clock, cancel)
    except BaseException:
        container.close()
        raise
