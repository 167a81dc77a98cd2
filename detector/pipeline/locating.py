"""Where a thing was, by the best that is known: the photo, a track, the ground, the camera."""

from __future__ import annotations

from dataclasses import dataclass

from detector.footage import FootageInfo
from detector.observation import Position, PositionMethod
from detector.pipeline.examined import Found
from detector.pipeline.fit import located
from detector.scene.camera import Camera
from detector.tracks.track import Track


@dataclass(frozen=True, slots=True)
class Locator:
    """What can tell where footage was taken."""

    track: Track | None = None

    def locate(self, footage: FootageInfo, camera: Camera | None, found: Found) -> Position | None:
        """The position of a thing, None where unknown: of a moving camera at its best look."""
        tag = footage.geotag
        if tag is not None:
            return Position(
                lat=tag.lat, lon=tag.lon, accuracy_m=tag.accuracy_m, method=PositionMethod.EXIF
            )
        best = found.finding.best
        if self.track is not None and best.at is not None:
            position = self.track.position_at(best.at)
            if position is not None:
                return position
        if camera is None or found.fit is None:
            return None
        return located(camera, found.fit, found.finding.spot)
