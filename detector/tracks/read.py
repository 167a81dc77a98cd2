"""Reading a track by the suffix of its file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from detector.errors import TrackError
from detector.tracks.gpx import read_gpx
from detector.tracks.track import Track

READERS: dict[str, Callable[[Path], Track]] = {".gpx": read_gpx}


def read_track(path: Path) -> Track:
    """The track in a file; its suffix names the format. Raises TrackError when there is none."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise TrackError(
            f"{path}: a track ends in {', '.join(READERS)}; convert this one, for example with "
            "GPSBabel"
        )
    return reader(path)
