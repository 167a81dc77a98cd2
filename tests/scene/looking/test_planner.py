from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box

from detector.geometry.zone import Zone, ZoneKind
from detector.looks import Boxes, Picture, Size
from detector.scene.looking import LookPlanner, LookSettings, Plan, PlanKind, regions_of
from detector.scene.looking.watched import Watched

SIZE = Size(1280, 720)
REGION = np.array([[200, 200, 400, 400]], dtype=np.float32)
EMPTY, CAR_THERE, ELSEWHERE = 0, 1, 2
WHOLE, PARTS, REPEAT = PlanKind.WHOLE, PlanKind.PARTS, PlanKind.REPEAT


def picture(scene: int = EMPTY) -> Picture:
    bgr = np.full((SIZE.height, SIZE.width, 3), 90, np.uint8)
    if scene == CAR_THERE:
        bgr[250:300, 250:310] = 200
    if scene == ELSEWHERE:
        bgr[500:600, 800:900] = 200
    return Picture.from_bgr(bgr)


def kinds(planner: LookPlanner, scenes: list[tuple[float, int]]) -> list[PlanKind]:
    """The plans for scenes at stream times, each examined at once."""
    found = []
    for t_s, scene in scenes:
        plan = planner.plan(t_s, picture(scene))
        planner.examined(t_s, plan)
        found.append(plan.kind)
    return found


@pytest.mark.parametrize(
    ("settings", "scenes", "expected"),
    [
        (
            LookSettings(whole_every_s=30),
            [(0, EMPTY), (2, EMPTY), (4, CAR_THERE), (6, CAR_THERE), (8, EMPTY)],
            [WHOLE, REPEAT, PARTS, REPEAT, PARTS],
        ),
        (
            LookSettings(whole_every_s=30),
            [(0, EMPTY), (29, EMPTY), (30, EMPTY), (59, EMPTY), (60, EMPTY)],
            [WHOLE, REPEAT, WHOLE, REPEAT, WHOLE],
        ),
        (
            LookSettings(whole_every_s=60, still_every_s=10),
            [(0, EMPTY), (9, EMPTY), (10, EMPTY), (19, EMPTY), (20, EMPTY)],
            [WHOLE, REPEAT, PARTS, REPEAT, PARTS],
        ),
        (
            LookSettings(whole_every_s=30, gate=False),
            [(0, EMPTY), (2, EMPTY), (4, EMPTY), (30, EMPTY), (32, EMPTY)],
            [WHOLE, PARTS, PARTS, WHOLE, PARTS],
        ),
        (
            LookSettings(whole_every_s=60),
            [(0, EMPTY), (41, CAR_THERE), *((t_s, CAR_THERE) for t_s in (50, 51, 64, 74, 84, 105))],
            [WHOLE, PARTS, REPEAT, PARTS, WHOLE, PARTS, REPEAT, PARTS],
        ),
        (
            LookSettings(whole_every_s=0, still_every_s=10),
            [(0, EMPTY), (2, EMPTY), (4, CAR_THERE), (6, CAR_THERE), (14, CAR_THERE)],
            [WHOLE, REPEAT, WHOLE, REPEAT, WHOLE],
        ),
        (
            LookSettings(),
            [(0, EMPTY), (2, ELSEWHERE), (4, EMPTY)],
            [WHOLE, REPEAT, REPEAT],
        ),
        (
            LookSettings(),
            [(100, EMPTY), (102, EMPTY), (1, EMPTY), (3, EMPTY)],
            [WHOLE, REPEAT, WHOLE, REPEAT],
        ),
    ],
    ids=[
        "a car comes, stays, goes",
        "the whole picture every half minute",
        "a still picture is examined now and then",
        "no gate",
        "after a change it is examined more often for a while",
        "no looks at parts",
        "what moves elsewhere does not matter",
        "a clock that went back",
    ],
)
def test_looks_are_planned(
    settings: LookSettings, scenes: list[tuple[float, int]], expected: list[PlanKind]
) -> None:
    assert kinds(LookPlanner(REGION, SIZE, settings), scenes) == expected


def test_a_look_that_was_dropped_is_asked_for_again_while_the_picture_differs() -> None:
    planner = LookPlanner(REGION, SIZE, LookSettings())
    planner.examined(0, planner.plan(0, picture()))
    assert planner.plan(2, picture(CAR_THERE)).kind is PARTS
    assert planner.plan(4, picture(CAR_THERE)).kind is PARTS


def test_the_picture_that_was_examined_counts_and_not_a_later_one_that_still_waits() -> None:
    planner = LookPlanner(REGION, SIZE, LookSettings())
    first = planner.plan(0, picture())
    planner.plan(2, picture(CAR_THERE))
    planner.examined(0, first)
    assert planner.plan(4, picture()).kind is REPEAT
    assert planner.plan(6, picture(CAR_THERE)).kind is PARTS


def test_a_whole_look_on_its_way_is_not_asked_for_twice_but_again_when_lost() -> None:
    planner = LookPlanner(REGION, SIZE, LookSettings(whole_every_s=30, gate=False))
    asked = [planner.plan(t_s, picture()).kind for t_s in (0, 2, 9, 10, 12)]
    assert asked == [WHOLE, PARTS, PARTS, WHOLE, PARTS]


def test_a_repeat_renews_nothing() -> None:
    planner = LookPlanner(REGION, SIZE, LookSettings(still_every_s=10))
    assert kinds(planner, [(n, EMPTY) for n in range(0, 12, 2)])[-1] is PARTS


@pytest.mark.parametrize("regions", [np.zeros((0, 4)), np.array([[0, 0, *SIZE]])])
def test_where_all_matters_every_real_look_is_at_the_whole(regions: np.ndarray) -> None:
    planner = LookPlanner(regions.astype(np.float32), SIZE, LookSettings())
    scenes = [(0.0, EMPTY), (2.0, EMPTY), (4.0, ELSEWHERE)]
    assert kinds(planner, scenes) == [WHOLE, REPEAT, WHOLE]


def held(plan: Plan, *boxes: tuple[float, float, float, float]) -> list[bool]:
    """Whether each box, last seen, holds by itself."""
    return [len(plan.held(Boxes.of([(*it, 3, 0.9)]))) == 1 for it in boxes]


def test_boxes_hold_where_nothing_changed_and_nowhere_else() -> None:
    plan = LookPlanner(REGION, SIZE, LookSettings()).plan(0, picture())
    inside, elsewhere, across = (
        (250, 250, 310, 300),
        (800, 500, 900, 600),
        (380, 250, 480, 300),
    )

    assert held(plan, inside, elsewhere, across) == [True, False, False]
    assert len(plan.held(Boxes.of([]))) == 0


def test_what_stands_where_nobody_watches_does_not_hold_though_it_is_looked_at() -> None:
    zone = Zone(
        "kerb", ZoneKind.NO_PARKING, box(200, 230, 400, 330), 0.0, frozenset({3}), None, 0.5
    )
    planner = LookPlanner.of([zone], SIZE, 512, LookSettings())
    regions = regions_of([zone], SIZE, 512)
    in_it, above, beyond = (230, 160, 330, 260), (250, 110, 350, 170), (2000, 800, 2100, 900)

    assert (regions[0, :2] <= above[:2]).all()
    assert held(planner.plan(0, picture()), in_it, above, beyond) == [True, False, False]


@given(
    st.lists(st.integers(0, 1), min_size=12, max_size=12),
    st.tuples(*[st.floats(-50, 150), st.floats(-50, 150), st.floats(1, 80), st.floats(1, 80)]),
)
def test_a_share_of_watched_blocks_is_one(blocks: list[int], place: tuple[float, ...]) -> None:
    x, y, width, height = place
    mask = np.array(blocks, dtype=np.bool_).reshape(3, 4)
    xyxy = np.array([[x, y, x + width, y + height]])

    (share,) = Watched.of(mask, 20).foot_share(xyxy)
    (rest,) = Watched.of(~mask, 20).foot_share(xyxy)
    assert 0 <= share <= 1
    assert share + rest == pytest.approx(1)


def test_a_planner_for_zones_looks_above_them_and_watches_only_them() -> None:
    zone = Zone(
        "kerb", ZoneKind.NO_PARKING, box(200, 230, 400, 330), 0.0, frozenset({3}), None, 0.5
    )
    planner = LookPlanner.of([zone], SIZE, 512, LookSettings())
    assert kinds(planner, [(0, EMPTY), (2, EMPTY), (4, CAR_THERE)]) == [WHOLE, REPEAT, PARTS]
    planner.examined(6, planner.plan(6, picture()))
    above = picture()
    above.bgr[110:170, 250:350] = 200
    assert planner.plan(8, above).kind is REPEAT


def test_without_zones_a_planner_watches_all() -> None:
    planner = LookPlanner.of([], SIZE, 512, LookSettings())
    assert kinds(planner, [(0, EMPTY), (2, EMPTY), (4, ELSEWHERE)]) == [WHOLE, REPEAT, WHOLE]


def test_the_same_pictures_give_the_same_plans() -> None:
    scenes = [(float(n), n * 7 % 3) for n in range(40)]
    runs = [kinds(LookPlanner(REGION, SIZE, LookSettings()), scenes) for _ in range(2)]
    assert runs[0] == runs[1]
