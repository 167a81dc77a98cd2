from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.looks import LookBoxes
from detector.observation import State
from detector.rules.rulebook import Rulebook
from tests.rules.scenes import (
    BUS,
    CAR,
    NOON,
    TRUCK,
    between,
    car,
    ignored,
    kerb,
    look,
    painted,
    run,
    scene,
)

SPOT = (500.0, 700.0, 700.0, 820.0)


def seen_as(t_s: float, number: int, rows: list) -> LookBoxes:
    return look(t_s, rows, appearance=painted({SPOT: number}))


def test_a_stay_survives_missed_detections():
    missed = set(range(40, 46)) | {70, 90}
    looks = [look(t, [] if t in missed else [car()]) for t in range(150)]

    (finding,) = run(looks, [kerb(60)])
    assert finding.dwell_s == pytest.approx(149)


@settings(max_examples=40, deadline=None)
@given(st.sets(st.integers(1, 148), max_size=70), st.floats(-6, 6))
def test_dropped_looks_never_lengthen_a_stay(dropped: set[int], jitter: float):
    looks = [look(t, [car(x=500 + jitter * (t % 2))]) for t in range(150) if t not in dropped]

    findings = run(looks, [kerb(60)])
    assert [it.dwell_s for it in findings] == [pytest.approx(149)]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.2, 1.0]))
def test_boxes_that_jitter_by_some_percent_are_one_stay(seed: int, every_s: float):
    random = Random(seed)

    def shaken():
        x1, y1, x2, y2, class_id, confidence = car()
        dx, dy = 0.04 * 200, 0.04 * 120
        shifts = [random.gauss(0, it) for it in (dx, dy, dx, dy)]
        corners = [it + by for it, by in zip((x1, y1, x2, y2), shifts, strict=True)]
        return (*corners, class_id, confidence)

    looks = [look(i * every_s, [shaken()]) for i in range(int(150 / every_s))]

    findings = run(looks, [kerb(60)])
    assert [it.dwell_s for it in findings] == [pytest.approx(150, abs=8)]


def test_a_bad_box_now_and_then_does_not_cut_a_stay():
    looks = [look(t, [car(x=580) if t % 7 == 3 else car()]) for t in range(150)]

    (finding,) = run(looks, [kerb(60)])
    assert finding.dwell_s == pytest.approx(149)


@pytest.mark.parametrize("every_s", [0.2, 1.0])
def test_a_stay_survives_a_lorry_that_hides_it_for_a_minute(every_s: float):
    lorry = (350, 620, 950, 900, TRUCK, 0.9)
    actors = [(0, 39.9, car()), (40, 99.9, lorry), (100, 180, car())]

    findings = run(scene(180, *actors, every_s=every_s), [kerb(120)])
    assert [it.dwell_s for it in findings] == [pytest.approx(180)]


def test_a_lorry_that_covers_a_part_breaks_the_box_but_not_the_stay():
    lorry = (620, 720, 1200, 960, TRUCK, 0.9)
    piece = (500, 700, 600, 820, CAR, 0.5)
    looks = [look(t, [lorry, piece] if 40 <= t < 100 else [car()]) for t in range(180)]

    found = [it for it in run(looks, [kerb(50)]) if it.best.box[0] < 600]
    assert [it.dwell_s for it in found] == [pytest.approx(179)]


def test_a_car_that_stands_beside_does_not_hide_that_another_has_left():
    beside = car(x=560, y=760)
    looks = [look(t, [beside, car()] if t < 100 else [beside]) for t in range(200)]

    ended = [it for it in run(looks, [kerb(60)]) if it.state is State.ENDED]
    assert [it.last.t_s for it in ended] == [99]


def test_a_box_over_half_the_picture_does_not_hide_a_departure():
    giant = (0, 100, 1500, 1080, BUS, 0.6)
    looks = [look(t, [giant, car()] if t < 100 else [giant]) for t in range(200)]

    (finding,) = run(looks, [kerb(60, classes=[CAR])])
    assert finding.state is State.ENDED


def test_a_car_that_left_and_another_that_came_are_two():
    findings = run(scene(400, (10, 150, car()), (200, 350, car())), [kerb(60)])

    assert [it.dwell_s for it in findings] == [pytest.approx(140), pytest.approx(150)]


def test_a_successor_that_stops_a_little_off_soon_after_is_another_stay():
    after = (540, 690, 700, 815, CAR, 0.8)
    findings = run(scene(200, (0, 99, car()), (103, 200, after)), [kerb(60)])

    assert [(it.first.t_s, it.last.t_s) for it in findings] == [(0, 99), (103, 200)]


def test_nobody_looking_for_long_ends_a_stay_as_lost():
    looks = [look(t, [car()]) for t in [*range(100), *range(1000, 1100)]]

    first, second = run(looks, [kerb(60)])
    assert first.state is State.LOST
    assert first.cleared_at is None
    assert first.dwell_s == pytest.approx(99)
    assert not second.arrival_known


@pytest.mark.parametrize(("gap_s", "stays"), [(50, 2), (200, 1)])
def test_a_stay_outlasts_the_gap_that_it_may(gap_s: float, stays: int):
    looks = [look(t, [car()]) for t in [*range(100), *range(200, 300)]]

    assert len(run(looks, [kerb(60)], gap_s=gap_s)) == stays


def test_a_part_that_was_not_looked_at_is_neither_seen_nor_missed():
    elsewhere = [(1000.0, 0.0, 1920.0, 1080.0)]
    looks = [
        look(t, [], regions=elsewhere) if 40 <= t < 140 else look(t, [car()]) for t in range(200)
    ]

    (finding,) = run(looks, [kerb(60)])
    assert (finding.dwell_s, finding.looks) == (199, 100)


def test_what_lies_across_two_parts_was_seen_in_pieces_and_is_not_judged():
    halves = [(400.0, 600.0, 600.0, 900.0), (600.0, 600.0, 900.0, 900.0)]
    looks = [look(t, [], regions=halves) if t >= 100 else look(t, [car()]) for t in range(130)]

    (finding,) = run(looks, [kerb(60)])
    assert finding.state is State.ONGOING
    assert finding.last.t_s == 99


def test_only_what_was_looked_at_can_have_been_clear():
    elsewhere = [(1000.0, 0.0, 1920.0, 1080.0)]
    looks = [look(t, [], regions=elsewhere) for t in range(50)]
    looks += [look(t, [car()]) for t in range(50, 150)]

    (finding,) = run(looks, [kerb(60)])
    assert not finding.arrival_known
    assert finding.last_clear_at is None


def test_a_box_cut_off_at_the_border_of_what_was_examined_begins_no_stay():
    part = [(600.0, 600.0, 900.0, 900.0)]
    cut = (600, 700, 700, 820, CAR, 0.8)
    looks = [look(t, [cut], regions=part) for t in range(100)]

    assert run(looks, [kerb(60)]) == []


def test_what_still_looks_the_same_is_a_missed_detection_however_long():
    looks = [seen_as(t, 1, [] if 40 <= t < 140 else [car()]) for t in range(200)]

    (finding,) = run(looks, [kerb(60)])
    assert finding.dwell_s == 199


def test_what_looks_different_without_a_box_has_left():
    looks = [seen_as(t, 1, [car()]) if t < 100 else seen_as(t, 0, []) for t in range(200)]

    (finding,) = run(looks, [kerb(60)])
    assert finding.state is State.ENDED
    assert finding.cleared_at is not None
    assert (finding.cleared_at - NOON).total_seconds() == 100


@pytest.mark.parametrize("gap_s", [5, 100])
def test_a_successor_that_looks_different_is_another_stay(gap_s: float):
    looks = [seen_as(t, 1, [car()]) for t in range(100)]
    looks += [seen_as(99 + gap_s + t, 2, [car()]) for t in range(100)]

    first, second = run(looks, [kerb(60)])
    assert (first.last.t_s, first.state) == (99, State.ENDED)
    assert second.first.t_s == 99 + gap_s
    assert second.dwell_s == 99


def test_without_a_break_a_change_of_light_is_no_successor():
    looks = [seen_as(t, 1 + t // 50, [car()]) for t in range(200)]

    (finding,) = run(looks, [kerb(60)])
    assert finding.dwell_s == 199


def test_one_look_at_something_else_in_a_place_is_not_believed():
    looks = [seen_as(10 * t, 2 if t == 15 else 1, [car()]) for t in range(30)]

    (finding,) = run(looks, [kerb(60)])
    assert finding.dwell_s == 290


def test_no_limit_passes_while_it_is_in_doubt_whether_the_same_car_is_back():
    after = (540, 690, 700, 815, CAR, 0.8)
    looks = scene(120, (0, 57, car()), (60, 120, after))

    assert run(looks[:64], [kerb(60)]) == []
    assert [it.first.t_s for it in run(looks, [kerb(60)])] == [60]


def test_a_limit_that_another_car_passed_behind_a_lorry_is_not_held_against_the_first():
    lorry, after = (420, 560, 900, 1000, TRUCK, 0.9), (540, 690, 700, 815, CAR, 0.8)
    looks = scene(100, (0, 50, car()), (51, 57, lorry), (58, 88, after))

    assert run(looks, [kerb(60)]) == []


def test_two_cars_are_not_told_as_one_before_it_is_clear_that_they_are_one():
    after = (535, 700, 735, 820, CAR, 0.8)
    rules = Rulebook([kerb(120)], fixed_camera=True, least_looks=2)
    over, told = [], set()
    for t in [*range(4, 112, 2), *range(150, 300, 2)]:
        over += rules.see(look(t, [car()] if t <= 110 else [after]))
        told |= {it.first.t_s for it in rules.ongoing()}

    assert (over, told) == ([], {150})


def test_a_place_ends_only_in_a_look_that_saw_it_empty():
    elsewhere = [(1000.0, 0.0, 1920.0, 1080.0)]

    def at(t_s: int) -> LookBoxes:
        if 100 <= t_s < 103:
            return look(t_s, [])
        return look(t_s, [], regions=elsewhere) if 103 <= t_s < 140 else look(t_s, [car()])

    (finding,) = run([at(t_s) for t_s in range(200)], [kerb(60)])
    assert (finding.state, finding.dwell_s) == (State.ONGOING, 199)


def test_looks_some_milliseconds_late_are_no_gap_after_which_light_makes_another_car():
    looks = [seen_as(2.0 * t + 0.02 * (t % 2), 1 + t // 60, [car()]) for t in range(120)]

    (finding,) = run(looks, [kerb(60)])
    assert finding.dwell_s == pytest.approx(238, abs=0.1)


def test_a_car_swapped_while_nobody_looked_is_another_stay():
    after = (540, 690, 700, 815, CAR, 0.8)
    looks = [look(t, [car()]) for t in range(100)] + [look(t, [after]) for t in range(200, 300)]

    assert [(it.first.t_s, it.last.t_s) for it in run(looks, [kerb(60)])] == [(0, 99), (200, 299)]


def test_what_came_after_a_long_stay_is_judged_by_its_own_looks():
    after = (540, 690, 700, 815, CAR, 0.8)
    looks = scene(700, (0, 600, car()), (604, 700, after))

    assert [it.first.t_s for it in run(looks, [kerb(60)])] == [0, 604]


def test_what_reaches_to_the_border_of_what_was_examined_is_not_missed_where_no_box_is_told():
    part = [(300.0, 500.0, 696.0, 900.0)]
    looks = [look(t, [], regions=part) if t >= 100 else look(t, [car()]) for t in range(200)]

    (finding,) = run(looks, [kerb(60)])
    assert finding.state is State.ONGOING


def test_at_the_edge_of_the_picture_there_is_no_border_to_keep_from():
    part = [(0.0, 500.0, 900.0, 1080.0)]
    there = car(x=0, y=960)
    looks = [look(t, [there]) if t < 100 else look(t, [], regions=part) for t in range(200)]

    (finding,) = run(looks, [kerb(60)])
    assert finding.state is State.ENDED


def test_looks_that_repeat_a_missed_detection_end_nothing():
    missed = [replace(look(t, []), repeated=t > 100) for t in range(100, 130)]
    looks = [look(t, [car()]) for t in range(100)] + missed

    (finding,) = run([*looks, *(look(t, [car()]) for t in range(130, 150))], [kerb(60)])
    assert finding.dwell_s == 149


def test_looks_that_repeat_what_was_seen_confirm_it():
    looks = [replace(look(t, [car()]), repeated=t % 10 > 0) for t in range(100)]

    (finding,) = run(looks, [kerb(60)])
    assert finding.dwell_s == 99


def test_a_look_that_only_repeats_what_was_seen_does_not_show_a_spot_clear():
    for repeated, known in ((True, False), (False, True)):
        clear = [replace(look(t, []), repeated=repeated and t > 0) for t in range(20)]
        looks = clear + [look(t, [car()]) for t in range(20, 100)]

        (finding,) = run(looks, [kerb(60)])
        assert finding.arrival_known == known


def test_what_stands_where_it_begins_to_be_ignored_is_lost_and_not_gone():
    for inside, state in ((300.0, State.LOST), (1300.0, State.ONGOING)):
        looks = scene(200, (10, 200, car(x=inside)))
        (finding,) = run(looks, [kerb(60), ignored(between(100, 1e6))])
        assert (finding.state, finding.cleared_at) == (state, None)
