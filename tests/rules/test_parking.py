from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.geometry.zone import ZoneKind
from detector.observation import EvidenceRole, State
from detector.taxonomy import Kind
from tests.rules.scenes import (
    BUS,
    CAR,
    MOTORCYCLE,
    NOON,
    TRUCK,
    WHOLE,
    between,
    bike,
    car,
    ignored,
    kerb,
    look,
    run,
    scene,
    zone,
)

LEFT = [(0, 600), (620, 600), (620, 1080), (0, 1080)]


def limit_s(finding) -> float:
    return dict(finding.moments)[EvidenceRole.LIMIT].t_s


def test_a_long_vehicle_that_creeps_within_its_own_length_does_not_stand():
    def creeping(t_s: float):
        return look(t_s, [(600 - 20 * t_s, 650, 940 - 20 * t_s, 1000, BUS, 0.8)])

    assert run([creeping(round(i * 0.2, 3)) for i in range(30)], [kerb(5)]) == []


def test_a_car_that_stays_longer_than_the_zone_allows_is_one_finding():
    (finding,) = run(scene(200, (20, 150, car())), [kerb(60)])

    assert finding.kind is Kind.ILLEGAL_PARKING
    assert finding.zone == "kerb"
    assert finding.dwell_s == pytest.approx(130)
    assert finding.state is State.ENDED
    assert finding.looks == 131


def test_arrival_after_a_clear_look_is_known():
    (finding,) = run(scene(200, (20, 150, car())), [kerb(60)])

    assert finding.arrival_known
    assert finding.last_clear_at is not None
    assert (finding.last_clear_at - NOON).total_seconds() == 19


@pytest.mark.parametrize("first_s", [0, 1])
def test_a_car_that_stood_there_from_the_first_looks_has_a_least_dwell(first_s: float):
    (finding,) = run(scene(100, (first_s, 90, car())), [kerb(60)])

    assert not finding.arrival_known
    assert finding.last_clear_at is None


def test_a_car_that_still_stands_at_the_end_is_ongoing():
    (finding,) = run(scene(100, (10, 100, car())), [kerb(60)])

    assert finding.state is State.ONGOING
    assert finding.dwell_s == pytest.approx(90)
    assert finding.cleared_at is None


def test_the_moments_prove_arrival_limit_latest_and_departure():
    (finding,) = run(scene(200, (20, 150, car())), [kerb(60)])

    times = {role: sighting.t_s for role, sighting in finding.moments}
    assert times == {
        EvidenceRole.ARRIVAL: 20,
        EvidenceRole.LIMIT: 80,
        EvidenceRole.LATEST: 150,
        EvidenceRole.DEPARTURE: 151,
    }
    assert finding.cleared_at is not None
    assert (finding.cleared_at - NOON).total_seconds() == 151


def test_the_start_is_when_it_stood_not_when_it_drove_up():
    drive = [look(t / 5, [car(x=500 - (40 - t) ** 2 / 4)]) for t in range(40)]
    looks = [*drive, *(look(t / 5, [car()]) for t in range(40, 500))]

    (finding,) = run(looks, [kerb(60)])
    assert 5.5 <= finding.first.t_s <= 8
    assert finding.best.box[0] > 460


def test_a_short_stop_is_no_finding():
    assert run(scene(200, (20, 70, car())), [kerb(60)]) == []


def test_two_short_stops_at_one_spot_do_not_add_up():
    assert run(scene(200, (20, 60, car()), (90, 130, car())), [kerb(60)]) == []


def test_passing_traffic_is_no_finding():
    looks = [look(t, [car(x=(t * 150) % 1700)]) for t in range(300)]

    assert run(looks, [kerb(10)]) == []


def test_traffic_that_passes_over_a_spot_does_not_keep_a_stay_alive():
    stands = [look(t / 5, [car()]) for t in range(500)]
    passes = [look(t / 5, [car(x=(t * 60) % 1700)]) for t in range(500, 1000)]

    (finding,) = run([*stands, *passes], [kerb(60)])
    assert finding.last.t_s == pytest.approx(99.8, abs=1)
    assert finding.state is State.ENDED


@pytest.mark.parametrize("every_s", [0.1, 1.0])
def test_a_creeping_queue_is_no_stay_of_one_car(every_s: float):
    times = [i * every_s for i in range(int(120 / every_s))]
    looks = [look(t, [car(x=100 + 8 * t + 250 * i) for i in range(3)]) for t in times]

    assert run(looks, [kerb(30)]) == []


def test_a_car_outside_the_zone_is_no_finding():
    assert run(scene(200, (0, 200, car(y=100))), [kerb(60)]) == []


def test_a_class_that_the_zone_does_not_name_is_no_finding():
    looks = [look(t, [car(class_id=BUS)]) for t in range(200)]

    assert run(looks, [kerb(60, classes=[CAR, TRUCK])]) == []


def test_a_bus_that_is_now_and_then_taken_for_a_truck_stays_exempt():
    kinds = [TRUCK if t % 5 == 0 else BUS for t in range(200)]
    looks = [look(t, [car(class_id=kinds[t])]) for t in range(200)]

    assert run(looks, [kerb(60, classes=[CAR, TRUCK])]) == []


def test_two_looks_minutes_apart_are_no_proof_of_one_stay():
    assert run([look(0, [car()]), look(200, [car()]), look(350, [])], [kerb(60)]) == []


def test_a_vehicle_seen_as_car_and_truck_at_once_is_one():
    looks = [look(t, [car(), car(x=504, class_id=TRUCK, confidence=0.6)]) for t in range(100)]

    assert len(run(looks, [kerb(60)])) == 1


def test_an_ignored_zone_hides_what_stands_in_it():
    (finding,) = run(scene(100, (0, 100, car(300)), (0, 100, car(1300))), [kerb(60), ignored()])

    assert finding.best.box[0] == pytest.approx(1300)


def test_motorcycles_are_a_kind_of_their_own_even_in_one_zone():
    both = kerb(60, classes=[CAR, MOTORCYCLE])

    found = run(scene(100, (0, 100, car()), (0, 100, bike(1300))), [both])
    assert {it.kind: it.sub_kind for it in found} == {
        Kind.ILLEGAL_PARKING: "parking.motor.sidewalk",
        Kind.NON_MOTOR_PARKING: "parking.nonmotor",
    }


def test_a_motorcycle_does_not_go_on_with_the_stay_of_a_car():
    motor = (500.0, 700.0, 700.0, 820.0, MOTORCYCLE, 0.8)

    zones = [kerb(60, classes=[CAR, MOTORCYCLE])]
    assert run(scene(100, (0, 50, car()), (51, 100, motor)), zones) == []


@pytest.mark.parametrize(
    ("row", "sub_kind", "expected"),
    [
        (car(), None, "parking.motor.fire_lane"),
        (car(), "parking.motor.carriageway", "parking.motor.carriageway"),
        (bike(), None, "parking.nonmotor"),
        (bike(), "parking.motor.fire_lane", "parking.nonmotor"),
    ],
)
def test_what_is_to_be_kept_clear_has_its_own_sub_kind(row, sub_kind, expected):
    zones = [zone(ZoneKind.KEEP_CLEAR, sub_kind=sub_kind)]

    (finding,) = run(scene(100, (0, 100, row)), zones)
    assert finding.sub_kind == expected


def test_a_stay_in_two_zones_is_told_once_where_most_of_it_stands():
    zones = [kerb(60, name="left", corners=LEFT), kerb(60, name="all")]

    (finding,) = run(scene(100, (0, 100, car())), zones)
    assert finding.zone == "all"


def test_of_two_zones_that_hold_all_of_it_the_first_is_told():
    zones = [kerb(60, name="first"), kerb(60, name="second")]

    (finding,) = run(scene(100, (0, 100, car())), zones)
    assert finding.zone == "first"


def test_a_zone_to_be_kept_clear_goes_before_one_where_nobody_may_park():
    zones = [kerb(300), zone(ZoneKind.KEEP_CLEAR, dwell_s=60)]

    (finding,) = run(scene(100, (0, 100, car())), zones)
    assert finding.zone == "keep_clear"


@pytest.mark.parametrize(("least", "expected"), [(150, 1), (250, 0)])
def test_a_vehicle_too_small_for_the_zone_does_not_count(least: float, expected: int):
    assert len(run(scene(100, (0, 100, car())), [kerb(60, least_size_px=least)])) == expected


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(-12, 12), min_size=120, max_size=120))
def test_jitter_at_the_border_of_a_zone_does_not_cut_a_stay(jitter: list[float]):
    zones = [kerb(60, corners=LEFT, least_foot_share=0.55)]
    looks = [look(t, [car(x=500 + jitter[t])]) for t in range(120)]

    found = run(looks, zones)
    assert len(found) <= 1
    assert all(it.dwell_s == 119 for it in found)


def test_time_out_of_force_does_not_count_but_the_arrival_is_kept():
    zones = [kerb(60, in_force=between(100, 1e6))]

    assert run(scene(155, (20, 155, car())), zones) == []
    (finding,) = run(scene(200, (20, 200, car())), zones)
    assert finding.first.t_s == 20
    assert limit_s(finding) == 160


def test_a_zone_that_goes_out_of_force_starts_the_count_anew():
    def twice(at) -> bool:
        return between(0, 50)(at) or between(100, 1e6)(at)

    assert run(scene(155, (5, 155, car())), [kerb(60, in_force=twice)]) == []
    (finding,) = run(scene(170, (5, 170, car())), [kerb(60, in_force=twice)])
    assert limit_s(finding) == 160


def test_a_violation_goes_on_when_its_zone_goes_out_of_force():
    (finding,) = run(scene(220, (20, 180, car())), [kerb(60, in_force=between(0, 120))])

    assert finding.dwell_s == 160
    assert finding.state is State.ENDED


def test_a_zone_in_force_is_told_though_more_of_the_car_stands_in_one_that_is_not():
    night = kerb(60, name="night", in_force=between(1e5, 2e5))

    (finding,) = run(
        scene(100, (0, 100, car())), [night, kerb(60, corners=LEFT, least_foot_share=0.3)]
    )
    assert finding.zone == "kerb"


def test_a_row_seen_as_one_huge_car_is_no_stay():
    row = [car(x=100 + 300 * i, y=300) for i in range(5)]
    looks = [look(t, [*row, (90, 250, 1600, 600, CAR, 0.4)]) for t in range(100)]

    found = run(looks, [kerb(20, corners=WHOLE)])
    assert all(it.best.box[2] - it.best.box[0] == pytest.approx(200) for it in found)
