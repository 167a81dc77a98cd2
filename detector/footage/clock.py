"""Wall clocks: from what a file and its user say to the aware time of a picture."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from detector.errors import SourceError

# A camera with an unset clock writes the epoch of its format (1904, 1970, 1980) or a bit later.
_EARLIEST = datetime(2000, 1, 2, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)


def plausible(at: datetime) -> bool:
    """Whether an aware time can be the time of a recording, not of an unset clock."""
    return _EARLIEST <= at.astimezone(UTC) < _LATEST


def later(at: datetime | None, by_s: float) -> datetime | None:
    """An aware time so many real seconds later, in the same zone; None stays None."""
    if at is None:
        return None
    # Arithmetic within a zone counts wall hours, which is wrong over a change to summer time.
    try:
        return (at.astimezone(UTC) + timedelta(seconds=by_s)).astimezone(at.tzinfo)
    except OverflowError:  # a damaged time stamp, tens of thousands of years away
        return None


def aware_start(name: str, starts_at: datetime | None, zone: ZoneInfo | None) -> datetime | None:
    """The start that the user gave, in `zone` where it is naive; SourceError without a zone."""
    if starts_at is None or starts_at.tzinfo is not None:
        return starts_at
    if zone is None:
        raise SourceError(
            f"{name}: the start time {starts_at.isoformat()} has no time zone; "
            "give the zone, or an offset with the time such as +08:00"
        )
    return starts_at.replace(tzinfo=zone)


def creation_time(text: str | None, zone: tzinfo | None) -> datetime | None:
    """A container's `creation_time` (UTC by its standard), shown in `zone`; None if implausible.

    Some cameras write local time there; nothing in the file tells.
    """
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text.strip())
        at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
        return at.astimezone(zone or UTC) if plausible(at) else None
    except (ValueError, OverflowError):
        return None
