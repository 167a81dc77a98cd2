"""Which camera file speaks for which footage."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from detector.footage import FootageFile
from detector.looks import Pixels
from detector.pipeline.references import load_references, reference_files
from detector.scene.camera import Camera, load_camera

BESIDE = "camera.yaml"


@dataclass(frozen=True)
class Cameras:
    """The camera file given for all footage, or else the `camera.yaml` beside each file."""

    given: Path | None = None

    def file_for(self, file: FootageFile) -> Path | None:
        """The camera file that speaks for a source, None when there is none."""
        beside = file.folder / BESIDE
        return self.given or (beside if beside.is_file() else None)

    def camera_for(self, file: FootageFile) -> Camera | None:
        """The camera of a source; CameraFileError when its file is malformed."""
        path = self.file_for(file)
        return load_camera(path) if path else None

    def references_for(self, file: FootageFile) -> dict[str, Pixels]:
        """Reference pictures of the views of a source's camera; CameraFileError for a bad one."""
        path, camera = self.file_for(file), self.camera_for(file)
        return load_references(camera, path.parent) if path and camera else {}

    def digest(self, files: Sequence[FootageFile]) -> str | None:
        """SHA-256 over all camera files that speak for these sources and the reference pictures
        that they name; None without any."""
        paths = sorted({path for file in files if (path := self.file_for(file))})
        if not paths:
            return None
        total = hashlib.sha256()
        for path in paths:
            total.update(path.read_bytes())
            for _, picture in reference_files(load_camera(path), path.parent):
                total.update(picture.read_bytes() if picture.is_file() else b"")
        return total.hexdigest()
