from __future__ import annotations

import csv
import logging
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.scene.calendar import Calendar, ChineseDays, DayKind, Weekdays

SHANGHAI = "Asia/Shanghai"


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        ("2026-09-30", DayKind.WORKDAY),
        ("2026-10-01", DayKind.HOLIDAY),
        ("2026-10-03", DayKind.HOLIDAY),
        ("2026-10-10", DayKind.WORKDAY),
        ("2026-10-11", DayKind.WEEKEND),
        ("2026-10-17", DayKind.WEEKEND),
    ],
)
def test_golden_week_and_the_saturday_that_makes_up_for_it(day: str, kind: DayKind) -> None:
    assert Calendar().days(SHANGHAI).kind_of(date.fromisoformat(day)) is kind


@pytest.mark.shared
def test_the_public_calendar_agrees_with_the_published_table(shared: Path) -> None:
    table = shared / "data/domain/holidays_cn_2025_2026.csv"
    with table.open(encoding="utf-8") as file:
        listed = {date.fromisoformat(row["date"]): row["type"] for row in csv.DictReader(file)}
    day, days = date(2025, 1, 1), Calendar().days(SHANGHAI)
    while day.year < 2027:
        usual = Weekdays().kind_of(day)
        kinds = {"holiday": DayKind.HOLIDAY, "makeup_workday": DayKind.WORKDAY, None: usual}
        assert days.kind_of(day) is kinds[listed.get(day)], day
        day += timedelta(days=1)


def test_a_city_knows_better_than_the_public_calendar() -> None:
    city = Calendar(holidays=(date(2026, 10, 10),), workdays=(date(2026, 10, 1),))
    days = city.days(SHANGHAI)
    assert days.kind_of(date(2026, 10, 10)) is DayKind.HOLIDAY
    assert days.kind_of(date(2026, 10, 1)) is DayKind.WORKDAY
    assert days.kind_of(date(2026, 10, 2)) is DayKind.HOLIDAY


@pytest.mark.parametrize(
    ("timezone", "public", "kind"),
    [
        ("Asia/Shanghai", None, DayKind.HOLIDAY),
        ("Asia/Urumqi", None, DayKind.HOLIDAY),
        ("Asia/Hong_Kong", None, DayKind.WORKDAY),
        ("America/New_York", None, DayKind.WORKDAY),
        ("America/New_York", "china", DayKind.HOLIDAY),
        ("Asia/Shanghai", "none", DayKind.WORKDAY),
    ],
)
def test_chinese_holidays_count_where_they_are_kept(
    timezone: str, public: str | None, kind: DayKind
) -> None:
    days = Calendar.model_validate({"public": public}).days(timezone)
    assert days.kind_of(date(2026, 10, 5)) is kind


def test_beyond_the_known_years_weekdays_count_and_it_is_said_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    days = Calendar().days(SHANGHAI)
    with caplog.at_level(logging.WARNING):
        kinds = [days.kind_of(date(2091, 10, number)) for number in range(1, 8)]
    assert kinds == [Weekdays().kind_of(date(2091, 10, number)) for number in range(1, 8)]
    (line,) = caplog.messages
    assert "2091" in line
    assert "`calendar`" in line


def test_a_city_that_lists_a_year_is_not_warned_of_it(caplog: pytest.LogCaptureFixture) -> None:
    days = Calendar(holidays=(date(2092, 10, 1),)).days(SHANGHAI)
    with caplog.at_level(logging.WARNING):
        assert days.kind_of(date(2092, 10, 1)) is DayKind.HOLIDAY
        assert days.kind_of(date(2092, 10, 6)) is DayKind.WORKDAY
    assert caplog.messages == []


def test_a_camera_goes_before_its_city() -> None:
    may, june = date(2027, 5, 1), date(2027, 6, 1)
    city = Calendar.model_validate({"public": "china", "holidays": [may, june]})
    merged = Calendar(workdays=(may,)).over(city)
    assert merged.days(SHANGHAI).kind_of(may) is DayKind.WORKDAY
    assert merged.days(SHANGHAI).kind_of(june) is DayKind.HOLIDAY
    assert merged.public == "china"


@given(st.dates())
def test_every_day_of_any_year_is_one_of_the_three(day: date) -> None:
    assert ChineseDays().kind_of(day) in DayKind
    assert Calendar().days(SHANGHAI).kind_of(day) is ChineseDays().kind_of(day)
