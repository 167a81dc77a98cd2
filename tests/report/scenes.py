"""Problems and observations made up for the page's tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal
from uuid import NAMESPACE_URL, UUID, uuid5

from detector.observation import (
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
from detector.problem import Problem, Score
from detector.report import PageData, SummaryView
from detector.taxonomy import TAXONOMY

CHINA = timezone(timedelta(hours=8))
MORNING = datetime(2026, 5, 1, 8, 12, 33, tzinfo=CHINA)
SHA = "a" * 64
MISSING = ("visibility",)

SUMMARY = SummaryView(
    sources=3,
    photos=1,
    videos=2,
    media_s=7265.0,
    wall_s=412.0,
    looks=7300,
    observations=2,
    problems=2,
    errors=(),
    model="streetwarden-n 0.1.0",
    rules=("dwell 1", "presence 1"),
)


def uid(name: str) -> UUID:
    """An id that the same name always gives."""
    return uuid5(NAMESPACE_URL, name)


def position(index: int, accuracy_m: float = 6.0) -> Position:
    """A place near the one before it."""
    return Position(
        lat=34.75 + (index * 37 % 101) * 0.0002,
        lon=113.65 + (index * 53 % 97) * 0.0003,
        accuracy_m=accuracy_m,
        method=PositionMethod.EXIF,
    )


BEST_LOOK = (EvidenceRole.ANNOTATED, EvidenceRole.ORIGINAL, EvidenceRole.CROP)


def evidence(paths: dict[EvidenceRole, str]) -> tuple[Evidence, ...]:
    """Evidence files ten minutes apart, but for the views of the best look."""
    minutes = {role: 0 if role in BEST_LOOK else 10 * i for i, role in enumerate(paths)}
    return tuple(
        Evidence(
            role=role,
            path=path,
            sha256=SHA,
            t_s=60.0 * minutes[role],
            at=MORNING + timedelta(minutes=minutes[role]),
        )
        for role, path in paths.items()
    )


def observation(
    index: int, *, source: str = "cam07.mp4", files: Sequence[Evidence] = (), clocked: bool = True
) -> Observation:
    """The observation number `index`; kinds take turns."""
    kind = TAXONOMY.kinds[index % len(TAXONOMY.kinds)]
    start = MORNING + timedelta(minutes=index % 400)
    return Observation(
        id=uid(f"observation {index}"),
        state=tuple(State)[index % 3],
        kind=kind.name,
        sub_kind=kind.default_sub_kind,
        source=Source(name=source, sha256=SHA, media="video"),
        model=ModelVersion(name="streetwarden-n", version="0.1.0", sha256=SHA),
        rule=RuleVersion(name="dwell", version="1"),
        started_at=start if clocked else None,
        ended_at=start + timedelta(seconds=372) if clocked else None,
        start_s=61.0 + index,
        end_s=433.0 + index,
        confidence=0.5 + (index * 7 % 50) / 100,
        box=(10, 10, 60, 60),
        frame_size=FrameSize(width=640, height=480),
        dwell_s=372.0,
        arrival_known=index % 2 == 0,
        last_clear_at=None,
        position=None,
        zone=None,
        evidence=tuple(files),
        looks=38,
        track_length_s=372.0,
    )


def band(total: int) -> Literal["urgent", "high", "medium", "low"]:
    """The band of a score."""
    if total >= 60:
        return "urgent" if total >= 80 else "high"
    return "medium" if total >= 40 else "low"


def problem(
    index: int,
    seen: Observation,
    *,
    zone: str | None = "人行道 A",
    located: bool = True,
    cover: str | None = None,
) -> Problem:
    """The problem that one observation makes."""
    total = (index * 29 + 17) % 101
    parts = {"kind": 14.0, "extent": 2.5, "duration": total * 0.12, "place": 11.0, "witnesses": 0.0}
    return Problem(
        id=uid(f"problem {index}"),
        kind=seen.kind,
        sub_kind=seen.sub_kind,
        state=seen.state,
        score=Score(total=total, band=band(total), parts=parts, missing=MISSING, version="1"),
        position=position(index) if located else None,
        zone=zone,
        sources=(seen.source.name,),
        started_at=seen.started_at,
        ended_at=seen.ended_at,
        dwell_s=seen.dwell_s,
        arrival_known=seen.arrival_known,
        confidence=seen.confidence,
        looks=seen.looks,
        observations=(seen.id,),
        cover=cover,
    )


def page_data(
    problems: Sequence[Problem] = (),
    observations: Sequence[Observation] = (),
    errors: tuple[tuple[str, str], ...] = (),
    title: str = "Streetwarden",
) -> PageData:
    """A page of these, generated at a fixed time."""
    return PageData(
        title=title,
        generated_at=datetime(2026, 5, 2, 6, 0, tzinfo=UTC).astimezone(CHINA),
        summary=replace(
            SUMMARY, problems=len(problems), observations=len(observations), errors=errors
        ),
        problems=problems,
        observations=observations,
    )


def many(count: int, *, located: bool = True) -> PageData:
    """A page of `count` problems from two sources."""
    seen = [observation(i, source=f"cam0{i % 2 + 7}.mp4") for i in range(count)]
    return page_data([problem(i, one, located=located) for i, one in enumerate(seen)], seen)
