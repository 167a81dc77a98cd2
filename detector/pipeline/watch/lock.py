"""One watch for one output folder: two would tell every stay twice."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from detector.errors import OutputError
from detector.files import cannot_write, make_folder

LOCK = ".lock"
"""No camera's id begins with a dot."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file while the block lasts; it is free again when the process is gone.

    Raises OutputError where another process holds it.
    """
    make_folder(path.parent)
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise cannot_write(path, error) from error
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise OutputError(
                f"{path.parent.parent} is in use by another watch: stop it, or choose another "
                "folder for --out"
            ) from error
        yield
    finally:
        os.close(file)
