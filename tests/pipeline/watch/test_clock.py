from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from detector.looks import Look
from detector.pipeline.watch.clock import RuleClock
from tests.pipeline.watch.scenes import NOON, Street

SHANGHAI = ZoneInfo("Asia/Shanghai")
PICTURE = Street(()).picture(0)


def look(t_s: float, at: datetime | None) -> Look:
    return Look(t_s, at, PICTURE)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_the_first_look_ever_is_second_nought():
    placed = RuleClock(SHANGHAI).place(look(17.0, NOON), NOON)

    assert placed is not None
    assert placed.t_s == 0
    assert placed.at.isoformat() == "2026-05-04T20:00:00+08:00"


def test_within_a_run_a_step_of_the_wall_clock_changes_nothing():
    clock = RuleClock(SHANGHAI)
    times = [(0.0, 0.0), (2.0, 2.0), (4.0, -3596.0), (6.0, 7206.0)]

    assert [clock.place(look(t, after(wall)), NOON).t_s for t, wall in times] == [0, 2, 4, 6]


def test_after_a_restart_it_goes_on_as_far_as_the_wall_clock_went():
    clock = RuleClock(SHANGHAI, epoch=NOON, last_s=100.0)

    assert clock.place(look(0.0, after(160)), NOON).t_s == 160


def test_after_a_restart_with_the_wall_clock_set_back_it_still_goes_on():
    clock = RuleClock(SHANGHAI, epoch=NOON, last_s=100.0)

    first, second = (clock.place(look(t, after(50 + t)), NOON).t_s for t in (0.0, 2.0))

    assert 100 < first < second


def test_a_look_without_wall_time_is_taken_for_one_of_now():
    assert RuleClock(SHANGHAI).place(look(0.0, None), NOON).at == NOON


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), max_size=30))
def test_whatever_stamps_come_time_only_goes_on(stamps):
    clock = RuleClock(ZoneInfo("UTC"), epoch=datetime(2026, 1, 1, tzinfo=UTC), last_s=5.0)
    placed = [clock.place(look(t, after(wall)), NOON) for t, wall in stamps]

    times = [it.t_s for it in placed if it is not None]
    assert times == sorted(set(times))
    assert all(it > 5 for it in times)
