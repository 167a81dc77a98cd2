from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.footage.grid import Grid, Sampler, to_ms

rising_ms = st.lists(st.integers(1, 5000), min_size=1, max_size=80).map(
    lambda gaps: [0, *np.cumsum(gaps).tolist()]
)
steps_s = st.one_of(st.floats(0.001, 20), st.sampled_from([0.04, 0.1, 1 / 3, 0.5, 1.0, 2.0]))


def taken(times_ms: list[int], every_s: float, after_s: float | None = None) -> list[int]:
    sampler = Sampler(every_s, after_s)
    return [time_ms for time_ms in times_ms if sampler.takes(time_ms)]


def test_looks_are_the_first_pictures_at_or_after_each_due_time() -> None:
    assert taken(list(range(0, 3100, 300)), 1.0) == [0, 1200, 2100, 3000]


def test_a_gap_skips_due_times_and_the_grid_stays() -> None:
    assert taken([0, 500, 1000, 7300, 7400, 8000, 8100], 1.0) == [0, 1000, 7300, 8000]


@pytest.mark.parametrize("every_s", [0.0, -1.0, 1e-9])
def test_no_step_takes_every_picture(every_s: float) -> None:
    assert taken([0, 1, 2, 40, 80], every_s) == [0, 1, 2, 40, 80]


def test_a_step_that_is_no_whole_millisecond_keeps_its_pace() -> None:
    times_ms = [round(number * 1000 / 30) for number in range(91)]
    assert taken(times_ms, 1 / 3) == times_ms[::10]


def test_a_step_of_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="number"):
        Grid(math.nan)


@given(rising_ms, steps_s)
def test_at_most_one_look_falls_between_two_due_times(times_ms: list[int], every_s: float) -> None:
    looks = taken(times_ms, every_s)
    spans = [math.floor((look + 0.5) / (every_s * 1000) + 1e-9) for look in looks]
    assert looks[0] == 0
    assert len(set(spans)) == len(spans)
    for look, span in zip(looks, spans, strict=True):
        earlier = [time_ms for time_ms in times_ms if time_ms < look]
        assert not earlier or earlier[-1] + 0.5 < span * every_s * 1000 + 1e-3


@given(rising_ms, steps_s)
def test_planned_looks_are_those_taken_as_pictures_come(
    times_ms: list[int], every_s: float
) -> None:
    firsts = Grid(every_s).firsts(np.array(times_ms), None)
    assert [times_ms[row] for row in firsts] == taken(times_ms, every_s)


@given(rising_ms, steps_s, st.data())
def test_a_resumed_run_gives_the_rest_of_a_full_run(
    times_ms: list[int], every_s: float, data: st.DataObject
) -> None:
    looks = taken(times_ms, every_s)
    at = data.draw(st.integers(0, len(looks) - 1))
    after_s = looks[at] / 1000
    rest = Grid(every_s).firsts(np.array(times_ms), to_ms(after_s))
    assert taken(times_ms, every_s, after_s) == looks[at + 1 :]
    assert [times_ms[row] for row in rest] == looks[at + 1 :]
