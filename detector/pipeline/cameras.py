"""Which camera file speaks for which footage."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from detector.footage import FootageFile
from detector.scene.camera import Camera, load_camera

BESIDE = "camera.yaml"


@dataclass(frozen=True)
class Cameras:
    """The camera file given for all footage, or else the `camera.yaml` beside each file."""

    given: Path | None = None

    def file_for(self, file: FootageFile) -> Path | None:
        """The camera file that speaks for a source, None when there is none."""
        beside = file.path.parent / BESIDE
        return self.given or (beside if beside.is_file() else None)

    def camera_for(self, file: FootageFile) -> Camera | None:
        """The camera of a source; CameraFileError when its file is malformed."""
        path = self.file_for(file)
        return load_camera(path) if path else None

    def digest(self, files: Sequence[FootageFile]) -> str | None:
        """SHA-256 over all camera files that speak for these sources, None without any."""
        paths = sorted({path for file in files if (path := self.file_for(file))})
        if not paths:
            return None
        total = hashlib.sha256()
        for path in paths:
            total.update(path.read_bytes())
        return total.hexdigest()
