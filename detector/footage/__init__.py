"""Video files, photos and folders as looks with true clocks."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from detector.footage.ahead import ahead
from detector.footage.contract import Footage, FootageFile, FootageInfo, GeoTag
from detector.footage.discover import Discovery, discover
from detector.footage.photo import PhotoFootage
from detector.footage.video import VideoFootage

__all__ = [
    "Discovery",
    "Footage",
    "FootageFile",
    "FootageInfo",
    "GeoTag",
    "ahead",
    "discover",
    "open_footage",
]


def open_footage(
    file: FootageFile, *, timezone: ZoneInfo | None = None, starts_at: datetime | None = None
) -> Footage:
    """Open a video or photo.

    `timezone` is for local times without an offset (EXIF, a clock beside the video, a naive
    `starts_at`). The wall clock of a video comes from `<stem>.times.csv` beside it, else from
    `starts_at`, else from the container; that of a photo from its EXIF, else from `starts_at`.
    SourceError, with the file's name and a remedy, where the file cannot be used.
    """
    kind = VideoFootage if file.media == "video" else PhotoFootage
    return kind(file, timezone, starts_at)
