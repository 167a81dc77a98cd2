"""The reference pictures that a camera file names, read from beside it and from nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from detector.errors import CameraFileError, SourceError
from detector.footage import FootageFile, open_footage
from detector.looks import Pixels
from detector.scene.camera import Camera
from detector.scene.paths import contained


def load_references(camera: Camera, folder: Path) -> dict[str, Pixels]:
    """The reference picture (h, w, 3) BGR of each view that has one; `folder` holds the file.

    Raises CameraFileError where one cannot be used.
    """
    return {name: _picture(camera, name, path) for name, path in reference_files(camera, folder)}


def reference_files(camera: Camera, folder: Path) -> Iterator[tuple[str, Path]]:
    """Views and the files of their references; CameraFileError where one leaves the folder."""
    for view in camera.views:
        if view.reference is not None:
            yield view.name, contained(folder, view.reference)


def _picture(camera: Camera, view: str, path: Path) -> Pixels:
    try:
        footage = open_footage(FootageFile(path, path.name, "photo"))
        return next(footage.looks(1.0)).picture.bgr
    except SourceError as error:
        raise CameraFileError(
            f"camera {camera.id}, view {view!r}: the reference picture cannot be used: {error}"
        ) from error
