"""A recorded file, played as if live."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from detector.errors import SourceError
from detector.footage.clip import Remuxer, VideoPacket
from detector.footage.contract import FootageFile
from detector.footage.live.cancel import Cancel
from detector.footage.live.clock import Clock
from detector.footage.live.contract import StreamError, StreamOptions
from detector.footage.live.source import prepared
from detector.footage.opening import OpenVideo, open_video
from detector.footage.timeline import packets, stamp_of


class Film:
    """Gives the packets of a file at the times that their stamps say."""

    age_s = 0.0

    def __init__(self, options: StreamOptions, clock: Clock, cancel: Cancel) -> None:
        """Open the file; StreamError where it cannot be read."""
        path = Path(options.address)
        self._file = FootageFile(path, path.name, "video")
        self._loop = options.loop
        self._clock = clock
        self._cancel = cancel
        self._video = self._opened()
        self.context = prepared(self._video.stream.codec_context)
        self.remuxer: Remuxer | None = Remuxer(self._video.stream)

    def packets(self) -> Iterator[VideoPacket]:
        """The packets, each when it is due; ends with the file where it is not looped."""
        started_s = self._clock.steady_s()
        base: int | None = None
        shift = 0
        while True:
            least, most, step = None, 0, 1
            for packet in packets(self._video.container, self._video.stream):
                stamp = stamp_of(packet, self._video.stream)
                if stamp is None:
                    continue
                base = stamp if base is None else base
                least = stamp if least is None else min(least, stamp)
                most, step = max(most, stamp), packet.duration or step
                packet.pts = stamp + shift
                packet.dts = None if packet.dts is None else packet.dts + shift
                due_s = float((packet.pts - base) * packet.time_base)
                wait_s = due_s - (self._clock.steady_s() - started_s)
                if wait_s > 0 and self._clock.wait(self._cancel.gone, wait_s):
                    return
                yield packet
            if not self._loop or least is None:
                return
            shift += most - least + step
            self._video.close()
            self._video = self._opened()

    def close(self) -> None:
        """Close the file."""
        self._video.close()

    def _opened(self) -> OpenVideo:
        try:
            return open_video(self._file)
        except SourceError as error:
            raise StreamError(str(error)) from error
