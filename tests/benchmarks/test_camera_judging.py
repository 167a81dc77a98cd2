from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from benchmarks.events.camera_judging import figures, judge, labelled_share, watched_h
from benchmarks.events.junction import NEW_YORK, DerivedStay, Shot
from benchmarks.events.matching import Event
from detector.observation import BoxXyxy

VAN: BoxXyxy = (220.0, 180.0, 280.0, 235.0)
ROW: BoxXyxy = (0.0, 180.0, 32.0, 214.0)
FREE: BoxXyxy = (240.0, 40.0, 290.0, 80.0)
MORNING = datetime(2017, 12, 18, 9, tzinfo=NEW_YORK)


def shots(*times_s: float, vehicles: tuple[BoxXyxy, ...] = (VAN,)) -> list[Shot]:
    return [Shot(Path(), t, MORNING + timedelta(seconds=t), vehicles) for t in times_s]


def stay(start_s: float, end_s: float, class_name: str = "car") -> DerivedStay:
    return DerivedStay(Event(start_s, end_s, VAN), class_name, ("bus_stop",))


EVERY_MINUTE = shots(*range(0, 1200, 60))


def row(stays: list[DerivedStay], events: list[Event]) -> dict[str, object]:
    return figures(judge(stays, events, EVERY_MINUTE), EVERY_MINUTE, by_day=True)


def test_a_stay_that_is_raised_a_picture_late_is_found_by_every_measure():
    found = row([stay(120, 600)], [Event(180, 600, VAN)])

    assert (found["recall_found"], found["recall_loose"], found["recall_strict"]) == (1, 1, 1)


def test_a_stay_that_is_raised_two_pictures_late_is_not_found_strictly():
    found = row([stay(120, 600)], [Event(240, 600, VAN)])

    assert (found["recall_loose"], found["recall_strict"]) == (1, 0)


def test_one_observation_over_two_stays_of_one_spot_is_one_of_them_and_finds_both():
    found = row([stay(0, 300), stay(480, 900)], [Event(0, 900, VAN)])

    assert (found["recall_found"], found["recall_loose"]) == (1, 0.5)


def test_two_observations_of_one_stay_are_a_double_and_not_false():
    found = row([stay(0, 900)], [Event(0, 400, VAN), Event(460, 900, VAN)])

    assert (found["doubles"], found["false"]) == (1, 0)


def test_a_bus_at_its_stop_is_not_wanted_and_not_false():
    found = row([stay(0, 300, "bus")], [Event(0, 300, VAN)])

    assert (found["stays"], found["on_a_derived_stay"], found["false"]) == (0, 1, 0)


@pytest.mark.parametrize(
    ("box", "sort"),
    [
        (VAN, "false_but_a_labelled_vehicle_is_there"),
        (ROW, "where_labels_leave_vehicles_out"),
        (FREE, "false"),
    ],
)
def test_what_lies_on_no_derived_stay_is_told_apart(box: BoxXyxy, sort: str):
    found = row([], [Event(0, 300, box)])

    assert found[sort] == 1


def test_hours_count_only_between_pictures_that_the_gap_spans():
    assert watched_h(shots(0, 60, 360, 661, 700), by_day=True) == pytest.approx(399 / 3600)


def test_how_often_a_spot_is_labelled_counts_the_pictures_of_the_time():
    seen = shots(0, 60) + shots(120, 180, vehicles=())

    assert labelled_share(Event(0, 180, VAN), seen) == 0.5
    assert labelled_share(Event(0, 60, VAN), seen) == 1
