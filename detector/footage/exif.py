"""Where and when a photo was taken, from its EXIF; broken entries count as absent."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import TypeAlias
from zoneinfo import ZoneInfo

from PIL import Image

from detector.footage.clock import plausible
from detector.footage.contract import GeoTag

Ifd: TypeAlias = Mapping[int, object]

_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825
_ORIENTATION = 0x0112
_TIME, _OFFSET = 0x9003, 0x9011
_LAT_REF, _LAT, _LON_REF, _LON, _GPS_TIME, _ACCURACY = 1, 2, 3, 4, 7, 31

_USUAL_ACCURACY_M = 15.0
_QUARTER_S = 900
_DAY_S = 86_400
_OFFSET_TEXT = re.compile(r"([+-])(\d\d):?(\d\d)")


@dataclass(frozen=True, slots=True)
class ExifFacts:
    """`orientation` 1 to 8 as EXIF has it, the aware time and the place, None where unknown."""

    orientation: int
    taken_at: datetime | None
    geotag: GeoTag | None


def read_exif(image: Image.Image, zone: ZoneInfo | None) -> ExifFacts:
    """The facts in a picture's EXIF; `zone` is for a time that has no offset otherwise."""
    main, details, gps = _ifds(image)
    value = main.get(_ORIENTATION)
    orientation = value if isinstance(value, int) and 1 <= value <= 8 else 1
    taken_at = _taken_at(details, gps, zone)
    return ExifFacts(orientation, taken_at, _geotag(gps, taken_at))


def _ifds(image: Image.Image) -> tuple[Ifd, Ifd, Ifd]:
    # Pillow parses on demand, and fails in as many ways as there are broken files.
    try:
        exif = image.getexif()
        main = dict(exif)
    except Exception:
        return {}, {}, {}
    return main, _ifd(exif, _EXIF_IFD), _ifd(exif, _GPS_IFD)


def _ifd(exif: Image.Exif, tag: int) -> Ifd:
    try:
        return dict(exif.get_ifd(tag))
    except Exception:
        return {}


def _number(value: object) -> float:
    """A float, NaN for what is none, such as a fraction with a zero below."""
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return math.nan


def _triple(value: object) -> tuple[float, float, float] | None:
    if not isinstance(value, tuple) or len(value) != 3:
        return None
    first, second, third = (_number(part) for part in value)
    if not all(math.isfinite(part) and part >= 0 for part in (first, second, third)):
        return None
    return first, second, third


def _degrees(parts: object, ref: object, positive: str, negative: str) -> float | None:
    triple = _triple(parts)
    letter = ref.strip("\0 ")[:1].upper() if isinstance(ref, str) else ""
    if triple is None or letter not in (positive, negative):
        return None
    degrees = triple[0] + triple[1] / 60 + triple[2] / 3600
    return -degrees if letter == negative else degrees


def _geotag(gps: Ifd, at: datetime | None) -> GeoTag | None:
    lat = _degrees(gps.get(_LAT), gps.get(_LAT_REF), "N", "S")
    lon = _degrees(gps.get(_LON), gps.get(_LON_REF), "E", "W")
    if lat is None or lon is None or abs(lat) > 90 or abs(lon) > 180:
        return None
    if lat == 0 and lon == 0:  # what receivers write before they have a fix
        return None
    accuracy_m = _number(gps.get(_ACCURACY))
    if not (math.isfinite(accuracy_m) and accuracy_m > 0):
        accuracy_m = _USUAL_ACCURACY_M
    return GeoTag(lat, lon, accuracy_m, at)


def _taken_at(details: Ifd, gps: Ifd, zone: ZoneInfo | None) -> datetime | None:
    text = details.get(_TIME)
    if not isinstance(text, str):
        return None
    try:
        local = datetime.strptime(text.strip("\0 "), "%Y:%m:%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    if not plausible(local):
        return None
    own_zone: tzinfo | None = _stated_offset(details) or _gps_offset(local, gps) or zone
    return None if own_zone is None else local.replace(tzinfo=own_zone)


def _stated_offset(details: Ifd) -> timezone | None:
    text = details.get(_OFFSET)
    match = _OFFSET_TEXT.fullmatch(text.strip("\0 ")) if isinstance(text, str) else None
    if match is None:
        return None
    minutes = int(match[2]) * 60 + int(match[3])
    if minutes > 14 * 60:
        return None
    return timezone(timedelta(minutes=-minutes if match[1] == "-" else minutes))


def _gps_offset(local: datetime, gps: Ifd) -> timezone | None:
    """The camera's offset from UTC by the time of day of the two clocks.

    Not by their dates: there are cameras that write a GPS date one day off.
    """
    triple = _triple(gps.get(_GPS_TIME))
    if triple is None or triple[0] >= 24 or triple[1] >= 60 or triple[2] > 60:
        return None
    utc_s = triple[0] * 3600 + triple[1] * 60 + triple[2]
    local_s = local.hour * 3600 + local.minute * 60 + local.second
    ahead_s = (local_s - utc_s + _DAY_S / 2) % _DAY_S - _DAY_S / 2
    return timezone(timedelta(seconds=round(ahead_s / _QUARTER_S) * _QUARTER_S))
