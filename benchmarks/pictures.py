"""Real pictures for the benchmarks, from the shared material beside the checkout."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from detector.looks import Pixels

SHARED = Path(__file__).parents[1].parent / "shared"


def real_pictures(count: int) -> list[Pixels]:
    """Street pictures and every fourth a 1080p frame, all BGR."""
    files = sorted((SHARED / "data" / "garbage" / "images").glob("*.avif"))
    if not files:
        raise SystemExit(f"no pictures at {SHARED}: lay the shared material beside the checkout")
    chosen = files[:: max(1, len(files) // (count - count // 4))][: count - count // 4]
    read = [cv2.imread(str(file)) for file in chosen]
    stills = [np.asarray(picture, dtype=np.uint8) for picture in read if picture is not None]
    return stills + frames(SHARED / "video" / "park_1080p_no_gps.mp4", count // 4)


def frames(video: Path, count: int) -> list[Pixels]:
    """The first frames of a video that are ten apart, BGR."""
    capture = cv2.VideoCapture(str(video))
    found: list[Pixels] = []
    while len(found) < count and capture.grab():
        done, frame = capture.retrieve()
        if done:
            found.append(np.asarray(frame, dtype=np.uint8))
        for _ in range(9):
            capture.grab()
    return found
