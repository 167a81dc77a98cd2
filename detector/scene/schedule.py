"""When a zone's rule holds: spans of the week in the camera's own time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Self, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, field_validator, model_validator

from detector.geometry.zone import InForce, always
from detector.observation import Frozen
from detector.scene.calendar import DayKind, Days
from detector.scene.faults import Fault, Misfits
from detector.scene.yaml_file import Sexagesimal

CLOCK = r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$"


class DayName(StrEnum):
    """A day of the week, a kind of day, or any day."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"
    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    ALL = "all"


WEEK = tuple(DayName)[:7]


def _as_written(value: object) -> object:
    return value.text.zfill(5) if isinstance(value, Sexagesimal) else value


Clock: TypeAlias = Annotated[str, BeforeValidator(_as_written)]


class Span(Frozen):
    """Hours of some days."""

    days: tuple[DayName, ...] = Field(
        default=(DayName.ALL,),
        title="Days",
        description="list of mon, tue, wed, thu, fri, sat, sun (whatever the calendar says), "
        "workday, weekend, holiday (every day is exactly one of these three) or all; default [all]",
        min_length=1,
        max_length=11,
    )
    begin: Clock = Field(
        alias="from",
        title="From",
        description="local time that it begins at, such as 07:00",
        pattern=CLOCK,
        json_schema_extra={"unit": "hh:mm"},
    )
    until: Clock = Field(
        title="Until",
        description="local time that it ends at, such as 22:00 or 24:00; one "
        "before `from` is on the next day",
        pattern=CLOCK,
        json_schema_extra={"unit": "hh:mm"},
    )

    @field_validator("begin")
    @classmethod
    def _begins_within_the_day(cls, text: str) -> str:
        if text == "24:00":
            raise ValueError("24:00 is where a day ends; write 00:00 of the next day")
        return text

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.begin == self.until:
            remedy = "for the whole day write from 00:00 until 24:00"
            raise Misfits([Fault("until", "is the same as `from`", remedy)])
        return self

    def holds(self, day: date, clock: time, days: Days) -> bool:
        """Whether it holds at a local date and time."""
        begin, until = _minutes(self.begin), _minutes(self.until)
        now = clock.hour * 60 + clock.minute
        if begin < until:
            return begin <= now < until and self._includes(day, days)
        eve = now < until and day > date.min and self._includes(day - timedelta(days=1), days)
        return eve or (now >= begin and self._includes(day, days))

    def _includes(self, day: date, days: Days) -> bool:
        names = set(self.days)
        if DayName.ALL in names or WEEK[day.weekday()] in names:
            return True
        kinds = names & {DayName(kind) for kind in DayKind}
        return bool(kinds) and DayName(days.kind_of(day)) in kinds


@dataclass(frozen=True)
class Hours:
    """The spans of a zone with the clock and the calendar that they are read by.

    Local wall time decides, so the hour that a clock change repeats counts both times.
    """

    spans: tuple[Span, ...]
    zone: ZoneInfo
    days: Days

    def __call__(self, at: datetime | None) -> bool:
        """Whether a span holds at an aware time; footage without a clock is judged always.

        Raises ValueError for a time without a zone.
        """
        if at is None:
            return True
        if at.tzinfo is None:
            raise ValueError("a schedule needs a time with its zone")
        local = at.astimezone(self.zone)
        return any(span.holds(local.date(), local.time(), self.days) for span in self.spans)


def hours(spans: Sequence[Span], timezone: str, days: Days) -> InForce:
    """When these spans hold in an IANA time zone; always without any."""
    return Hours(tuple(spans), ZoneInfo(timezone), days) if spans else always


def _minutes(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)
