from __future__ import annotations

import pytest

from detector.geometry.zone import ZoneKind
from detector.observation import EvidenceRole, State
from detector.rules.queue import LONGEST_S, RED_S
from detector.rules.rulebook import Rulebook
from tests.rules.scenes import BUS, MOTORCYCLE, between, car, kerb, look, run, scene, zone

GAP_PX = 40


def column(stops: list[tuple[float, float]]) -> list[tuple[float, float, tuple]]:
    """Vehicles one behind the other, each from one time to another."""
    return [(start, end, car(x=100 + (200 + GAP_PX) * i)) for i, (start, end) in enumerate(stops)]


@pytest.mark.parametrize("every_s", [0.2, 1.0])
def test_vehicles_that_stop_and_leave_together_are_a_queue(every_s: float):
    queue = column([(20, 70), (23, 72), (27, 74), (30, 76)])

    assert run(scene(150, *queue, every_s=every_s), [kerb(30)]) == []


def test_the_last_of_a_queue_that_the_footage_ends_with_is_none_either():
    assert run(scene(75, *column([(20, 75), (23, 75), (27, 75)])), [kerb(30)]) == []


def test_a_car_that_stays_when_the_queue_about_it_leaves_was_parked():
    queue = column([(20, 70), (23, 150), (27, 74)])

    (finding,) = run(scene(200, *queue), [kerb(30)])
    assert (finding.first.t_s, finding.last.t_s) == (23, 150)


def test_a_stay_held_back_is_not_told_before_the_queue_has_left():
    rulebook = Rulebook([kerb(30)], fixed_camera=True, least_looks=2)
    told = []
    for seen in scene(200, *column([(20, 70), (23, 150), (27, 74)])):
        rulebook.see(seen)
        told.append(bool(rulebook.ongoing()))

    assert 74 < told.index(True) < 110
    assert all(told[110:150])


def test_a_parked_car_that_leaves_first_is_judged_by_how_the_others_leave():
    queue = column([(20, 70), (23, 130), (27, 130)])

    found = run(scene(200, *queue), [kerb(30)])
    assert [it.last.t_s for it in found if it.first.t_s == 20] == [70]


def test_cars_that_park_one_after_another_are_no_queue():
    found = run(scene(400, *column([(20, 350), (110, 360), (200, 370)])), [kerb(60)])

    assert len(found) == 3
    assert all(it.state is State.ENDED for it in found)


def test_traffic_that_streams_past_a_parked_car_is_no_queue_beside_it():
    # Every two seconds a car drives over the next spot: some of its boxes lie about the same there.
    passing = [
        look(round(i * 0.2, 3), [car(), car(x=740 + 12 * (i % 3))] if i % 10 < 3 else [car()])
        for i in range(90)
    ]

    (finding,) = run(passing, [kerb(5)])
    assert (finding.best.box[0], finding.dwell_s) == (500, pytest.approx(17.8))


def test_two_cars_at_a_kerb_far_apart_are_no_queue():
    both = [(20, 90, car(x=100)), (23, 92, car(x=1300))]

    assert len(run(scene(150, *both), [kerb(30)])) == 2


def test_what_has_not_moved_for_the_longest_queue_counts():
    rulebook = Rulebook([kerb(30)], fixed_camera=True, least_looks=2)
    looks = scene(300, *column([(20, 300), (23, 300)]))
    told = []
    for seen in looks:
        rulebook.see(seen)
        told.append(len(rulebook.ongoing()))

    assert told[int(20 + LONGEST_S) - 1] == 0
    assert told[int(23 + LONGEST_S)] == 2


def test_a_row_that_stood_through_short_footage_counts_when_no_light_is_red_for_so_long():
    row = column([(0, 120), (0, 120), (0, 120)])

    assert len(run(scene(RED_S + 5, *row), [kerb(60)])) == 3
    assert run(scene(RED_S - 5, *row), [kerb(60)]) == []


def test_in_a_traffic_lane_nothing_is_parked():
    zones = [
        kerb(60),
        zone(ZoneKind.TRAFFIC_LANE, corners=[(0, 600), (650, 600), (650, 1080), (0, 1080)]),
    ]

    found = run(scene(300, (0, 300, car(x=500)), (0, 300, car(x=1200))), zones)
    assert [it.first.box[0] for it in found] == [1200]


def test_a_lane_is_one_only_in_its_hours_for_its_classes_and_by_its_own_share():
    def starts(**lane: object) -> list[float]:
        corners = [(0, 600), (580, 600), (580, 1080), (0, 1080)]
        lanes = zone(ZoneKind.TRAFFIC_LANE, corners=corners, **lane)  # type: ignore[arg-type]
        found = run(scene(300, (0, 300, car())), [kerb(60), lanes])
        return [dict(it.moments)[EvidenceRole.LIMIT].t_s for it in found]

    assert starts(least_foot_share=0.3) == []
    assert starts(least_foot_share=0.3, in_force=between(1e5, 2e5)) == [60]
    assert starts(least_foot_share=0.3, in_force=between(0, 100)) == [159]
    assert starts(least_foot_share=0.3, classes=[MOTORCYCLE, BUS]) == [60]
    assert starts() == [60]
