from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Polygon, box

from detector.geometry.zone import Zone, ZoneKind
from detector.geometry.zones import foot_share
from detector.looks import Size
from detector.scene.looking import regions_of
from detector.scene.looking.regions import LARGEST_THING, SMALLEST_THING, watched_blocks

PICTURE = Size(1920, 1080)
INPUT_PX = 512
CAR = 3


def zone(
    polygon: Polygon, kind: ZoneKind = ZoneKind.NO_PARKING, least_foot_share: float = 0.5
) -> Zone:
    return Zone("kerb", kind, polygon, 0.0, frozenset({CAR}), None, least_foot_share)


def regions(*polygons: Polygon) -> list[list[float]]:
    found: list[list[float]] = regions_of([zone(it) for it in polygons], PICTURE, INPUT_PX).tolist()
    return found


sides = st.tuples(st.integers(8, 600), st.integers(8, 400))
places = st.tuples(st.integers(0, 1800), st.integers(0, 1000))
unit = st.floats(0, 1)


@given(place=places, side=sides, share=st.floats(0.1, 1), shape=st.tuples(unit, unit, unit, unit))
def test_a_thing_that_stands_in_a_zone_lies_whole_in_a_region(
    place: tuple[int, int],
    side: tuple[int, int],
    share: float,
    shape: tuple[float, float, float, float],
) -> None:
    polygon = box(*place, place[0] + side[0], place[1] + side[1])
    shorter = min(PICTURE)
    longest = min(
        max((side[0] * side[1]) ** 0.5, shorter * SMALLEST_THING),
        shorter * LARGEST_THING,
        INPUT_PX / 2,
    )
    wide, high = (max(1.0, longest * it) for it in shape[:2])
    # Anywhere that its foot may touch the zone at all.
    left = place[0] - wide + shape[2] * (side[0] + wide)
    bottom = place[1] + shape[3] * (side[1] + high / 3)
    thing = np.array([[left, bottom - high, left + wide, bottom]])
    found = regions_of([zone(polygon, least_foot_share=share)], PICTURE, INPUT_PX)
    if foot_share(thing, polygon)[0] >= share:
        thing = thing.clip(0, [*PICTURE] * 2)
        inside = (thing[:, :2] >= found[:, :2]).all(axis=1)
        assert (inside & (thing[:, 2:] <= found[:, 2:]).all(axis=1)).any()


@given(zones=st.lists(st.tuples(places, sides), max_size=8))
def test_regions_are_even_inside_the_picture_and_no_two_are_cheaper_as_one(
    zones: list[tuple[tuple[int, int], tuple[int, int]]],
) -> None:
    polygons = [box(*place, place[0] + side[0], place[1] + side[1]) for place, side in zones]
    found = regions_of([zone(it) for it in polygons], PICTURE, INPUT_PX)
    assert found.dtype == np.float32
    assert found.shape[1] == 4
    assert len(found) <= len(zones)
    assert (found % 2 == 0).all()
    assert (found >= 0).all()
    assert (found <= [*PICTURE] * 2).all()
    for number, one in enumerate(found):
        for other in found[:number]:
            both = [*np.minimum(one[:2], other[:2]), *np.maximum(one[2:], other[2:])]
            joined, apart = box(*both).area, box(*one).area + box(*other).area
            assert joined > apart


def test_a_zone_gets_room_above_for_a_whole_thing_and_less_beside_and_below() -> None:
    # Its root of the area is 100 px.
    ((left, top, right, bottom),) = regions(box(900, 500, 1100, 550))
    assert 900 - left == pytest.approx(50 + 9, abs=2)
    assert 500 - top == pytest.approx(100 + 9, abs=2)
    assert right - 1100 == pytest.approx(50 + 9, abs=2)
    assert bottom - 550 == pytest.approx(50 / 3 + 9, abs=2)


def test_near_zones_share_a_region_and_far_ones_do_not() -> None:
    assert len(regions(box(100, 500, 200, 600), box(220, 500, 320, 600))) == 1
    assert len(regions(box(100, 500, 200, 600), box(1500, 500, 1600, 600))) == 2


@pytest.mark.parametrize("kind", [ZoneKind.IGNORE, ZoneKind.TRAFFIC_LANE])
def test_lanes_and_what_is_ignored_need_no_look(kind: ZoneKind) -> None:
    found = regions_of([zone(box(100, 500, 200, 600), kind)], PICTURE, INPUT_PX)
    assert found.shape == (0, 4)


def test_a_zone_outside_the_picture_needs_no_look() -> None:
    assert regions(box(3000, 500, 3200, 600)) == []


def test_a_large_zone_makes_the_whole_picture_the_region() -> None:
    whole = [[0, 0, *PICTURE]]
    assert regions(box(0, 300, 1920, 1000)) == whole
    assert regions(box(0, 300, 1920, 1000), box(100, 50, 150, 90)) == whole
    assert regions(box(0, 600, 1200, 1000)) != whole


def test_the_blocks_of_a_zone_are_watched_and_those_above_it_are_not() -> None:
    watched = watched_blocks([zone(box(800, 400, 1000, 480))], PICTURE, INPUT_PX, 8)
    assert watched.shape == (135, 240)
    assert watched[50:60, 100:125].all()
    assert not watched[:47].any()
    assert not watched[:, :97].any()


def test_blocks_that_are_ignored_are_not_watched() -> None:
    shop = zone(box(800, 400, 900, 480), ZoneKind.IGNORE)
    watched = watched_blocks([zone(box(800, 400, 1000, 480)), shop], PICTURE, INPUT_PX, 8)
    assert not watched[52:58, 102:110].any()
    assert watched[52:58, 115:124].all()
    # A block that is ignored in part still shows something of the zone.
    assert watched[50:60, 113].all()


def test_a_zone_far_beyond_the_picture_is_no_trouble() -> None:
    watched = watched_blocks([zone(box(-1e8, 400, 1e8, 480))], PICTURE, INPUT_PX, 8)
    assert watched[50:60].all()
