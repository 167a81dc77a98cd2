"""Paths that a file names: they stay in that file's folder."""

from __future__ import annotations

from pathlib import Path

from detector.errors import CameraFileError
from detector.observation import stays_inside


def contained(folder: Path, path: str) -> Path:
    """The file at a relative path inside a folder, with all links followed.

    Raises CameraFileError where it leads out of the folder: by steps upwards, by an absolute
    path, or by a link.
    """
    try:
        root = folder.resolve()
        found = (root / path).resolve()
    except (OSError, RuntimeError, ValueError) as error:
        # A loop of links, a name that is too long, or a NUL in it.
        raise CameraFileError(f"{path!r} is no path; correct it") from error
    if not stays_inside(path) or not found.is_relative_to(root):
        raise CameraFileError(f"{path!r} leads out of {folder}; put the file inside")
    return found
