"""Observations of one run that are one physical thing become one problem.

Two observations are linked by their place in the picture where the camera stands still, and by
their distance on the ground where they come from moving sources. Links are taken nearest first,
and a link that would make an impossible problem is left out; `_is_one` says what is possible.
So the result does not depend on the order of the input, and no chain of neighbours grows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from math import hypot
from typing import TypeAlias
from uuid import uuid5

import numpy as np

from detector.geometry.boxes import iou_matrix
from detector.geometry.ground import distance_m, pairs_within
from detector.join.score import first_score
from detector.observation import NAMESPACE, EvidenceRole, Observation, Position, State
from detector.observation import PositionMethod as Method
from detector.problem import Problem
from detector.taxonomy import Kind

View: TypeAlias = tuple[str, str]

# Below it two boxes of one fixed camera are two things side by side.
LEAST_IOU = 0.5
# The width of a street with its footways: beyond it positions are of two places, however
# uncertain they are.
FARTHEST_M = 25.0

# A vehicle that left and another that came into the same bay look alike.
PARKING = frozenset({Kind.ILLEGAL_PARKING, Kind.NON_MOTOR_PARKING})
# Nobody may have looked for so long before a vehicle at the same spot is taken for another one.
LONGEST_UNWATCHED_S = 900.0
# Positions that only a source on the move has.
ON_THE_MOVE = frozenset({Method.TRACK, Method.EXIF, Method.TRIANGULATED})

NEVER, FOR_EVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, order=True)
class _Link:
    """Two observations, by index, that may be one thing; the lesser link is the nearer."""

    on_ground: bool
    far: float
    one: int
    other: int


def join(observations: Sequence[Observation]) -> list[Problem]:
    """The problems that these observations show, the most urgent first.

    Each observation is in exactly one problem; of several revisions of one id the last counts.
    Two observations of one source that overlap in time are never one thing. Pure.
    """
    seen = _last_revisions(observations)
    fixed = _fixed_views(seen)
    groups: dict[int, list[int]] = {index: [index] for index in range(len(seen))}
    for link in sorted([*_picture_links(seen, fixed), *_ground_links(seen, fixed)]):
        one, other = groups[link.one], groups[link.other]
        both = [*one, *other]
        if one is not other and _is_one([seen[index] for index in both], fixed):
            groups.update(dict.fromkeys(both, both))
    whole = {id(group): group for group in groups.values()}.values()
    problems = [_problem([seen[index] for index in group]) for group in whole]
    return sorted(problems, key=lambda problem: (-problem.score.total, str(problem.id)))


def _last_revisions(observations: Sequence[Observation]) -> list[Observation]:
    ordered = sorted(observations, key=lambda seen: (seen.revision, seen.model_dump_json()))
    return sorted({seen.id: seen for seen in ordered}.values(), key=lambda seen: str(seen.id))


def _view(seen: Observation) -> View:
    source = seen.source
    if source.camera_id is not None:
        return "camera", source.camera_id
    return ("sha256", source.sha256) if source.sha256 else ("name", source.name)


def _fixed_views(observations: Iterable[Observation]) -> frozenset[View]:
    """The views that stand still: none of their positions speaks of a source on the move."""
    methods: defaultdict[View, set[Method]] = defaultdict(set)
    for seen in observations:
        methods[_view(seen)].update({seen.position.method} if seen.position else ())
    return frozenset(
        view
        for view, found in methods.items()
        if not found & ON_THE_MOVE and (view[0] == "camera" or found <= {Method.CAMERA})
    )


def _picture_links(seen: Sequence[Observation], fixed: frozenset[View]) -> Iterator[_Link]:
    places: defaultdict[tuple[View, Kind], list[int]] = defaultdict(list)
    for index, one in enumerate(seen):
        if _view(one) in fixed:
            places[_view(one), one.kind].append(index)
    for indices in places.values():
        iou = _iou([seen[index] for index in indices])
        for row, column in np.argwhere(np.triu(iou >= LEAST_IOU, k=1)):
            one, other = indices[row], indices[column]
            if _may_follow(seen[one], seen[other]):
                yield _Link(False, 1 - float(iou[row, column]), one, other)


def _ground_links(seen: Sequence[Observation], fixed: frozenset[View]) -> Iterator[_Link]:
    located = [(index, place) for index, one in enumerate(seen) if (place := _on_ground(one))]
    places = [(place.lat, place.lon) for _, place in located]
    for row, column in pairs_within(places, FARTHEST_M):
        one, other = located[row][0], located[column][0]
        far = _distance_within_reach_m(seen[one], seen[other])
        same_fixed_view = _view(seen[one]) == _view(seen[other]) in fixed
        if far is not None and seen[one].kind == seen[other].kind and not same_fixed_view:
            yield _Link(True, far, one, other)


def _is_one(members: Sequence[Observation], fixed: frozenset[View]) -> bool:
    """Whether these can be one physical thing, each member against all others."""
    views: defaultdict[View, list[Observation]] = defaultdict(list)
    for member in members:
        views[_view(member)].append(member)
    for view, those in views.items():
        apart = all(_may_follow(one, other) for one, other in combinations(those, 2))
        if not apart or (view in fixed and not _one_place_in_picture(those)):
            return False
    return _one_place_on_ground(members, fixed)


def _may_follow(one: Observation, other: Observation) -> bool:
    """Whether one view may have seen a thing twice: never at once, no vehicle that left."""
    earlier, later = (one, other) if _before(one, other) else (other, one)
    if not _before(earlier, later):
        return False
    if earlier.kind not in PARKING:
        return True
    return earlier.state is State.LOST and _gap_s(earlier, later) <= LONGEST_UNWATCHED_S


def _gap_s(earlier: Observation, later: Observation) -> float:
    if earlier.ended_at is not None and later.started_at is not None:
        return (later.started_at - earlier.ended_at).total_seconds()
    return later.start_s - earlier.end_s


def _before(one: Observation, other: Observation) -> bool:
    """Whether `one` was last seen before `other` was first seen, on a clock that both share."""
    if one.source.sha256 is not None and one.source.sha256 == other.source.sha256:
        return one.source.media != "photo" and one.end_s < other.start_s
    if one.ended_at is not None and other.started_at is not None:
        return one.ended_at < other.started_at
    return one.source == other.source and one.end_s < other.start_s


def _one_place_in_picture(members: Sequence[Observation]) -> bool:
    clearest = max(range(len(members)), key=lambda index: _clearness(members[index]))
    return bool((_iou(members)[clearest] >= LEAST_IOU).all())


def _one_place_on_ground(members: Sequence[Observation], fixed: frozenset[View]) -> bool:
    located = [member for member in members if _on_ground(member)]
    if not located:
        return True
    best = min(located, key=_uncertainty)
    return all(
        _distance_within_reach_m(best, member) is not None
        for member in located
        if not _view(best) == _view(member) in fixed
    )


def _distance_within_reach_m(one: Observation, other: Observation) -> float | None:
    """Metres between two positions that may be one, None when they are beyond their errors."""
    here, there = _on_ground(one), _on_ground(other)
    if here is None or there is None:
        return None
    far_m = distance_m(here.lat, here.lon, there.lat, there.lon)
    reach_m = min(FARTHEST_M, hypot(here.accuracy_m, there.accuracy_m))
    return far_m if far_m <= reach_m else None


def _on_ground(seen: Observation) -> Position | None:
    """A position that may tell two things are one: no fixed camera's, no vehicle's."""
    place = seen.position
    known = place is not None and place.method is not Method.CAMERA
    return place if known and seen.kind not in PARKING else None


def _iou(members: Sequence[Observation]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """(n, n), of boxes as shares of their pictures: a camera may change its resolution."""
    scale = np.array([(m.frame_size.width, m.frame_size.height) * 2 for m in members])
    boxes = np.array([member.box for member in members]) / scale
    return iou_matrix(boxes, boxes)


def _clearness(seen: Observation) -> tuple[float, str]:
    return seen.confidence, str(seen.id)


def _uncertainty(seen: Observation) -> tuple[float, str]:
    return (seen.position.accuracy_m if seen.position else float("inf")), str(seen.id)


def _beginning(seen: Observation) -> tuple[datetime, float, str]:
    return seen.started_at or FOR_EVER, seen.start_s, str(seen.id)


def _ending(seen: Observation) -> tuple[datetime, float, str]:
    return seen.ended_at or NEVER, seen.end_s, str(seen.id)


def _problem(members: Sequence[Observation]) -> Problem:
    ordered = sorted(members, key=_beginning)
    first, best = ordered[0], min(ordered, key=_uncertainty)
    clearest = sorted(ordered, key=_clearness, reverse=True)
    # Independent for sure: each camera, and all files of unknown cameras together as one.
    witnesses = len({member.source.camera_id for member in members})
    zoned = next((member for member in ordered if member.zone is not None), None)
    sub_kind = (zoned or clearest[0]).sub_kind
    proofs = [proof for member in clearest for proof in member.evidence]
    dwell_s, known = _dwell_s(ordered), first.arrival_known
    return Problem(
        id=uuid5(NAMESPACE, f"problem:{first.id}"),
        kind=first.kind,
        sub_kind=sub_kind,
        state=max(ordered, key=_ending).state,
        score=first_score(
            sub_kind, count=1, dwell_s=dwell_s or None, arrival_known=known, sources=witnesses
        ),
        position=best.position,
        zone=zoned.zone if zoned else None,
        sources=tuple(sorted({member.source.name for member in ordered})),
        started_at=first.started_at,
        ended_at=max((at for m in ordered if (at := m.ended_at)), default=None),
        dwell_s=dwell_s,
        arrival_known=known,
        confidence=clearest[0].confidence,
        looks=sum(member.looks for member in ordered),
        observations=tuple(member.id for member in ordered),
        cover=next((proof.path for proof in proofs if proof.role is EvidenceRole.ANNOTATED), None),
    )


def _dwell_s(members: Sequence[Observation]) -> float:
    """From the first sight to the last, on the best clock that all of them share."""
    starts = [member.started_at for member in members if member.started_at]
    ends = [member.ended_at for member in members if member.ended_at]
    if len(members) > 1 and len(starts) == len(ends) == len(members):
        return (max(ends) - min(starts)).total_seconds()
    if len(members) > 1 and len({member.source for member in members}) == 1:
        return max(m.end_s for m in members) - min(m.start_s for m in members)
    return max(member.dwell_s for member in members)
