"""The contract with the world: what Streetwarden asserts, versioned and strict.

Boxes are xyxy in pixels of the full, upright picture. Times named `_s` are stream seconds,
times named `_at` are aware wall times or null where the source has no clock.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Annotated, Literal, Self, TypeAlias
from uuid import UUID, uuid5

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from detector.taxonomy import Kind

SCHEMA_VERSION: Literal[1] = 1
NAMESPACE = UUID("6f2d8f0e-7c43-5d0b-9a53-2f6d1f3c9b11")

Seconds: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Metres: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]
Pixel: TypeAlias = Annotated[float, Field(allow_inf_nan=False)]
BoxXyxy: TypeAlias = tuple[Pixel, Pixel, Pixel, Pixel]


class Frozen(BaseModel):
    """Base of what crosses our border: immutable, and unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class State(StrEnum):
    """Whether the thing was still there when last looked at, was seen gone, or went out of view."""

    ONGOING = "ongoing"
    ENDED = "ended"
    LOST = "lost"


class EvidenceRole(StrEnum):
    """What a piece of evidence shows."""

    ORIGINAL = "original"
    ANNOTATED = "annotated"
    CROP = "crop"
    ARRIVAL = "arrival"
    LIMIT = "limit"
    LATEST = "latest"
    DEPARTURE = "departure"
    CLIP = "clip"
    BEFORE = "before"
    AFTER = "after"


class PositionMethod(StrEnum):
    """How a position was found."""

    CAMERA = "camera"
    TRACK = "track"
    EXIF = "exif"
    GROUND = "ground"
    TRIANGULATED = "triangulated"
    HAND = "hand"


class Ellipse(Frozen):
    """One-sigma error ellipse; bearing of the major axis clockwise from north."""

    major_m: Metres
    minor_m: Metres
    bearing_deg: float = Field(ge=0, lt=360)


class Position(Frozen):
    """WGS-84 position with its one-sigma radius in metres and how it was found."""

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    accuracy_m: Metres
    method: PositionMethod
    ellipse: Ellipse | None = None


def stays_inside(path: str) -> bool:
    """Whether a path is relative, without steps upwards."""
    parts = PurePosixPath(path).parts
    absolute = path.startswith("/") or "\\" in path or "\0" in path
    return bool(parts) and not absolute and ".." not in parts


def _inside_output(path: str) -> str:
    if not stays_inside(path):
        raise ValueError("an evidence path is relative to the output and stays inside it")
    return path


class Evidence(Frozen):
    """A file that proves an observation; `path` is relative to the output folder."""

    role: EvidenceRole
    path: Annotated[str, AfterValidator(_inside_output)]
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    t_s: Seconds
    at: AwareDatetime | None = None


class Source(Frozen):
    """Where the pictures came from: a file with its SHA-256, or a camera."""

    name: str
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    camera_id: str | None = None
    media: Literal["video", "photo", "stream", "recording"]


class ModelVersion(Frozen):
    """The model that saw it."""

    name: str
    version: str
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")


class RuleVersion(Frozen):
    """The rule that asserts it."""

    name: str
    version: str


class FrameSize(Frozen):
    """Size of the full picture in pixels."""

    width: int = Field(gt=0)
    height: int = Field(gt=0)


class Observation(Frozen):
    """What a rule asserts about one physical thing over a span of time, with evidence.

    Everything that a machine asserts is suspected until a person confirms it.
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    id: UUID
    revision: int = Field(default=1, ge=1, description="counts up while a stay lasts")
    state: State
    kind: Kind
    sub_kind: str
    source: Source
    model: ModelVersion
    rule: RuleVersion
    started_at: AwareDatetime | None
    ended_at: AwareDatetime | None = Field(description="when it was last seen")
    start_s: Seconds
    end_s: Seconds = Field(description="when it was last seen")
    confidence: Share
    box: BoxXyxy = Field(description="xyxy pixels at the best look")
    frame_size: FrameSize
    dwell_s: Seconds
    arrival_known: bool = Field(
        description="false: it was there before we looked, so `dwell_s` is a least value"
    )
    last_clear_at: AwareDatetime | None
    cleared_at: AwareDatetime | None = Field(
        default=None, description="the first look that saw its place clear again"
    )
    position: Position | None
    view: str | None = Field(default=None, description="the view of the camera that showed it")
    zone: str | None
    evidence: tuple[Evidence, ...]
    looks: int = Field(ge=1, description="how many looks it rests on")
    track_length_s: Seconds

    @model_validator(mode="after")
    def _times_in_order(self) -> Self:
        if self.end_s < self.start_s:
            raise ValueError("an observation ends before it starts")
        # Two times of one zone compare by the hands of its clock, which winter turns back.
        times = (self.started_at, self.ended_at)
        start, end = (it and it.astimezone(UTC) for it in times)
        if start and end and end < start:
            raise ValueError("an observation ends before it starts")
        x1, y1, x2, y2 = self.box
        if x2 <= x1 or y2 <= y1:
            raise ValueError("a box has a positive width and height")
        return self


def observation_id(
    *,
    origin: str,
    model: str,
    rule: str,
    kind: Kind,
    first_look: float | datetime,
    first_box: BoxXyxy,
) -> UUID:
    """The id that the same work always gives.

    `origin` is the footage's SHA-256 or a camera id; `first_look` is stream seconds for footage
    and the arrival time for a camera. `first_box` tells two things of one kind apart that were
    first seen in the same look; it counts in whole pixels.
    """
    when = first_look.isoformat() if isinstance(first_look, datetime) else f"{first_look:.3f}"
    corners = [round(value) for value in first_box]
    return uuid5(NAMESPACE, json.dumps([origin, model, rule, kind, when, corners]))


def observation_schema() -> dict[str, object]:
    """The JSON schema of an observation."""
    schema = Observation.model_json_schema(mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Streetwarden observation",
        "x-schema-version": SCHEMA_VERSION,
        **{key: value for key, value in schema.items() if key != "title"},
    }
