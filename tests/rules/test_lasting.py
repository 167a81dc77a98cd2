from __future__ import annotations

import pytest

from detector.observation import EvidenceRole, State
from detector.taxonomy import Kind
from tests.rules.scenes import BIN, CABLE, OVERFLOW, PILE, STALL, look, run


def box(class_id: int, x: float = 100, confidence: float = 0.7, size: float = 200):
    return (x, 400, x + size, 400 + size, class_id, confidence)


KINDS = [
    (OVERFLOW, Kind.GARBAGE_OVERFLOW),
    (PILE, Kind.EXPOSED_GARBAGE),
    (STALL, Kind.STALL_ENCROACHMENT),
    (CABLE, Kind.EXPOSED_CABLE),
]


@pytest.mark.parametrize(("class_id", "kind"), KINDS)
def test_a_photo_that_shows_it_is_a_finding_at_once(class_id: int, kind: Kind):
    (finding,) = run([look(0, [box(class_id)])], fixed_camera=False, least_looks=1)

    assert finding.kind is kind
    assert finding.dwell_s == 0
    assert finding.moments == ()


@pytest.mark.parametrize(("class_id", "kind"), KINDS)
def test_a_single_look_of_a_video_is_not_enough(class_id: int, kind: Kind):
    assert run([look(0, [box(class_id)]), look(1, []), look(2, [])], fixed_camera=False) == []


@pytest.mark.parametrize(("class_id", "kind"), KINDS)
def test_many_looks_are_one_finding(class_id: int, kind: Kind):
    (finding,) = run([look(t, [box(class_id, x=100 + t)]) for t in range(40)])

    assert finding.looks == 40
    assert finding.kind is kind
    assert finding.state is State.ONGOING


def test_two_heaps_in_one_look_are_two_findings():
    looks = [look(t, [box(PILE), box(PILE, x=900)]) for t in range(3)]

    assert len(run(looks)) == 2


def test_the_best_look_is_the_surest_and_largest():
    looks = [look(0, [box(PILE, confidence=0.5)]), look(1, [box(PILE, confidence=0.9)])]

    (finding,) = run(looks)
    assert finding.best.t_s == 1


def test_a_heap_cleared_under_a_fixed_camera_has_ended_with_proof():
    looks = [look(t, [box(PILE)] if t < 50 else []) for t in range(120)]

    (finding,) = run(looks)
    assert finding.state is State.ENDED
    assert dict(finding.moments)[EvidenceRole.DEPARTURE].t_s == 50


def test_what_a_moving_camera_passes_is_lost_not_ended():
    looks = [look(t, [box(PILE, x=100 + 60 * t)] if t < 6 else []) for t in range(20)]

    (finding,) = run(looks, fixed_camera=False)
    assert finding.state is State.LOST
    assert not finding.arrival_known


def test_a_bin_that_is_more_surely_an_ordinary_bin_does_not_overflow():
    rows = [box(OVERFLOW, confidence=0.4), box(BIN, x=105, confidence=0.8)]

    assert run([look(0, rows)], least_looks=1) == []


def test_what_an_overflowing_bin_spills_is_not_reported_twice():
    rows = [box(OVERFLOW, size=300), (150, 550, 350, 690, PILE, 0.6)]

    (finding,) = run([look(0, rows)], least_looks=1)
    assert finding.kind is Kind.GARBAGE_OVERFLOW


def test_without_a_clock_there_is_no_wall_time():
    (finding,) = run([look(t, [box(STALL)], clock=False) for t in range(3)])

    assert finding.first.at is None
    assert finding.dwell_s == 2


def test_a_stall_within_a_row_of_stalls_is_not_a_second_one():
    rows = [(100, 400, 900, 800, STALL, 0.5), (200, 500, 400, 700, STALL, 0.6)]

    assert len(run([look(0, rows)], least_looks=1)) == 1
