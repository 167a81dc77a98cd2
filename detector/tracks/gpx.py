"""GPX tracks, read with gpxpy. A file from outside is refused before it can do harm."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path

import gpxpy
from gpxpy.gpx import GPX, GPXTrackPoint

from detector.errors import TrackError
from detector.tracks.track import Fix, Track

# A day of fixes ten times a second.
LARGEST_BYTES = 200_000_000

# One sigma of a range to a satellite, receiver and echoes in streets included; times the
# dilution of precision (HDOP) it is the one-sigma radius.
RANGE_ERROR_M = 5.0

# The beginning of GPS time. An earlier fix comes from a clock that was never set.
FIRST_GPS_TIME = datetime(1980, 1, 6, tzinfo=UTC)

# Entities can grow a small file to gigabytes ("billion laughs") or read other files, and a GPX
# file needs none. In UTF-8 these bytes are what an XML parser looks for as well.
DOCUMENT_TYPE = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)

# gpxpy looks for xmlns...= with a pattern whose time is quadratic where no "=" follows.
RUNAWAY_NAMESPACE = re.compile(rb"\sxmlns[^=]{200}")


def read_gpx(path: Path) -> Track:
    """The track points of a GPX 1.0 or 1.1 file, of all its tracks and segments, by their times.

    Times without a zone are UTC, as the format has it. Points without a time, with a time before
    GPS began or with a position off the globe are left out. Accuracy is HDOP times
    `RANGE_ERROR_M` where the file has an HDOP. Raises TrackError when no fix is left or the file
    is no GPX.
    """
    document = _parsed(path, _text(path, _bytes(path)))
    points = [
        point for track in document.tracks for part in track.segments for point in part.points
    ]
    if not points:
        raise TrackError(f"{path}: holds no track points; export the track, not route or waypoints")
    if not any(point.time for point in points):
        raise TrackError(
            f"{path}: none of its {len(points)} track points has a time, so a picture cannot be "
            "placed by it; export the track with times"
        )
    fixes = [fix for point in points for fix in _fixes(point)]
    if not fixes:
        raise TrackError(
            f"{path}: none of its {len(points)} track points has both a sound time and a position "
            "on the globe; set the receiver's clock or record the track again"
        )
    return Track.of(fixes)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise TrackError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    if len(content) > LARGEST_BYTES:
        raise TrackError(f"{path}: is larger than {LARGEST_BYTES / 1e6:.0f} MB; split the track")
    return content


def _text(path: Path, content: bytes) -> str:
    if DOCUMENT_TYPE.search(content):
        raise TrackError(f"{path}: declares a document type or entities; remove the <!DOCTYPE part")
    if RUNAWAY_NAMESPACE.search(content):
        raise TrackError(f"{path}: has a malformed xmlns declaration; export the track again")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TrackError(f"{path}: is not UTF-8; save it as UTF-8") from error


def _parsed(path: Path, text: str) -> GPX:
    # gpxpy and the parser below it raise errors of many classes on malformed files.
    try:
        return gpxpy.parse(text)
    except Exception as error:
        fault = " ".join(str(error).split())[:200]
        raise TrackError(f"{path}: is not a GPX file ({fault}); export the track again") from error


def _fixes(point: GPXTrackPoint) -> Iterator[Fix]:
    at = _utc(point.time)
    lat, lon = point.latitude, point.longitude
    if at is None or not (abs(lat) <= 90 and abs(lon) <= 180):
        return
    yield Fix(at, lat, lon, _accuracy_m(point.horizontal_dilution))


def _accuracy_m(hdop: float | None) -> float | None:
    radius_m = (hdop or 0.0) * RANGE_ERROR_M
    return radius_m if isfinite(radius_m) and radius_m > 0 else None


def _utc(time: datetime | None) -> datetime | None:
    if time is None:
        return None
    # A zone of a day and more, or a time at the end of the calendar, is none.
    try:
        at = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at if at >= FIRST_GPS_TIME else None
