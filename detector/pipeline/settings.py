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
    pictures in tiles too, for what is small.
    """

    out: Path
    every_s: float = 1.0
    min_confidence: float | None = None
    slices: bool = False
    cameras: Cameras = field(default_factory=Cameras)
    track: Path | None = None
    starts_at: datetime | None = None
    jobs: int = 1
    batch: int = 2
    resume: bool = False
    keep_boxes: bool = False
