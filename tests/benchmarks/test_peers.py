from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from benchmarks.events.peers import UNTRACKED, PeerRule, PixelStep, TimeInZone
from detector.geometry.zones import zone_polygon
from detector.looks import Boxes, LookBoxes, Size

POLYGON = zone_polygon([(0, 200), (640, 200), (640, 480), (0, 480)])
CAR, PERSON = 3, 0
CLASSES = frozenset({CAR})
FPS = 5
STANDS = (300.0, 240.0, 380.0, 300.0)
Box = tuple[float, float, float, float]


def timer() -> TimeInZone:
    return TimeInZone(POLYGON, 10.0, CLASSES)


def step() -> PixelStep:
    return PixelStep(POLYGON, 10.0, FPS, CLASSES)


def show(
    rule: PeerRule, from_s: float, to_s: float, box: Box = STANDS, track: int = 1, kind: int = CAR
) -> None:
    for number in range(round(from_s * FPS), round(to_s * FPS) + 1):
        boxes = Boxes.of([(*box, kind, 0.9)])
        rule.see(LookBoxes(number / FPS, None, Size(640, 480), boxes), np.array([track]))


@pytest.mark.parametrize("make", [timer, step])
def test_a_standing_car_is_one_event_once_the_limit_is_over(make: Callable[[], PeerRule]):
    rule = make()
    show(rule, 0, 30)

    (event,) = rule.events()
    assert (event.start_s, event.end_s, event.box) == (0, 30, STANDS)


@pytest.mark.parametrize("make", [timer, step])
def test_nothing_is_raised_within_the_limit(make: Callable[[], PeerRule]):
    rule = make()
    show(rule, 0, 9)

    assert rule.events() == []


@pytest.mark.parametrize("make", [timer, step])
def test_a_new_id_is_a_new_event(make: Callable[[], PeerRule]):
    rule = make()
    show(rule, 0, 20, track=1)
    show(rule, 20.2, 40, track=2)

    assert len(rule.events()) == 2


@pytest.mark.parametrize("make", [timer, step])
@pytest.mark.parametrize(("track", "kind"), [(UNTRACKED, CAR), (1, PERSON)])
def test_boxes_without_an_id_and_other_classes_do_not_count(
    make: Callable[[], PeerRule], track: int, kind: int
):
    rule = make()
    show(rule, 0, 30, track=track, kind=kind)

    assert rule.events() == []


def test_the_timer_asks_for_the_bottom_centre_and_the_pixel_step_for_the_middle():
    # The foot is in the zone, the middle is not.
    high = (300.0, 150.0, 380.0, 210.0)
    by_foot, by_middle = timer(), step()
    for rule in (by_foot, by_middle):
        show(rule, 0, 30, high)

    assert len(by_foot.events()) == 1
    assert by_middle.events() == []


def test_the_timer_goes_on_while_a_vehicle_creeps_and_the_pixel_step_begins_anew():
    creeping, stepping = timer(), step()
    for rule in (creeping, stepping):
        for second in range(30):
            show(rule, second, second, tuple(np.add(STANDS, [second * 8.0, 0, second * 8.0, 0])))

    assert len(creeping.events()) == 1
    assert stepping.events() == []


def test_the_pixel_step_counts_pictures_not_seconds():
    # Every other picture missed: after 15 s it has 38 pictures of the 50 that it asks for.
    rule = step()
    for number in range(0, 15 * FPS, 2):
        boxes = Boxes.of([(*STANDS, CAR, 0.9)])
        rule.see(LookBoxes(number / FPS, None, Size(640, 480), boxes), np.array([1]))

    assert rule.events() == []
