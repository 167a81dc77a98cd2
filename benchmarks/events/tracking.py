"""Track ids for the peers: ByteTrack as the `trackers` package has it.

The package is no dependency of ours: `pip install --no-deps trackers==2.6.1` beside this
project's `dev` environment is enough.
"""

from __future__ import annotations

from importlib import import_module, metadata
from typing import Protocol

import numpy as np
import supervision as sv
from numpy.typing import NDArray

from benchmarks.events.peers import UNTRACKED
from detector.looks import Boxes

# supervision's own defaults, which its time-in-zone example keeps: the package's stricter ones
# would never track a vehicle of confidence 0.6.
ACTIVATION = 0.25
HIGH_CONFIDENCE = 0.25
LOST_BUFFER_FRAMES = 30
"""At 30 frames a second; the tracker turns it into seconds of its own frame rate."""


class Tracker(Protocol):
    """What we use of a tracker of the package."""

    def update(self, detections: sv.Detections) -> sv.Detections:
        """Give the detections their ids."""
        ...


def byte_track(looks_per_s: float) -> Tracker:
    """A fresh tracker for one stream at its own rate; SystemExit where the package is missing."""
    try:
        package = import_module("trackers")
    except ModuleNotFoundError as error:
        raise SystemExit("no trackers: pip install --no-deps trackers==2.6.1") from error
    tracker: Tracker = package.ByteTrackTracker(
        frame_rate=looks_per_s,
        lost_track_buffer=LOST_BUFFER_FRAMES,
        track_activation_threshold=ACTIVATION,
        high_conf_det_threshold=HIGH_CONFIDENCE,
        minimum_consecutive_frames=1,
    )
    return tracker


def tracker_version() -> str:
    """Which ByteTrack."""
    return f"trackers {metadata.version('trackers')}"


def tracked(tracker: Tracker, boxes: Boxes) -> NDArray[np.int64]:
    """The track ids (n,) of a look's boxes, `UNTRACKED` where there is none."""
    ids = np.full(len(boxes), UNTRACKED, dtype=np.int64)
    found = tracker.update(
        sv.Detections(
            boxes.xyxy,
            confidence=boxes.confidence,
            class_id=boxes.class_id,
            data={"row": np.arange(len(boxes))},
        )
    )
    if len(found) and found.tracker_id is not None:
        ids[np.asarray(found.data["row"], dtype=np.intp)] = found.tracker_id
    return ids
