"""A problem: the observations of one run that are one physical thing, with a first score."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from detector.observation import Frozen, Position, Seconds, Share, State
from detector.taxonomy import Kind


class Score(Frozen):
    """Priority from 0 to 100 with its parts in points; what could not be judged is named.

    A part that is missing counts 0 and is listed in `missing`, never guessed.
    """

    total: int = Field(ge=0, le=100)
    band: Literal["urgent", "high", "medium", "low"]
    parts: dict[str, float]
    missing: tuple[str, ...]
    version: str


class Problem(Frozen):
    """One physical thing. It is suspected until a person confirms it."""

    id: UUID
    kind: Kind
    sub_kind: str
    state: State
    suspected: Literal[True] = True
    score: Score
    position: Position | None
    zone: str | None
    sources: tuple[str, ...]
    started_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    dwell_s: Seconds
    arrival_known: bool
    confidence: Share
    looks: int = Field(ge=1)
    observations: tuple[UUID, ...] = Field(min_length=1)
    cover: str | None = Field(description="annotated picture, relative to the output folder")
