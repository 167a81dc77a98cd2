"""MJPEG by HTTP: each picture is a JPEG, and its time is that of its arrival."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from contextlib import ExitStack
from fractions import Fraction
from typing import cast

from av.packet import Packet
from av.video.codeccontext import VideoCodecContext

from detector.footage.clip import Remuxer, VideoPacket
from detector.footage.live.cancel import Cancel
from detector.footage.live.contract import StreamError, StreamOptions
from detector.footage.live.http import Fetcher
from detector.footage.live.multipart import boundary_of, parts
from detector.footage.live.source import prepared, silence

_LARGEST_PICTURE = 20_000_000
# The watchdog's patience ends before that of the socket, and says so in better words.
_GRACE_S = 2.0
_JPEG = b"\xff\xd8"
_MS = Fraction(1, 1000)


class Mjpeg:
    """An open MJPEG stream. Clips are not cut from it: hardly a player shows MJPEG in an MP4."""

    age_s = 0.0
    remuxer: Remuxer | None = None

    def __init__(self, options: StreamOptions, cancel: Cancel) -> None:
        """Open it; StreamError where it cannot be, or is no MJPEG."""
        silence()
        self.context = prepared(VideoCodecContext.create("mjpeg", "r"))
        fetcher = Fetcher(options, cancel)
        self._open = ExitStack()
        self._response = self._open.enter_context(
            fetcher.opened(fetcher.first, patience_s=options.silent_after_s + _GRACE_S)
        )
        try:
            self._boundary = boundary_of(self._response.headers)
        except BaseException:
            self._open.close()
            raise

    def packets(self) -> Iterator[VideoPacket]:
        """A packet for each picture; StreamError where the stream breaks off."""
        started_s = time.monotonic()
        try:
            for body in parts(self._response, self._boundary, _LARGEST_PICTURE):
                if not body.startswith(_JPEG):
                    raise StreamError("sends parts that are no JPEG")
                packet = cast("VideoPacket", Packet(body))
                packet.pts = packet.dts = round((time.monotonic() - started_s) * 1000)
                packet.time_base, packet.is_keyframe = _MS, True
                yield packet
        except TimeoutError:
            raise StreamError("keeps silent") from None
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise StreamError(f"breaks off ({type(error).__name__})") from None

    def close(self) -> None:
        """Close the connection."""
        self._open.close()
