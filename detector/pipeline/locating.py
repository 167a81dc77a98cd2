"""Where a thing was, by the best that is known: the photo itself, a track, the camera."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from detector.footage import FootageInfo
from detector.observation import Position, PositionMethod
from detector.scene.camera import Camera
from detector.tracks.track import Track


@dataclass(frozen=True, slots=True)
class Locator:
    """What can tell where footage was taken."""

    track: Track | None = None

    def locate(
        self, footage: FootageInfo, camera: Camera | None, at: datetime | None
    ) -> Position | None:
        """The position of a look of this footage at wall time `at`, None where unknown."""
        tag = footage.geotag
        if tag is not None:
            return Position(
                lat=tag.lat, lon=tag.lon, accuracy_m=tag.accuracy_m, method=PositionMethod.EXIF
            )
        if self.track is not None and at is not None:
            position = self.track.position_at(at)
            if position is not None:
                return position
        return camera.located if camera else None
