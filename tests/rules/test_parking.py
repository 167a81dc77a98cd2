from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.observation import EvidenceRole, State
from detector.taxonomy import Kind
from tests.rules.scenes import BUS, CAR, NOON, TRUCK, car, ignored, kerb, look, run


def stay(start_s: float, end_s: float, step_s: float = 1.0, x: float = 500) -> dict[float, list]:
    count = int((end_s - start_s) / step_s) + 1
    return {start_s + i * step_s: [car(x)] for i in range(count)}


def scene(until_s: float, *stays: dict[float, list], step_s: float = 1.0) -> list:
    times = [i * step_s for i in range(int(until_s / step_s) + 1)]
    return [look(t, [row for it in stays for row in it.get(t, [])]) for t in times]


def test_a_car_that_stays_longer_than_the_zone_allows_is_one_finding():
    (finding,) = run(scene(200, stay(20, 150)), [kerb(60)])

    assert finding.kind is Kind.ILLEGAL_PARKING
    assert finding.zone == "kerb"
    assert finding.dwell_s == pytest.approx(130)
    assert finding.state is State.ENDED
    assert finding.looks == 131


def test_arrival_after_a_clear_look_is_known():
    (finding,) = run(scene(200, stay(20, 150)), [kerb(60)])

    assert finding.arrival_known
    assert finding.last_clear_at is not None
    assert (finding.last_clear_at - NOON).total_seconds() == 19


def test_a_car_that_stood_there_from_the_first_look_has_a_least_dwell():
    (finding,) = run(scene(100, stay(0, 90)), [kerb(60)])

    assert not finding.arrival_known
    assert finding.last_clear_at is None


def test_a_car_that_still_stands_at_the_end_is_ongoing():
    (finding,) = run(scene(100, stay(10, 100)), [kerb(60)])

    assert finding.state is State.ONGOING
    assert finding.dwell_s == pytest.approx(90)


def test_the_moments_prove_arrival_limit_latest_and_departure():
    (finding,) = run(scene(200, stay(20, 150)), [kerb(60)])

    times = {role: sighting.t_s for role, sighting in finding.moments}
    assert times == {
        EvidenceRole.ARRIVAL: 20,
        EvidenceRole.LIMIT: 80,
        EvidenceRole.LATEST: 150,
        EvidenceRole.DEPARTURE: 151,
    }


def test_a_short_stop_is_no_finding():
    assert run(scene(200, stay(20, 70)), [kerb(60)]) == []


def test_two_short_stops_at_one_spot_do_not_add_up():
    assert run(scene(200, stay(20, 60), stay(80, 120)), [kerb(60)]) == []


def test_passing_traffic_is_no_finding():
    looks = [look(t, [car(x=(t * 150) % 1700)]) for t in range(300)]

    assert run(looks, [kerb(10)]) == []


def test_a_creeping_queue_is_no_stay_of_one_car():
    looks = [look(t, [car(x=100 + 8 * t + 250 * i) for i in range(3)]) for t in range(120)]

    assert run(looks, [kerb(30)]) == []


def test_a_car_outside_the_zone_is_no_finding():
    looks = [look(t, [car(y=100)]) for t in range(200)]

    assert run(looks, [kerb(60)]) == []


def test_a_class_that_the_zone_does_not_name_is_no_finding():
    looks = [look(t, [car(class_id=BUS)]) for t in range(200)]

    assert run(looks, [kerb(60, classes=[CAR, TRUCK])]) == []


def test_a_stay_survives_missed_detections():
    missed = set(range(40, 46)) | {70, 90}
    looks = [look(t, [] if t in missed else [car()]) for t in range(150)]

    (finding,) = run(looks, [kerb(60)])
    assert finding.dwell_s == pytest.approx(149)


def test_a_stay_survives_a_lorry_that_hides_it_for_a_minute():
    lorry = (350, 620, 950, 900, TRUCK, 0.9)
    looks = [look(t, [lorry] if 40 <= t < 100 else [car()]) for t in range(180)]

    findings = run(looks, [kerb(120)])
    assert [it.dwell_s for it in findings] == [pytest.approx(179)]


def test_a_car_that_left_and_another_that_came_are_two():
    findings = run(scene(400, stay(10, 150), stay(200, 350)), [kerb(60)])

    assert [it.dwell_s for it in findings] == [pytest.approx(140), pytest.approx(150)]


def test_two_looks_minutes_apart_are_no_proof_of_one_stay():
    assert run([look(0, [car()]), look(200, [car()]), look(350, [])], [kerb(60)]) == []


def test_nobody_looking_for_long_ends_a_stay_as_lost():
    looks = [look(t, [car()]) for t in [*range(100), *range(1000, 1100)]]

    first, second = run(looks, [kerb(60)])
    assert first.state is State.LOST
    assert first.dwell_s == pytest.approx(99)
    assert not second.arrival_known


def test_a_vehicle_seen_as_car_and_truck_at_once_is_one():
    looks = [look(t, [car(), car(x=504, class_id=TRUCK, confidence=0.6)]) for t in range(100)]

    assert len(run(looks, [kerb(60)])) == 1


def test_an_ignored_zone_hides_what_stands_in_it():
    looks = [look(t, [car(x=300), car(x=1300)]) for t in range(100)]

    (finding,) = run(looks, [kerb(60), ignored()])
    assert finding.best.box[0] == pytest.approx(1300)


def test_a_box_over_half_the_picture_does_not_hide_a_departure():
    giant = (0, 100, 1500, 1080, BUS, 0.6)
    looks = [look(t, [giant, car()] if t < 100 else [giant]) for t in range(200)]

    (finding,) = run(looks, [kerb(60, classes=[CAR])])
    assert finding.state is State.ENDED


@pytest.mark.parametrize("step_s", [0.04, 0.2, 1.0, 5.0])
def test_the_dwell_does_not_depend_on_how_often_one_looks(step_s: float):
    looks = [
        look(round(i * step_s, 3), [car()] if 20 <= i * step_s <= 150 else [])
        for i in range(int(200 / step_s))
    ]

    (finding,) = run(looks, [kerb(60)])
    assert finding.dwell_s == pytest.approx(130, abs=step_s + 1e-6)


@settings(max_examples=40, deadline=None)
@given(st.sets(st.integers(1, 148), max_size=70), st.floats(-6, 6))
def test_dropped_looks_never_lengthen_a_stay(dropped: set[int], jitter: float):
    looks = [look(t, [car(x=500 + jitter * (t % 2))]) for t in range(150) if t not in dropped]

    findings = run(looks, [kerb(60)])
    assert [it.dwell_s for it in findings] == [pytest.approx(149)]
