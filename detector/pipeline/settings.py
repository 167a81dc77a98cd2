"""What a scan is asked to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from detector.pipeline.cameras import Cameras


@dataclass(frozen=True)
class ScanSettings:
    """Settings of one run.

    `batch` is how many pictures of a video go to the model at once; `slices` looks at large
    pictures in tiles too, for what is small. `as_one` takes each folder for one recording in
    pieces; `name_time` is the strptime pattern of the times in file names.
    """

    out: Path
    every_s: float = 1.0
    min_confidence: float | None = None
    slices: bool = False
    cameras: Cameras = field(default_factory=Cameras)
    track: Path | None = None
    starts_at: datetime | None = None
    as_one: bool = False
    name_time: str | None = None
    jobs: int = 1
    batch: int = 2
    resume: bool = False
    keep_boxes: bool = False
