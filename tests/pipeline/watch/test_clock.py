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


def busy() -> bool:
    return False


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_the_first_look_ever_is_second_nought():
    placed = RuleClock(SHANGHAI).place(look(17.0, NOON), NOON, busy)

    assert placed is not None
    assert placed.t_s == 0
    assert placed.at.isoformat() == "2026-05-04T20:00:00+08:00"


def test_within_a_run_a_step_of_the_wall_clock_changes_nothing():
    clock = RuleClock(SHANGHAI)
    times = [(0.0, 0.0), (2.0, 2.0), (4.0, -3596.0), (6.0, 7206.0)]

    assert [clock.place(look(t, after(wall)), NOON, busy).t_s for t, wall in times] == [0, 2, 4, 6]


def test_after_a_restart_it_goes_on_as_far_as_the_wall_clock_went():
    clock = RuleClock(SHANGHAI, epoch=NOON, last_s=100.0)

    assert clock.place(look(0.0, after(160)), NOON, busy).t_s == 160


def test_after_a_restart_with_the_wall_clock_set_back_it_still_goes_on():
    clock = RuleClock(SHANGHAI, epoch=NOON, last_s=100.0)

    first, second = (clock.place(look(t, after(50 + t)), NOON, busy).t_s for t in (0.0, 2.0))

    assert 100 < first < second


def test_a_look_without_wall_time_is_taken_for_one_of_now():
    assert RuleClock(SHANGHAI).place(look(0.0, None), NOON, busy).at == NOON


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), max_size=30))
def test_whatever_stamps_come_time_only_goes_on(stamps):
    clock = RuleClock(ZoneInfo("UTC"), epoch=datetime(2026, 1, 1, tzinfo=UTC), last_s=5.0)
    placed = [clock.place(look(t, after(wall)), NOON, busy) for t, wall in stamps]

    times = [it.t_s for it in placed if it is not None]
    assert times == sorted(set(times))
    assert all(it > 5 for it in times)


def test_the_wall_clock_set_back_does_not_turn_the_told_times_back():
    clock = RuleClock(SHANGHAI)
    placed = [clock.place(look(t, after(wall)), NOON, busy) for t, wall in [(0, 0), (2, -3598)]]

    assert [it.at for it in placed] == [after(0), after(2)]
    assert clock.apart_s == -3600
    # Nor after a restart, while what began by the old time is open.
    again = RuleClock(SHANGHAI, clock.epoch, clock.last_s).place(look(0, after(-3590)), NOON, busy)
    assert again.at > after(2)


def test_the_told_times_follow_the_wall_clock_back_when_nothing_is_open():
    clock = RuleClock(SHANGHAI)
    clock.place(look(0.0, NOON), NOON, busy)
    placed = clock.place(look(2.0, after(-3598)), NOON, lambda: True)

    assert (placed.t_s, placed.at) == (2, after(-3598))


def test_the_told_times_follow_the_wall_clock_forward_and_the_seconds_do_not():
    clock = RuleClock(SHANGHAI)
    clock.place(look(0.0, NOON), NOON, busy)
    placed = clock.place(look(2.0, after(3602)), NOON, busy)

    assert (placed.t_s, placed.at) == (2, after(3602))
    again = RuleClock(SHANGHAI, clock.epoch, clock.last_s)
    assert again.place(look(0.0, after(3612)), NOON, busy).t_s == 12


def test_the_hour_that_winter_repeats_counts_once_as_every_other():
    clock = RuleClock(ZoneInfo("Europe/Berlin"))
    start = datetime(2026, 10, 24, 23, 30, tzinfo=UTC)
    times = [start + timedelta(minutes=30 * n) for n in range(4)]
    placed = [clock.place(look(n * 1800.0, at), NOON, busy) for n, at in enumerate(times)]

    assert [it.at.astimezone(UTC) for it in placed] == times
    assert [it.at.hour for it in placed] == [1, 2, 2, 2]
