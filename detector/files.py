"""Files: written so that a kill or a full disk leaves the old one or the new one; their digests."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from uuid import uuid4

from detector.errors import OutputError


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write a UTF-8 text file whole or not at all; the lines bring their own line ends.

    Raises OutputError, which names the path and the remedy.
    """
    write_bytes(path, (line.encode("utf-8", "replace") for line in lines))


def write_bytes(path: Path, parts: Iterable[bytes]) -> None:
    """Write a file whole or not at all; OutputError names the path and the remedy."""
    unfinished = path.with_name(f".{uuid4().hex}.part")
    try:
        with unfinished.open("xb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)


def make_folder(path: Path) -> None:
    """Create a folder with its parents; OutputError names it and the remedy."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from error


def cannot_write(path: Path, error: OSError) -> OutputError:
    """The error for a path that could not be written."""
    return OutputError(
        f"cannot write {path}: {error.strerror or error}; free some space or choose another "
        "folder, then run again with --resume where a scan was under way"
    )


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
