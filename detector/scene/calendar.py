"""Workdays, weekends and holidays: what the state says, and what a city knows better."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Annotated, Protocol, TypeAlias

import chinese_calendar
from pydantic import BeforeValidator, Field, model_validator

from detector.observation import Frozen
from detector.scene.faults import Fault, Misfits

log = logging.getLogger(__name__)

# Hong Kong, Macau and Taiwan keep other holidays.
CHINESE_ZONES = frozenset(
    {"PRC"} | {f"Asia/{city}" for city in ("Chongqing", "Chungking", "Harbin", "Kashgar")}
) | {"Asia/Shanghai", "Asia/Urumqi"}


class DayKind(StrEnum):
    """What a day is; every day is exactly one of the three."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


class Days(Protocol):
    """Tells what kind of day a date is."""

    def kind_of(self, day: date) -> DayKind:
        """The kind of a local date."""
        ...


@dataclass(frozen=True)
class Weekdays:
    """Monday to Friday are workdays, and there are no holidays."""

    def kind_of(self, day: date) -> DayKind:
        """The kind of a local date."""
        return DayKind.WORKDAY if day.weekday() < 5 else DayKind.WEEKEND


@dataclass(frozen=True)
class ChineseDays:
    """The holidays and make-up workdays of the State Council; weekdays beyond its known years."""

    def kind_of(self, day: date) -> DayKind:
        """The kind of a local date."""
        try:
            free, occasion = chinese_calendar.get_holiday_detail(day)
        except NotImplementedError:
            return Weekdays().kind_of(day)
        if not free:
            return DayKind.WORKDAY
        return DayKind.WEEKEND if occasion is None else DayKind.HOLIDAY


@dataclass(frozen=True)
class CityDays:
    """A city's own table over another calendar."""

    usual: Days
    holidays: frozenset[date]
    workdays: frozenset[date]

    def kind_of(self, day: date) -> DayKind:
        """The kind of a local date."""
        if day in self.holidays:
            return DayKind.HOLIDAY
        if day in self.workdays:
            return DayKind.WORKDAY
        if isinstance(self.usual, ChineseDays) and not self._covers(day.year):
            _warn_of_year(day.year)
        return self.usual.kind_of(day)

    def _covers(self, year: int) -> bool:
        return any(day.year == year for day in self.holidays | self.workdays)


class Holidays(StrEnum):
    """Whose public holidays count."""

    CHINA = "china"
    NONE = "none"


def _plain_date(value: object) -> object:
    if isinstance(value, date):
        return value
    try:
        # pydantic would also take seconds since 1970 for a date.
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as error:
        raise ValueError("is no date; write one such as 2027-05-01") from error


Day: TypeAlias = Annotated[date, BeforeValidator(_plain_date)]


class Calendar(Frozen):
    """What a city knows better than the public calendar."""

    public: Holidays | None = Field(
        default=None,
        title="Public holidays",
        description="china (holidays and make-up workdays of the State Council) or none; default "
        "china where the time zone is one of mainland China, else none",
    )
    holidays: tuple[Day, ...] = Field(
        default=(),
        title="Holidays",
        description="dates, such as 2027-05-01, that are holidays whatever the public calendar "
        "says",
        max_length=1000,
    )
    workdays: tuple[Day, ...] = Field(
        default=(),
        title="Workdays",
        description="dates that are workdays whatever the public calendar says, such as Sundays "
        "that make up for a holiday",
        max_length=1000,
    )

    @model_validator(mode="after")
    def _a_day_is_one_of_them(self) -> Calendar:
        if faults := list(self._in_both()):
            raise Misfits(faults)
        return self

    def _in_both(self) -> Iterator[Fault]:
        for index, day in enumerate(self.workdays):
            if day in self.holidays:
                what = f"{day} is a holiday as well"
                yield Fault(f"workdays[{index}]", what, "keep it in one of the two lists")

    def days(self, timezone: str) -> Days:
        """The calendar of a camera in this IANA time zone."""
        chinese = timezone in CHINESE_ZONES if self.public is None else self.public == "china"
        usual: Days = ChineseDays() if chinese else Weekdays()
        return CityDays(usual, frozenset(self.holidays), frozenset(self.workdays))

    def over(self, wider: Calendar) -> Calendar:
        """This calendar with what only the wider one knows: a camera's over its city's."""
        mine = {*self.holidays, *self.workdays}
        return Calendar(
            public=self.public or wider.public,
            holidays=(*self.holidays, *(day for day in wider.holidays if day not in mine)),
            workdays=(*self.workdays, *(day for day in wider.workdays if day not in mine)),
        )


@cache
def _warn_of_year(year: int) -> None:
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        log.warning(
            "the public calendar does not know %d: Monday to Friday count as workdays; "
            "list its holidays and workdays under `calendar`",
            year,
        )
