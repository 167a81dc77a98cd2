"""Files of one JSON object a line that the whole watch shares: gaps and device problems."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Lock

from detector.files import cannot_write
from detector.observation import Frozen

_LOCK = Lock()


class LineFile:
    """A file that lines are appended to, from several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, entry: Frozen) -> None:
        """Add a line and see it on the disk; OutputError where that fails."""
        line = entry.model_dump_json().encode() + b"\n"
        with _LOCK:
            try:
                with self._path.open("ab+") as file:
                    # A kill may have cut the last line off.
                    if file.tell() and not _ends_a_line(self._path):
                        line = b"\n" + line
                    file.write(line)
                    file.flush()
                    os.fsync(file.fileno())
            except OSError as error:
                raise cannot_write(self._path, error) from error


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
