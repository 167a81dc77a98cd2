from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations
from uuid import UUID, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.geometry.ground import distance_m
from detector.join.problems import FARTHEST_M, join
from detector.observation import (
    NAMESPACE,
    Evidence,
    EvidenceRole,
    FrameSize,
    ModelVersion,
    Observation,
    Position,
    PositionMethod,
    RuleVersion,
    Source,
    State,
)
from detector.taxonomy import TAXONOMY, Kind

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
CAMERA = Source(name="crossing-12", camera_id="crossing-12", media="recording", sha256="c" * 64)
BIN, CAR = Kind.GARBAGE_OVERFLOW, Kind.ILLEGAL_PARKING
BOX = (100.0, 100.0, 200.0, 200.0)
ELSEWHERE = (400.0, 100.0, 500.0, 200.0)
DEGREE_M = 111_195.0


def patrol(name: str) -> Source:
    return Source(name=name, sha256=uuid5(NAMESPACE, name).hex * 2, media="video")


def photo(name: str) -> Source:
    return Source(name=name, sha256=uuid5(NAMESPACE, name).hex * 2, media="photo")


def at_m(
    north_m: float, accuracy_m: float = 10, method: PositionMethod = PositionMethod.TRACK
) -> Position:
    lat = 31 + north_m / DEGREE_M
    return Position(lat=lat, lon=121, accuracy_m=accuracy_m, method=method)


def seen(
    number: int,
    source: Source = CAMERA,
    span_s: tuple[float, float] = (0, 10),
    *,
    kind: Kind = BIN,
    box: tuple[float, float, float, float] = BOX,
    state: State = State.ENDED,
    position: Position | None = None,
    clock: bool = True,
    **more: object,
) -> Observation:
    start_s, end_s = span_s
    fields: dict[str, object] = {
        "id": UUID(int=number),
        "state": state,
        "kind": kind,
        "sub_kind": TAXONOMY.kind(kind).default_sub_kind,
        "source": source,
        "model": ModelVersion(name="m", version="1"),
        "rule": RuleVersion(name="r", version="1"),
        "started_at": NOON + timedelta(seconds=start_s) if clock else None,
        "ended_at": NOON + timedelta(seconds=end_s) if clock else None,
        "start_s": start_s,
        "end_s": end_s,
        "confidence": 0.5,
        "box": box,
        "frame_size": FrameSize(width=640, height=480),
        "dwell_s": end_s - start_s,
        "arrival_known": True,
        "last_clear_at": None,
        "position": position,
        "zone": None,
        "evidence": (),
        "looks": 3,
        "track_length_s": end_s - start_s,
    }
    return Observation.model_validate(fields | more)


def groups(*observations: Observation) -> list[set[int]]:
    """Which numbers came together, in the order of their least number."""
    found = [{one.int for one in problem.observations} for problem in join(observations)]
    return sorted(found, key=min)


def test_nothing_seen_is_no_problem() -> None:
    assert join([]) == []


def test_garbage_lost_and_found_again_in_one_place_is_one_problem() -> None:
    shifted = (105.0, 103.0, 205.0, 203.0)
    assert groups(seen(1), seen(2, span_s=(20, 30), box=shifted)) == [{1, 2}]


def test_garbage_at_two_places_of_a_picture_is_two_problems() -> None:
    assert groups(seen(1), seen(2, span_s=(20, 30), box=ELSEWHERE)) == [{1}, {2}]


def test_two_things_seen_at_once_are_two_even_where_their_boxes_agree() -> None:
    assert groups(seen(1), seen(2, span_s=(10, 30))) == [{1}, {2}]


def test_two_kinds_in_one_place_are_two_problems() -> None:
    assert groups(seen(1), seen(2, span_s=(20, 30), kind=Kind.EXPOSED_GARBAGE)) == [{1}, {2}]


def test_a_vehicle_that_left_and_one_that_came_are_two_problems() -> None:
    assert groups(seen(1, kind=CAR), seen(2, span_s=(20, 30), kind=CAR)) == [{1}, {2}]


def test_a_vehicle_that_went_out_of_view_and_is_found_again_is_one_problem() -> None:
    lost = seen(1, kind=CAR, state=State.LOST)
    assert groups(lost, seen(2, span_s=(20, 30), kind=CAR)) == [{1, 2}]


def test_a_vehicle_after_one_that_was_seen_leaving_is_not_the_one_lost_before() -> None:
    lost = seen(1, kind=CAR, state=State.LOST)
    left = seen(2, span_s=(20, 30), kind=CAR, state=State.ENDED)
    assert groups(lost, left, seen(3, span_s=(40, 50), kind=CAR)) == [{1, 2}, {3}]


def test_two_recordings_of_one_camera_are_one_view_by_their_clocks() -> None:
    later = CAMERA.model_copy(update={"name": "b.mp4", "sha256": "d" * 64})
    assert groups(seen(1), seen(2, later, (20, 30))) == [{1, 2}]


def test_two_recordings_without_a_clock_may_be_of_the_same_time_and_stay_apart() -> None:
    later = CAMERA.model_copy(update={"name": "b.mp4", "sha256": "d" * 64})
    assert groups(seen(1, clock=False), seen(2, later, (20, 30), clock=False)) == [{1}, {2}]


def test_a_camera_that_changed_its_resolution_still_sees_the_same_place() -> None:
    double = seen(
        2, span_s=(20, 30), box=(200, 200, 400, 400), frame_size=FrameSize(width=1280, height=960)
    )
    assert groups(seen(1), double) == [{1, 2}]


def test_two_patrols_past_one_bin_saw_one_problem() -> None:
    one = seen(1, patrol("monday"), position=at_m(0))
    assert groups(one, seen(2, patrol("friday"), (9e4, 9e4), position=at_m(12))) == [{1, 2}]


def test_beyond_their_joint_error_two_patrols_saw_two_problems() -> None:
    one = seen(1, patrol("monday"), position=at_m(0))
    assert groups(one, seen(2, patrol("friday"), position=at_m(16))) == [{1}, {2}]


def test_bad_positions_join_nothing_beyond_the_width_of_a_street() -> None:
    one = seen(1, patrol("monday"), position=at_m(0, accuracy_m=500))
    assert groups(one, seen(2, patrol("friday"), position=at_m(26, accuracy_m=500))) == [{1}, {2}]


def test_cars_are_not_joined_by_their_distance() -> None:
    one = seen(1, patrol("monday"), kind=CAR, position=at_m(0))
    assert groups(one, seen(2, patrol("friday"), kind=CAR, position=at_m(1))) == [{1}, {2}]


def test_two_fixed_cameras_are_not_joined_by_where_they_hang() -> None:
    other = Source(name="pole-2", camera_id="pole-2", media="stream")
    place = at_m(0, method=PositionMethod.CAMERA)
    assert groups(seen(1, position=place), seen(2, other, position=place)) == [{1}, {2}]


def test_the_same_box_in_a_moving_picture_is_another_place() -> None:
    drive = patrol("drive")
    here, there = seen(1, drive, position=at_m(0)), seen(2, drive, (60, 70), position=at_m(500))
    assert groups(here, there, seen(3, drive, (80, 90))) == [{1}, {2}, {3}]


def test_a_patrol_that_comes_back_sees_the_same_problem() -> None:
    drive = patrol("drive")
    again = seen(2, drive, (600, 610), box=ELSEWHERE, position=at_m(5))
    assert groups(seen(1, drive, position=at_m(0)), again) == [{1, 2}]


def test_the_nearest_of_two_neighbours_is_the_same_thing() -> None:
    monday, friday = patrol("monday"), patrol("friday")
    left, right = seen(1, monday, position=at_m(0)), seen(2, monday, position=at_m(9))
    assert groups(left, right, seen(3, friday, position=at_m(7))) == [{1}, {2, 3}]


def test_two_heaps_seen_twice_are_paired_one_to_one() -> None:
    monday, friday = patrol("monday"), patrol("friday")
    first = [seen(1, monday, position=at_m(0)), seen(2, monday, position=at_m(9))]
    again = [seen(3, friday, position=at_m(6)), seen(4, friday, position=at_m(8))]
    assert groups(*first, *again) == [{1, 3}, {2, 4}]


def test_heaps_along_a_street_do_not_grow_into_one_chain() -> None:
    street = [seen(i, patrol(f"day {i}"), position=at_m(10 * i)) for i in range(1, 9)]
    assert all(len(group) <= 3 for group in groups(*street))


def test_photos_of_one_heap_are_one_problem_and_heaps_of_one_photo_are_two() -> None:
    here = at_m(0, method=PositionMethod.EXIF)
    one, two = (seen(n, photo("a.jpg"), (0, 0), position=here) for n in (1, 2))
    other = seen(3, photo("b.jpg"), (0, 0), position=here)
    assert sorted(len(group) for group in groups(one, two, other)) == [1, 2]


def test_a_problem_tells_what_its_observations_told() -> None:
    proof = Evidence(role=EvidenceRole.ANNOTATED, path="p/2.jpg", sha256="a" * 64, t_s=1)
    one = seen(1, position=at_m(0, 8), zone=None, confidence=0.4)
    two = seen(
        2,
        span_s=(100, 160),
        state=State.ONGOING,
        position=at_m(1, 5),
        zone="yard",
        confidence=0.9,
        evidence=(proof.model_copy(update={"role": EvidenceRole.CROP}), proof),
        arrival_known=False,
    )
    (problem,) = join([two, one])
    assert problem.id == uuid5(NAMESPACE, f"problem:{one.id}")
    assert problem.observations == (one.id, two.id)
    assert problem.state is State.ONGOING
    assert problem.position == two.position
    assert problem.zone == "yard"
    assert problem.confidence == 0.9
    assert problem.looks == 6
    assert problem.cover == "p/2.jpg"
    assert problem.arrival_known
    assert problem.sources == ("crossing-12",)
    assert (problem.started_at, problem.ended_at) == (one.started_at, two.ended_at)
    assert problem.suspected


@pytest.mark.parametrize("clock", [True, False])
def test_the_duration_is_from_first_sight_to_last_and_not_a_sum(clock: bool) -> None:
    (problem,) = join([seen(1, clock=clock), seen(2, span_s=(100, 160), clock=clock)])
    assert problem.dwell_s == 160


def test_without_common_clocks_the_longest_observation_is_the_duration() -> None:
    one = seen(1, patrol("monday"), (0, 7), clock=False, position=at_m(0))
    (problem,) = join([one, seen(2, patrol("friday"), (50, 52), clock=False, position=at_m(0))])
    assert problem.dwell_s == 7


def test_a_photo_has_no_duration_and_says_so() -> None:
    (problem,) = join([seen(1, photo("a.jpg"), (0, 0), clock=False)])
    assert "duration" in problem.score.missing


def test_the_state_is_that_of_the_latest_observation() -> None:
    (problem,) = join([seen(1, state=State.ONGOING), seen(2, span_s=(20, 30), state=State.LOST)])
    assert problem.state is State.LOST


def test_files_of_unknown_cameras_are_one_witness() -> None:
    here = [seen(n, patrol(f"clip {n}"), position=at_m(0)) for n in (1, 2, 3)]
    (problem,) = join(here)
    assert problem.sources == ("clip 1", "clip 2", "clip 3")
    assert problem.score.parts["witnesses"] == 0


def test_of_two_revisions_of_an_observation_the_last_counts_once() -> None:
    (problem,) = join([seen(1, revision=2, looks=9), seen(1, looks=3), seen(1, looks=3)])
    assert problem.looks == 9
    assert len(problem.observations) == 1


SOURCES = [CAMERA, patrol("monday"), patrol("friday"), photo("a.jpg"), photo("b.jpg")]
PLACES = st.none() | st.builds(
    at_m,
    st.integers(0, 60),
    st.sampled_from([3, 10, 40]),
    st.sampled_from([PositionMethod.TRACK, PositionMethod.EXIF, PositionMethod.GROUND]),
)


@st.composite
def any_observation(draw: st.DrawFn, number: int) -> Observation:
    source = draw(st.sampled_from(SOURCES))
    start_s = 0 if source.media == "photo" else draw(st.integers(0, 40))
    length_s = 0 if source.media == "photo" else draw(st.integers(0, 10))
    x = draw(st.integers(0, 80))
    return seen(
        number,
        source,
        (start_s, start_s + length_s),
        kind=draw(st.sampled_from([BIN, CAR])),
        box=(x, 0.0, x + 100.0, 100.0),
        state=draw(st.sampled_from(list(State))),
        position=draw(PLACES),
        clock=draw(st.booleans()),
        confidence=draw(st.sampled_from([0.3, 0.8])),
    )


@st.composite
def any_run(draw: st.DrawFn) -> list[Observation]:
    return [draw(any_observation(number)) for number in range(draw(st.integers(0, 12)))]


@given(any_run(), st.randoms())
@settings(deadline=None)
def test_the_order_of_the_input_changes_nothing(run: list[Observation], random: object) -> None:
    shuffled = list(run)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert join(run) == join(shuffled)


@given(any_run())
@settings(deadline=None)
def test_every_observation_is_in_exactly_one_problem(run: list[Observation]) -> None:
    told = [one for problem in join(run) for one in problem.observations]
    assert sorted(told) == sorted(one.id for one in run)


@given(any_run())
@settings(deadline=None)
def test_what_one_source_saw_at_once_is_never_one_problem(run: list[Observation]) -> None:
    by_id = {one.id: one for one in run}
    for problem in join(run):
        for one, other in combinations([by_id[number] for number in problem.observations], 2):
            if one.source == other.source:
                assert one.source.media != "photo"
                assert one.end_s < other.start_s or other.end_s < one.start_s


@given(any_run())
@settings(deadline=None)
def test_what_moving_sources_saw_is_within_reach_of_the_best_position(
    run: list[Observation],
) -> None:
    by_id = {one.id: one for one in run}
    for problem in join(run):
        members = [by_id[number] for number in problem.observations]
        if len(members) < 2 or any(one.source == CAMERA for one in members):
            continue
        for place in [one.position for one in members if one.position]:
            assert problem.position is not None
            best = problem.position
            far_m = distance_m(best.lat, best.lon, place.lat, place.lon)
            assert place == best or far_m <= FARTHEST_M
            assert place == best or far_m <= 2**0.5 * max(place.accuracy_m, best.accuracy_m)
