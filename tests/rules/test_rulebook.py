from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.geometry.zone import ZoneKind
from detector.looks import Boxes, LookBoxes
from detector.observation import EvidenceRole
from detector.rules.past import MOST_LOOKS, Past
from detector.rules.rulebook import Rulebook
from detector.taxonomy import Kind
from tests.rules.scenes import (
    BIN,
    CAR,
    MOTORCYCLE,
    OVERFLOW,
    PILE,
    SIZE,
    STALL,
    TRUCK,
    WHOLE,
    bike,
    car,
    kerb,
    look,
    painted,
    run,
    scene,
    thing,
    zone,
)

ZONES = [
    kerb(30, classes=[2, 3, 4, 5]),
    zone(ZoneKind.BIN_POINT, dwell_s=20, corners=[(0, 0), (900, 0), (900, 700), (0, 700)]),
]
LORRY = (350, 620, 950, 900, TRUCK, 0.9)


def busy(every_s: float = 1.0) -> list[LookBoxes]:
    """A minute and a half in which all sorts of things happen."""
    actors = [
        (5, 80, car()),
        (30, 36, LORRY),
        (0, 90, car(x=1000)),
        (8, 70, car(x=1240)),
        (10, 85, bike(x=1700)),
        (0, 50, thing(OVERFLOW)),
        (51, 90, thing(BIN, confidence=0.8)),
        (20, 90, thing(PILE, x=500, size=150)),
        (0, 90, thing(STALL, x=1000, size=180)),
    ]
    view = painted({(500.0, 700.0, 700.0, 820.0): 1})
    return [replace(it, appearance=view) for it in scene(90, *actors, every_s=every_s)]


def test_the_busy_scene_has_findings_of_several_kinds():
    assert len({it.kind for it in run(busy(), ZONES)}) >= 3


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 90))
def test_stopping_and_going_on_changes_nothing(split: int):
    looks = busy()
    first = Rulebook(ZONES, fixed_camera=True, least_looks=2)
    found = [it for look in looks[:split] for it in first.see(look)]
    second = Rulebook(ZONES, fixed_camera=True, least_looks=2)
    second.restore(first.state())
    assert second.ongoing() == first.ongoing()
    found += [it for look in looks[split:] for it in second.see(look)] + second.finish()

    assert found == run(looks, ZONES)


@settings(max_examples=8, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_boxes_changes_nothing(random):
    def shuffled(it: LookBoxes) -> LookBoxes:
        order = list(range(len(it.boxes)))
        random.shuffle(order)
        boxes = it.boxes
        mixed = Boxes(boxes.xyxy[order], boxes.class_id[order], boxes.confidence[order])
        return replace(it, boxes=mixed)

    looks = busy()
    assert run([shuffled(it) for it in looks], ZONES) == run(looks, ZONES)


@pytest.mark.parametrize("step_s", [0.04, 0.2, 1.0, 5.0, 20.0, 100.0])
def test_the_dwell_does_not_depend_on_how_often_one_looks(step_s: float):
    part_s = max(40.0, 6 * step_s)
    looks = scene(5 * part_s, (part_s, 4 * part_s, car()), every_s=step_s)

    (finding,) = run(looks, [kerb(part_s)])
    assert finding.dwell_s == pytest.approx(3 * part_s, abs=step_s + 1e-6)
    assert finding.arrival_known
    limit = dict(finding.moments)[EvidenceRole.LIMIT]
    assert limit.t_s == pytest.approx(2 * part_s, abs=step_s + 1e-6)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.04, 30), min_size=30, max_size=120))
def test_irregular_looks_tell_the_same_stay(steps: list[float]):
    times = np.concatenate([[0.0, 10.0], 20 + np.cumsum(steps)]).tolist()
    stands = [t for t in times if t > 15]
    looks = [look(t, [car()] if t > 15 else []) for t in times]
    span_s = stands[-1] - stands[0]

    found = run(looks, [kerb(span_s / 2)])
    assert [it.dwell_s for it in found] == [pytest.approx(span_s)]


CORNER = st.one_of(
    st.floats(-1e7, 1e7),
    st.sampled_from([float("nan"), float("inf"), float("-inf"), 0.0, 500.0, 1920.0]),
)
BAD = st.tuples(
    CORNER,
    CORNER,
    CORNER,
    CORNER,
    st.integers(-2, 40),
    st.one_of(st.floats(0, 1), st.just(float("nan"))),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(BAD, max_size=6), min_size=3, max_size=8), st.booleans())
def test_no_box_is_too_bad(rows: list[list[tuple]], fixed_camera: bool):
    with np.errstate(all="ignore"):
        looks = [look(10.0 * t, it) for t, it in enumerate(rows)]
    rulebook = Rulebook(ZONES, fixed_camera=fixed_camera, least_looks=2)
    for it in looks:
        rulebook.see(it)
    json.loads(rulebook.state())

    for finding in rulebook.finish():
        x1, y1, x2, y2 = finding.best.box
        assert min(x2, SIZE.width) > max(x1, 0)
        assert min(y2, SIZE.height) > max(y1, 0)


@settings(max_examples=25, deadline=None)
@given(st.lists(BAD, max_size=4))
def test_bad_boxes_beside_a_stay_do_not_end_it(bad: list[tuple]):
    small = [row for row in bad if not _overlaps(row)]
    with np.errstate(all="ignore"):
        looks = [look(t, [car(), *small]) for t in range(100)]

    stays = [it for it in run(looks, [kerb(60)]) if it.first.box[0] == 500]
    assert [it.dwell_s for it in stays] == [99]


def _overlaps(row: tuple) -> bool:
    x1, y1, x2, y2 = row[:4]
    return x1 < 700 and x2 > 500 and y1 < 820 and y2 > 700


def test_a_look_that_is_not_later_says_nothing():
    looks = [look(t, [car()]) for t in range(100)]
    again = [*looks[:50], *(look(20, []) for _ in range(50)), *looks[50:]]

    assert run(again, [kerb(60)]) == run(looks, [kerb(60)])


def test_what_is_over_its_limit_is_ongoing_with_one_start_until_it_is_over():
    rulebook = Rulebook([kerb(60)], fixed_camera=True, least_looks=2)
    starts = set()
    for it in scene(200, (20, 150, car())):
        over = rulebook.see(it)
        ongoing = rulebook.ongoing()
        assert bool(ongoing) == (80 <= it.t_s < 171)
        starts |= {finding.first for finding in [*ongoing, *over]}
        for finding in ongoing:
            roles = [role for role, _ in finding.moments]
            assert roles == [EvidenceRole.ARRIVAL, EvidenceRole.LIMIT, EvidenceRole.LATEST]

    assert len(starts) == 1


def test_a_nudged_view_carries_its_stays_along():
    shift = np.array([[1, 0, 90], [0, 1, -40], [0, 0, 1]], dtype=np.float64)
    rulebook = Rulebook([kerb(60)], fixed_camera=True, least_looks=2)
    for t in range(50):
        rulebook.see(look(t, [car()]))
    rulebook.move([kerb(60)], shift)
    for t in range(50, 100):
        rulebook.see(look(t, [car(x=590, y=660)]))

    (finding,) = rulebook.ongoing()
    assert finding.dwell_s == 99
    assert finding.first.box[0] == 500
    assert finding.spot == (590, 660, 790, 780)


def test_a_view_is_carried_by_a_matrix_only():
    rulebook = Rulebook([kerb(60)], fixed_camera=True, least_looks=2)

    with pytest.raises(ValueError, match="3x3"):
        rulebook.move([kerb(60)], np.full((3, 3), np.nan))


@pytest.mark.parametrize(
    "state",
    [b"", b"no", b"{}", b'{"made_for": 3}', Rulebook([], fixed_camera=True, least_looks=2).state()],
)
def test_what_is_no_state_of_these_rules_is_refused(state: bytes):
    rulebook = Rulebook([kerb(60)], fixed_camera=True, least_looks=2)

    with pytest.raises(ValueError, match=r"."):
        rulebook.restore(state)


def test_memory_does_not_grow_with_time():
    rulebook = Rulebook([kerb(60)], fixed_camera=True, least_looks=2)
    sizes = []
    for t in range(1600):
        rulebook.see(look(t / 2, [car(), car(x=(t * 90) % 1800, y=200, class_id=CAR)]))
        if t % 400 == 399:
            sizes.append(len(rulebook.state()))

    assert max(sizes[1:]) < 1.2 * sizes[1]


@pytest.mark.parametrize("every_s", [0.04, 1.0, 100.0])
def test_past_looks_are_bounded_and_still_reach_back(every_s: float):
    past = Past(300.0)
    for i in range(2000):
        past.add(look(i * every_s, []), np.zeros((0, 4), dtype=np.float32))
    kept = past.saved()

    assert len(kept) <= MOST_LOOKS + 1
    span_s = min(300.0, 2000 * every_s)
    assert kept[-1].t_s - kept[0].t_s >= 0.5 * span_s


def test_a_nudged_view_carries_what_its_things_look_like_along():
    shift = np.array([[1, 0, 90], [0, 1, -40], [0, 0, 1]], dtype=np.float64)
    rulebook = Rulebook([kerb(60)], fixed_camera=True, least_looks=2)
    here, there = (500.0, 700.0, 700.0, 820.0), (590.0, 660.0, 790.0, 780.0)
    for t in range(70):
        rulebook.see(look(t, [car()], appearance=painted({here: 1})))
    rulebook.move([kerb(60)], shift)
    over = [
        finding
        for t in range(70, 140)
        for finding in rulebook.see(look(t, [], appearance=painted({there: 1})))
    ]

    assert over == []
    assert len(rulebook.ongoing()) == 1


def test_a_zone_may_be_for_other_classes_when_what_was_remembered_is_taken_up():
    edits = [kerb(60, classes=[CAR]), kerb(60, classes=[MOTORCYCLE, CAR])]
    for before, after in (edits, edits[::-1]):
        first = Rulebook([before], fixed_camera=True, least_looks=2)
        second = Rulebook([after], fixed_camera=True, least_looks=2)
        for t in range(70):
            first.see(look(t, [car(), bike(x=1200)]))
        second.restore(first.state())
        for t in range(70, 200):
            second.see(look(t, [car(), bike(x=1200)]))

        starts = {it.kind: it.first.t_s for it in second.ongoing()}
        assert starts[Kind.ILLEGAL_PARKING] == 0
        assert (Kind.NON_MOTOR_PARKING in starts) == (after is edits[1])


def test_what_a_nudge_brings_into_view_was_not_seen_clear():
    shift = np.array([[1, 0, 0], [0, 1, -300], [0, 0, 1]], dtype=np.float64)
    for y, known in ((850, False), (500, True)):
        rulebook = Rulebook([kerb(60)], fixed_camera=True, least_looks=2)
        for t in range(50):
            rulebook.see(look(t, []))
        rulebook.move([zone(ZoneKind.NO_PARKING, corners=WHOLE)], shift)
        for t in range(50, 120):
            rulebook.see(look(t, [car(y=y)]))

        (finding,) = rulebook.ongoing()
        assert finding.arrival_known == known
