"""A folder written whole or not at all."""

from __future__ import annotations

import contextlib
import glob
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from training.errors import DataError

# An unfinished folder in which nothing was made for so long was left by a kill.
LEFT_AFTER_S = 24 * 3600


@contextmanager
def new_folder(out: Path, replaces: str | None = None) -> Iterator[Path]:
    """Yields a temporary neighbour of `out`, which becomes `out` when all went well.

    A folder that holds a file called `replaces` is an earlier result and is replaced. DataError
    where `out` holds anything else or cannot be written; then it is as it was.
    """
    out = out.resolve()
    earlier = replaces is not None and (out / replaces).is_file()
    if out.exists() and not earlier and (not out.is_dir() or any(out.iterdir())):
        raise DataError(f"{out} is there already and not empty: choose another folder or remove it")
    _sweep(out)
    unfinished = out.with_name(f".{out.name}.{uuid4().hex[:8]}.part")
    old = unfinished.with_suffix(".old")
    try:
        unfinished.mkdir(parents=True)
        yield unfinished
        if out.exists():
            out.rename(old)
        unfinished.rename(out)
    except OSError as error:
        raise DataError(
            f"cannot write {out}: {error.strerror or error}; free some space or choose another "
            "folder; nothing was written"
        ) from error
    finally:
        if old.exists() and not out.exists():
            old.rename(out)
        for leftover in (unfinished, old):
            shutil.rmtree(leftover, ignore_errors=True)


def _sweep(out: Path) -> None:
    """Removes what killed commands left beside `out`; younger folders may be another's at work."""
    for left in out.parent.glob(f".{glob.escape(out.name)}.*.part"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > LEFT_AFTER_S:
                shutil.rmtree(left, ignore_errors=True)


def place(picture: Path, target: Path, *, link: bool) -> None:
    """Copies a picture as it is, or links it where that is wanted and the disk can."""
    if link:
        try:
            os.link(picture.resolve(), target)
        except OSError:
            pass
        else:
            return
    shutil.copyfile(picture, target)


def unique_stems(pictures: tuple[Path, ...]) -> dict[Path, str]:
    """A stem for each picture that no other one has, whatever the case of its letters.

    Pictures of one name in several folders get their folder's name in front. A stem holds no
    control characters, commas or slashes, so that lists and tables can hold it.
    """
    stems: dict[Path, str] = {}
    taken: set[str] = set()
    for picture in pictures:
        stem = _clean(picture.stem)
        folders = [part for part in picture.parent.parts if part not in {"images", "/"}]
        while stem.lower() in taken and folders:
            stem = f"{_clean(folders.pop())}_{stem}"
        number, base = 2, stem
        while stem.lower() in taken:
            stem, number = f"{base}_{number}", number + 1
        taken.add(stem.lower())
        stems[picture] = stem
    return stems


def _clean(text: str) -> str:
    return "".join("_" if char in ',"\\' or not char.isprintable() else char for char in text)
