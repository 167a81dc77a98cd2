"""What is wrong with a camera itself, told apart from what it sees."""

from __future__ import annotations

from enum import StrEnum

from pydantic import AwareDatetime, Field

from detector.observation import Frozen, Seconds


class DeviceFault(StrEnum):
    """Why the pictures of a camera cannot be used."""

    UNKNOWN_VIEW = "unknown_view"
    MOVING = "moving"
    COVERED = "covered"
    OUT_OF_FOCUS = "out_of_focus"
    BLACK = "black"
    OVEREXPOSED = "overexposed"
    SILENT = "silent"
    FROZEN = "frozen"


class DeviceProblem(Frozen):
    """A camera was of no use from one time to another; while it lasts, `until` is the last look."""

    camera_id: str
    fault: DeviceFault
    since_s: Seconds
    until_s: Seconds
    since_at: AwareDatetime | None
    until_at: AwareDatetime | None
    over: bool = Field(description="whether the camera was of use again afterwards")
