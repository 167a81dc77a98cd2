"""Video files, photos and folders as looks with true clocks."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from detector.footage.ahead import ahead
from detector.footage.archive import ArchiveFootage, open_piece, time_in_name
from detector.footage.contract import Footage, FootageFile, FootageInfo, GeoTag
from detector.footage.discover import Discovery, discover

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
    file: FootageFile,
    *,
    timezone: ZoneInfo | None = None,
    starts_at: datetime | None = None,
    name_time: str | None = None,
) -> Footage:
    """Open a video, a photo, or a folder that holds one recording in pieces.

    `timezone` is for local times without an offset (EXIF, a clock beside the video, a naive
    `starts_at`). The wall clock of a video comes from `<stem>.times.csv` beside it, else from
    `starts_at`, else from the container; that of a photo from its EXIF, else from `starts_at`.
    `name_time` is a strptime pattern for times in file names; it comes before all of these.
    SourceError, with the file's name and a remedy, where the file cannot be used.
    """
    if file.pieces:
        return ArchiveFootage(file, timezone, name_time)
    named = None if name_time is None else time_in_name(file, name_time, timezone)
    return open_piece(file, timezone, named or starts_at)
