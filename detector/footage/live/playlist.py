"""HLS playlists: parsed by us, because FFmpeg would open whatever they name."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from urllib.parse import urljoin

from detector.footage.live.contract import StreamError

_MOST_LINES = 20_000
_ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"]*"|[^",]*)')


@dataclass(frozen=True)
class Segment:
    """A piece of a stream; `init` is the address of what must be read before it."""

    number: int
    address: str
    length_s: float
    breaks: bool
    init: str | None


@dataclass(frozen=True)
class Playlist:
    """A playlist: of segments, or of other playlists (bandwidth and address)."""

    segments: tuple[Segment, ...]
    variants: tuple[tuple[int, str], ...]
    target_s: float
    ended: bool


def parse_playlist(text: str, address: str) -> Playlist:
    """Take a playlist apart that was fetched from this address.

    StreamError for what is none, and for what is not understood: encryption, byte ranges.
    """
    lines = text.removeprefix("\ufeff").split("\n")
    if not lines[0].strip().startswith("#EXTM3U") or len(lines) > _MOST_LINES:
        raise StreamError("sends no HLS playlist")
    reader = _Reader(address)
    for line in lines[1:]:
        reader.read(line.strip())
    return Playlist(tuple(reader.segments), tuple(reader.variants), reader.target_s, reader.ended)


class _Reader:
    def __init__(self, address: str) -> None:
        self._address = address
        self.segments: list[Segment] = []
        self.variants: list[tuple[int, str]] = []
        self.target_s = 6.0
        self.ended = False
        self._number = 0
        self._length_s: float | None = None
        self._bandwidth: int | None = None
        self._breaks = False
        self._init: str | None = None

    def read(self, line: str) -> None:
        if not line:
            return
        if not line.startswith("#"):
            self._address_line(urljoin(self._address, line))
            return
        tag, _, value = line.partition(":")
        match tag:
            case "#EXTINF":
                self._length_s = _number(value.partition(",")[0])
            case "#EXT-X-STREAM-INF":
                self._bandwidth = round(_number(_attributes(value).get("BANDWIDTH", "0")))
            case "#EXT-X-DISCONTINUITY":
                self._breaks = True
            case "#EXT-X-ENDLIST":
                self.ended = True
            case _:
                self._setting(tag, value)

    def _setting(self, tag: str, value: str) -> None:
        match tag:
            case "#EXT-X-TARGETDURATION":
                self.target_s = min(max(_number(value), 0.5), 60.0)
            case "#EXT-X-MEDIA-SEQUENCE":
                self._number = round(_number(value))
            case "#EXT-X-MAP":
                uri = _attributes(value).get("URI", "")
                self._init = urljoin(self._address, uri)
            case "#EXT-X-KEY" if _attributes(value).get("METHOD") != "NONE":
                raise StreamError("is encrypted")
        if tag == "#EXT-X-BYTERANGE" or (tag == "#EXT-X-MAP" and "BYTERANGE" in value):
            raise StreamError("is split by byte ranges, which is not supported")

    def _address_line(self, address: str) -> None:
        if self._bandwidth is not None:
            self.variants.append((self._bandwidth, address))
            self._bandwidth = None
        elif self._length_s is not None:
            segment = Segment(self._number, address, self._length_s, self._breaks, self._init)
            self.segments.append(segment)
            self._number += 1
            self._length_s, self._breaks = None, False


def _attributes(value: str) -> dict[str, str]:
    return {name: text.strip('"') for name, text in _ATTRIBUTE.findall(value)}


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number < 1e15:
        raise StreamError("sends a playlist with a faulty number")
    return number
