"""A video file as looks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TypeAlias
from zoneinfo import ZoneInfo

from av.video.frame import VideoFrame

from detector.errors import SourceError
from detector.footage.clip import cut_clip
from detector.footage.clock import aware_start, creation_time, later
from detector.footage.contract import FootageFile, FootageInfo
from detector.footage.decoder import Tally
from detector.footage.grid import Sampler, to_ms
from detector.footage.limits import check_video_size
from detector.footage.opened import OpenedFile
from detector.footage.opening import fingerprint, open_video
from detector.footage.pixels import picture_of
from detector.footage.plan import keys_suffice, length_s, on_clock, plan
from detector.footage.reader import Reader
from detector.footage.sequence import all_frames
from detector.footage.sidecar import Sidecar, read_sidecar
from detector.footage.timeline import Timeline, read_timeline
from detector.looks import Look, Picture, Size

TimedFrame: TypeAlias = tuple[int, VideoFrame]


@dataclass(frozen=True)
class _Facts:
    """What the packets and headers of a file say, before anything is decoded."""

    timeline: Timeline | None
    sidecar: Sidecar | None
    duration_s: float | None
    created_at: datetime | None


class VideoFootage(OpenedFile):
    """An opened video; see `contract.Footage`. Each iteration opens the file anew."""

    def __init__(
        self, file: FootageFile, zone: ZoneInfo | None = None, starts_at: datetime | None = None
    ) -> None:
        """Read the facts of a file and decode its first picture.

        SourceError where it cannot be read, is above the limits, or holds nothing to decode.
        """
        super().__init__(file)
        sha256 = fingerprint(file)
        self._facts = facts = _read_facts(file, zone)
        started_at = aware_start(file.name, starts_at, zone) or facts.created_at
        if facts.sidecar is not None:
            # A time lapse was not recorded at the pace of its container.
            started_at = facts.sidecar.started_at or aware_start(file.name, starts_at, zone)
        self._info = FootageInfo(
            name=file.name,
            path=file.path,
            media="video",
            sha256=sha256,
            size=self._first_size(),
            duration_s=facts.duration_s,
            started_at=started_at,
            geotag=None,
        )
        self._tally = Tally()

    def looks(self, every_s: float, after_s: float | None = None) -> Iterator[Look]:
        """The first picture at or after each multiple of `every_s` seconds; see `Footage`."""
        sampler = Sampler(every_s, after_s)
        for time_ms, frame in self._frames(every_s, after_s):
            if sampler.takes(time_ms):
                t_s = time_ms / 1000
                yield Look(t_s, later(self._info.started_at, t_s), self._picture(frame))

    def pictures_at(self, times_s: Sequence[float]) -> Iterator[tuple[float, Picture]]:
        """The pictures of the looks at these stream seconds, rising, each once; see `Footage`."""
        wanted = sorted({to_ms(time_s) for time_s in times_s})
        for frames in self._tries(wanted):
            for time_ms, frame in frames:
                if not wanted:
                    return
                if time_ms == wanted[0]:
                    yield time_ms / 1000, self._picture(frame)
                    del wanted[0]
        if wanted:
            raise SourceError(
                f"{self._file.name}: has no picture at {wanted[0] / 1000} s; if the file was "
                "changed since it was scanned, scan it again"
            )

    def clip(self, from_s: float, until_s: float) -> bytes | None:
        """What was recorded between two stream seconds, as MP4; see `Footage`.

        None for a time lapse: the pace of its film is not that of its clock.
        """
        return None if self._facts.sidecar else cut_clip(self._file, from_s, until_s)

    def _picture(self, frame: VideoFrame) -> Picture:
        with self._tally.timed():
            return picture_of(frame)

    def _frames(self, every_s: float, after_s: float | None) -> Iterator[TimedFrame]:
        """The frames that a sampler finds the looks among."""
        timeline = self._facts.timeline
        if timeline is None:
            return all_frames(self._file, self._facts.sidecar, self._tally)
        keys_only = keys_suffice(timeline, every_s) and self._keys_stand_alone
        planned = plan(timeline, every_s, after_s, keys_only)
        reader = Reader(self._file, timeline, self._tally)
        rows = planned.rows.tolist()
        frames = reader.key_frames(rows) if planned.keys_only else reader.frames(rows)
        return _on_time(frames, timeline)

    def _tries(self, wanted_ms: list[int]) -> Iterator[Iterator[TimedFrame]]:
        """Ways to the pictures at these times; each next one is for damaged files alone."""
        timeline = self._facts.timeline
        if timeline is None:
            yield all_frames(self._file, self._facts.sidecar, self._tally)
            return
        reader = Reader(self._file, timeline, self._tally)
        for seeks in (True, False):
            yield _on_time(reader.frames(timeline.rows_at(wanted_ms), seeks), timeline)
        keys = [row for row in timeline.rows_at(wanted_ms) if timeline.key[row]]
        yield _on_time(reader.key_frames(keys), timeline)

    @cached_property
    def _keys_stand_alone(self) -> bool:
        """Whether a key frame within the file can be decoded without what stands before it.

        Streams that refresh a part of the picture at a time mark key frames that cannot.
        """
        timeline = self._facts.timeline
        keys = [] if timeline is None else timeline.key_rows[1:2].tolist()
        if timeline is None or not keys:
            return True
        reader = Reader(self._file, timeline, Tally())
        return next(reader.key_frames(keys), None) is not None

    def _first_size(self) -> Size:
        timeline = self._facts.timeline
        frames: Iterator[TimedFrame]
        if timeline is None:
            frames = all_frames(self._file, None, self._tally)
        else:
            reader = Reader(self._file, timeline, self._tally)
            frames = reader.frames(timeline.shown.tolist())
        for _, frame in frames:
            size = picture_of(frame).size
            check_video_size(self._file.name, size)
            return size
        raise SourceError(
            f"{self._file.name}: no picture in it can be decoded; copy it from the camera again, "
            "or convert it to MP4 (H.264)"
        )


def _on_time(frames: Iterator[tuple[int, VideoFrame]], timeline: Timeline) -> Iterator[TimedFrame]:
    for row, frame in frames:
        time_ms = int(timeline.times_ms[row])
        if time_ms >= 0:
            yield time_ms, frame


def _read_facts(file: FootageFile, zone: ZoneInfo | None) -> _Facts:
    sidecar = read_sidecar(file.path, zone)
    video = open_video(file)
    try:
        container, stream = video.container, video.stream
        texts = (container.metadata.get("creation_time"), stream.metadata.get("creation_time"))
        created_at = next((at for text in texts if (at := creation_time(text, zone))), None)
        timeline = read_timeline(container, stream)
        if timeline is not None:
            timeline = on_clock(timeline, sidecar) if sidecar is not None else timeline
            return _Facts(timeline, sidecar, length_s(timeline), created_at)
        stated_s = container.duration / 1e6 if container.duration else None
        if sidecar is not None:
            stated_s = float(sidecar.times_ms[-1]) / 1000
        return _Facts(None, sidecar, stated_s, created_at)
    finally:
        video.close()
