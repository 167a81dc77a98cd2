from __future__ import annotations

import pytest

from detector.geometry.zone import ZoneKind
from detector.observation import EvidenceRole, State
from detector.rules.lasting import ELSEWHERE_S
from detector.taxonomy import Kind
from tests.rules.scenes import (
    BIN,
    CABLE,
    NOON,
    OVERFLOW,
    PERSON,
    PILE,
    STALL,
    WHOLE,
    between,
    ignored,
    look,
    run,
    scene,
    thing,
    zone,
)

KINDS = [
    (OVERFLOW, Kind.GARBAGE_OVERFLOW),
    (PILE, Kind.EXPOSED_GARBAGE),
    (STALL, Kind.STALL_ENCROACHMENT),
    (CABLE, Kind.EXPOSED_CABLE),
]

OWN_ZONES = [
    (OVERFLOW, ZoneKind.BIN_POINT),
    (PILE, ZoneKind.BIN_POINT),
    (STALL, ZoneKind.NO_STALL),
    (CABLE, ZoneKind.CABLE_WATCH),
]


@pytest.mark.parametrize("fixed_camera", [False, True])
@pytest.mark.parametrize(("class_id", "kind"), KINDS)
def test_a_photo_that_shows_it_is_a_finding_at_once(class_id: int, kind: Kind, fixed_camera: bool):
    looks = [look(0, [thing(class_id)])]

    (finding,) = run(looks, fixed_camera=fixed_camera, least_looks=1)
    assert finding.kind is kind
    assert finding.dwell_s == 0
    assert finding.moments == ()


@pytest.mark.parametrize(("class_id", "kind"), KINDS)
def test_a_single_look_of_a_video_is_not_enough(class_id: int, kind: Kind):
    looks = [look(0, [thing(class_id)]), look(1, []), look(2, [])]

    assert run(looks, fixed_camera=False) == []


@pytest.mark.parametrize(("class_id", "kind"), KINDS)
def test_many_looks_of_a_moving_camera_are_one_finding(class_id: int, kind: Kind):
    looks = [look(t, [thing(class_id, x=100 + t)]) for t in range(40)]

    (finding,) = run(looks, fixed_camera=False)
    assert finding.looks == 40
    assert finding.kind is kind
    assert finding.state is State.ONGOING


def test_what_a_moving_camera_passes_is_lost_not_ended():
    looks = [look(t, [thing(PILE, x=100 + 60 * t)] if t < 6 else []) for t in range(20)]

    (finding,) = run(looks, fixed_camera=False)
    assert finding.state is State.LOST
    assert not finding.arrival_known


def test_two_heaps_in_one_look_are_two_findings():
    looks = [look(t, [thing(PILE), thing(PILE, x=900)]) for t in range(3)]

    assert len(run(looks, fixed_camera=False)) == 2


def test_the_best_look_is_the_surest_and_largest():
    looks = [look(0, [thing(PILE, confidence=0.5)]), look(1, [thing(PILE, confidence=0.9)])]

    (finding,) = run(looks, fixed_camera=False)
    assert finding.best.t_s == 1


@pytest.mark.parametrize(("class_id", "kind"), KINDS)
def test_under_a_fixed_camera_a_thing_must_last(class_id: int, kind: Kind):
    dwell_s = ELSEWHERE_S[kind]

    assert run(scene(dwell_s - 10, (0, 1e9, thing(class_id)), every_s=5)) == []
    (finding,) = run(scene(dwell_s + 10, (0, 1e9, thing(class_id)), every_s=5))
    assert finding.kind is kind
    assert finding.zone is None
    assert dict(finding.moments)[EvidenceRole.LIMIT].t_s == dwell_s


@pytest.mark.parametrize(("class_id", "kind"), OWN_ZONES)
def test_in_a_zone_of_its_kind_a_thing_may_last_as_long_as_the_zone_says(
    class_id: int, kind: ZoneKind
):
    zones = [zone(kind, dwell_s=40, corners=WHOLE)]

    (finding,) = run(scene(60, (5, 60, thing(class_id))), zones)
    assert finding.zone == kind.value
    assert dict(finding.moments)[EvidenceRole.LIMIT].t_s == 45


@pytest.mark.parametrize(("class_id", "kind"), OWN_ZONES)
def test_where_a_view_has_zones_of_the_kind_only_what_stands_in_them_counts(
    class_id: int, kind: ZoneKind
):
    zones = [zone(kind, dwell_s=40)]

    assert run(scene(1000, (0, 1000, thing(class_id)), every_s=10), zones) == []


@pytest.mark.parametrize("class_id", [STALL, PILE])
def test_what_is_to_be_kept_clear_counts_stalls_and_heaps_too(class_id: int):
    zones = [zone(ZoneKind.KEEP_CLEAR, dwell_s=40, corners=WHOLE)]

    (finding,) = run(scene(60, (5, 60, thing(class_id))), zones)
    assert finding.zone == "keep_clear"


def test_a_zone_to_be_kept_clear_takes_nothing_away_elsewhere():
    zones = [zone(ZoneKind.KEEP_CLEAR, dwell_s=40)]

    (finding,) = run(scene(400, (0, 400, thing(STALL))), zones)
    assert finding.zone is None


def test_a_stall_in_a_permitted_place_counts_when_the_hours_are_over():
    zones = [ignored(between(0, 500))]

    (finding,) = run(scene(900, (0, 900, thing(STALL)), every_s=5), zones)
    assert finding.first.t_s == 500
    assert not finding.arrival_known


def test_stall_hours_start_the_count_anew_and_keep_the_arrival():
    hours = between(200, 1e6)
    zones = [zone(ZoneKind.NO_STALL, dwell_s=100, corners=WHOLE, in_force=hours)]

    assert run(scene(290, (20, 290, thing(STALL))), zones) == []
    (finding,) = run(scene(310, (20, 310, thing(STALL))), zones)
    assert (finding.first.t_s, finding.dwell_s) == (20, 290)
    assert dict(finding.moments)[EvidenceRole.LIMIT].t_s == 300


def test_a_thing_too_small_for_the_zone_does_not_count():
    zones = [zone(ZoneKind.BIN_POINT, dwell_s=40, corners=WHOLE, least_size_px=250)]

    assert run(scene(200, (0, 200, thing(PILE))), zones) == []


def test_a_cleared_heap_has_ended_and_says_when_it_was_seen_clear():
    (finding,) = run(scene(300, (0, 200, thing(PILE))))

    assert finding.state is State.ENDED
    assert dict(finding.moments)[EvidenceRole.DEPARTURE].t_s == 201
    assert finding.cleared_at is not None
    assert (finding.cleared_at - NOON).total_seconds() == 201


def test_an_emptied_bin_closes_its_finding_though_the_bin_stands_there():
    rows = [(0, 200, thing(OVERFLOW)), (201, 400, thing(BIN, x=104, confidence=0.8))]

    (finding,) = run(scene(400, *rows))
    assert finding.state is State.ENDED
    assert dict(finding.moments)[EvidenceRole.DEPARTURE].t_s == 201


def test_a_bin_that_is_hardly_seen_does_not_say_that_it_was_emptied():
    rows = [(0, 200, thing(OVERFLOW)), (201, 260, thing(BIN, x=104, confidence=0.35))]

    (finding,) = run(scene(260, *rows))
    assert finding.state is State.ONGOING
    assert finding.cleared_at is None


def test_people_who_stand_before_a_stall_do_not_end_it():
    crowd = (90, 380, 320, 640, PERSON, 0.9)
    looks = [look(t, [crowd] if 320 <= t < 420 else [thing(STALL)]) for t in range(600)]

    (finding,) = run(looks)
    assert finding.dwell_s == 599


def test_a_heap_that_grows_is_one_heap():
    looks = [look(t, [thing(PILE, size=150 + t / 4)]) for t in range(0, 1200, 5)]

    assert [it.dwell_s for it in run(looks)] == [1195]


def test_a_bin_that_is_more_surely_an_ordinary_bin_does_not_overflow():
    rows = [thing(OVERFLOW, confidence=0.4), thing(BIN, x=105, confidence=0.8)]

    assert run([look(0, rows)], least_looks=1) == []


def test_what_an_overflowing_bin_spills_is_not_reported_twice():
    rows = [thing(OVERFLOW, size=300), (150, 550, 350, 690, PILE, 0.6)]

    (finding,) = run([look(0, rows)], least_looks=1)
    assert finding.kind is Kind.GARBAGE_OVERFLOW


def test_without_a_clock_there_is_no_wall_time():
    looks = [look(t, [thing(STALL)], clock=False) for t in range(3)]

    (finding,) = run(looks, fixed_camera=False)
    assert finding.first.at is None
    assert finding.dwell_s == 2


def test_a_stall_within_a_row_of_stalls_is_not_a_second_one():
    rows = [(100, 400, 900, 800, STALL, 0.5), (200, 500, 400, 700, STALL, 0.6)]

    assert len(run([look(0, rows)], least_looks=1)) == 1
