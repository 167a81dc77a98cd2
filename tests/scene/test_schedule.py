from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.geometry.zone import always
from detector.scene.calendar import Calendar
from detector.scene.schedule import DayName, Hours, Span, hours

SHANGHAI = "Asia/Shanghai"
DAYTIME = {"from": "07:00", "until": "22:00"}
NIGHT = {"from": "22:00", "until": "06:00"}


def in_force(at: str, *spans: dict[str, object], timezone: str = SHANGHAI) -> bool:
    moment = datetime.fromisoformat(at)
    local = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(timezone))
    return held(*spans, timezone=timezone)(local)


def held(*spans: dict[str, object], timezone: str = SHANGHAI) -> Hours:
    found = hours([Span.model_validate(it) for it in spans], timezone, Calendar().days(timezone))
    assert isinstance(found, Hours)
    return found


@pytest.mark.parametrize(
    ("at", "span", "expected"),
    [
        ("2026-05-06 06:59:59", DAYTIME, False),
        ("2026-05-06 07:00:00", DAYTIME, True),
        ("2026-05-06 21:59:59.9", DAYTIME, True),
        ("2026-05-06 22:00:00", DAYTIME, False),
        ("2026-05-06 23:00", {"from": "00:00", "until": "24:00"}, True),
        ("2026-05-05 23:59", DAYTIME | {"until": "24:00"}, True),
        # Wednesday, and a Friday of the May holidays.
        ("2026-05-06 12:00", DAYTIME | {"days": ["wed"]}, True),
        ("2026-05-06 12:00", DAYTIME | {"days": ["mon", "thu"]}, False),
        ("2026-05-06 12:00", DAYTIME | {"days": ["workday"]}, True),
        ("2026-05-01 12:00", DAYTIME | {"days": ["workday"]}, False),
        ("2026-05-01 12:00", DAYTIME | {"days": ["fri"]}, True),
        ("2026-05-01 12:00", DAYTIME | {"days": ["holiday"]}, True),
        # A Saturday that makes up for a holiday, and one that is free.
        ("2026-05-09 12:00", DAYTIME | {"days": ["workday"]}, True),
        ("2026-05-09 12:00", DAYTIME | {"days": ["weekend"]}, False),
        ("2026-05-16 12:00", DAYTIME | {"days": ["weekend"]}, True),
        ("2026-05-16 12:00", DAYTIME | {"days": ["holiday"]}, False),
        # A night belongs to the day it begins on: Thursday 30 April is a workday.
        ("2026-04-30 22:00", NIGHT | {"days": ["workday"]}, True),
        ("2026-05-01 05:59", NIGHT | {"days": ["workday"]}, True),
        ("2026-05-01 06:00", NIGHT | {"days": ["workday"]}, False),
        ("2026-05-01 22:00", NIGHT | {"days": ["workday"]}, False),
        ("2026-05-06 05:00", NIGHT | {"days": ["workday"]}, False),
        ("2026-05-07 05:00", NIGHT | {"days": ["workday"]}, True),
        # The same moments in other zones.
        ("2026-05-05T23:30:00+00:00", DAYTIME, True),
        ("2026-05-06T14:30:00+00:00", DAYTIME, False),
    ],
)
def test_a_zone_is_in_force_in_its_hours(at: str, span: dict[str, object], expected: bool) -> None:
    assert in_force(at, span) is expected


def test_one_of_several_spans_is_enough() -> None:
    spans = [{"from": "07:00", "until": "09:00"}, {"from": "17:00", "until": "19:00"}]
    hours_in = [hour for hour in range(24) if in_force(f"2026-05-06 {hour:02}:30", *spans)]
    assert hours_in == [7, 8, 17, 18]


def test_without_spans_a_zone_is_always_in_force() -> None:
    assert hours([], SHANGHAI, Calendar().days(SHANGHAI)) is always


def test_footage_without_a_clock_is_judged_as_if_in_force() -> None:
    assert held(NIGHT)(None)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="its zone"):
        held(NIGHT)(datetime(2026, 5, 6))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        # New York, 1 November 2026: 01:30 comes twice, at 05:30 and at 06:30 UTC.
        ("2026-11-01T04:59:00+00:00", False),
        ("2026-11-01T05:30:00+00:00", True),
        ("2026-11-01T06:30:00+00:00", True),
        ("2026-11-01T07:00:00+00:00", False),
    ],
)
def test_the_hour_that_a_clock_change_repeats_counts_both_times(at: str, expected: bool) -> None:
    span = {"from": "01:00", "until": "02:00"}
    assert in_force(at, span, timezone="America/New_York") is expected


def test_the_hour_that_a_clock_change_skips_never_comes() -> None:
    # New York, 8 March 2026: 01:59:59 is followed by 03:00 at 07:00 UTC.
    span = {"from": "02:00", "until": "03:00"}
    night = [datetime(2026, 3, 8, 5, tzinfo=UTC) + timedelta(minutes=n) for n in range(240)]
    assert not any(held(span, timezone="America/New_York")(at) for at in night)


def test_hours_compare_by_what_they_say() -> None:
    assert held(NIGHT) == held(NIGHT)
    assert held(NIGHT) != held(DAYTIME)
    assert held(NIGHT) != held(NIGHT, timezone="Asia/Urumqi")


TIMES = st.datetimes(datetime(2005, 1, 1), datetime(2026, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001
CLOCKS = st.times().map(lambda it: f"{it:%H:%M}")
ZONES = st.sampled_from([SHANGHAI, "America/New_York", "Australia/Lord_Howe", "UTC"])


@given(TIMES, CLOCKS, CLOCKS, ZONES)
def test_a_span_and_the_one_that_fills_up_the_day_never_hold_together(
    at: datetime, begin: str, until: str, timezone: str
) -> None:
    if begin == until:
        return
    one = held({"from": begin, "until": until}, timezone=timezone)
    other = held({"from": until, "until": begin}, timezone=timezone)
    assert one(at) != other(at)


@given(TIMES, ZONES)
def test_workday_weekend_and_holiday_share_out_all_days(at: datetime, timezone: str) -> None:
    whole = {"from": "00:00", "until": "24:00"}
    kinds = ("workday", "weekend", "holiday")
    assert sum(held(whole | {"days": [kind]}, timezone=timezone)(at) for kind in kinds) == 1


@given(TIMES, st.sets(st.sampled_from(list(DayName)), min_size=1), CLOCKS, CLOCKS)
def test_more_days_never_take_hours_away(
    at: datetime, days: set[DayName], begin: str, until: str
) -> None:
    if begin == until:
        return
    span = {"from": begin, "until": until}
    each = [held(span | {"days": [day]})(at) for day in days]
    assert held(span | {"days": sorted(days)})(at) == any(each)
