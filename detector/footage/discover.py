"""From what a user names (files and folders) to the files that can be looked at."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from detector.errors import SourceError
from detector.footage.contract import FootageFile, Media
from detector.footage.limits import PHOTO_SUFFIXES, VIDEO_SUFFIXES
from detector.footage.sidecar import SIDECAR_SUFFIX


@dataclass(frozen=True, slots=True)
class Discovery:
    """The files found, how many files in folders were passed over, and what went wrong.

    `skipped` leaves hidden files and clocks beside videos out; `errors` holds the name of a
    source as it was given, with its error.
    """

    files: tuple[FootageFile, ...]
    skipped: int
    errors: tuple[tuple[str, SourceError], ...]


@dataclass(slots=True)
class _Found:
    """What was found so far: real path to the path given, and how many parts name it."""

    depth: dict[Path, int] = field(default_factory=dict)
    given: dict[Path, Path] = field(default_factory=dict)
    skipped: int = 0

    def add(self, path: Path, depth: int) -> None:
        real = path.resolve()
        self.depth.setdefault(real, depth)
        self.given.setdefault(real, path)


def media_of(path: Path) -> Media | None:
    """Video or photo by the file's suffix, None for anything else."""
    suffix = path.suffix[1:].lower()
    if suffix in VIDEO_SUFFIXES:
        return "video"
    return "photo" if suffix in PHOTO_SUFFIXES else None


def discover(sources: Sequence[Path], *, as_one: bool = False) -> Discovery:
    """Find the videos and photos of these files and folders, each file once.

    With `as_one` each folder is one recording in pieces.
    Never raises for a bad source: its SourceError is in `errors`, the others are found.
    """
    found = _Found()
    errors: list[tuple[str, SourceError]] = []
    for source in sources:
        try:
            _take(source, found)
        except SourceError as error:
            errors.append((str(source), error))
    files = _named(found)
    if as_one:
        files = _as_one(files, [source for source in sources if source.is_dir()])
    return Discovery(files, found.skipped, tuple(errors))


def _as_one(files: Sequence[FootageFile], folders: Sequence[Path]) -> tuple[FootageFile, ...]:
    """The files, those of each folder in one."""
    loose = list(files)
    joined: list[FootageFile] = []
    for folder in dict.fromkeys(folders):
        pieces: list[FootageFile] = []
        others: list[FootageFile] = []
        for it in loose:
            (pieces if it.path.is_relative_to(folder) else others).append(it)
        loose = others
        if pieces:
            joined.append(FootageFile(folder, _name(folder, 1), "video", tuple(pieces)))
    return (*joined, *loose)


def _take(source: Path, found: _Found) -> None:
    try:
        if source.is_dir():
            _take_folder(source, found)
        elif source.exists():
            _take_file(source, found)
        else:
            raise SourceError(f"{source}: there is no such file or folder; check the path")
    except OSError as error:
        reason = error.strerror or "unknown fault"
        raise SourceError(f"{source}: cannot be read ({reason}); check its permissions") from error


def _take_file(source: Path, found: _Found) -> None:
    if media_of(source) is None:
        raise SourceError(
            f"{source}: is neither a video nor a photo by its suffix; accepted are "
            f"{', '.join(VIDEO_SUFFIXES)} for videos and {', '.join(PHOTO_SUFFIXES)} for photos"
        )
    found.add(source, 1)


def _take_folder(folder: Path, found: _Found) -> None:
    files = list(_files_inside(folder))
    media = [path for path in files if media_of(path) and _stays_inside(path, folder)]
    clocks = [path for path in files if path.name.endswith(SIDECAR_SUFFIX)]
    found.skipped += len(files) - len(media) - len(clocks)
    if not media:
        raise SourceError(
            f"{folder}: this folder holds no video or photo; name a folder with files of type "
            f"{', '.join(VIDEO_SUFFIXES + PHOTO_SUFFIXES)}"
        )
    for path in media:
        found.add(path, len(path.relative_to(folder).parts))


def _files_inside(folder: Path) -> Iterator[Path]:
    """The visible files below a folder, sorted; linked folders are not entered."""

    def refuse(error: OSError) -> None:
        raise error

    paths = []
    for here, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths += [Path(here, name) for name in names if not name.startswith(".")]
    return iter(sorted(paths, key=lambda path: path.relative_to(folder).parts))


def _stays_inside(path: Path, folder: Path) -> bool:
    return path.is_file() and path.resolve().is_relative_to(folder.resolve())


def _named(found: _Found) -> tuple[FootageFile, ...]:
    depths = dict(found.depth)
    while clashes := _clashes(found, depths):
        for real in clashes:
            depths[real] += 1
    return tuple(
        FootageFile(path, _name(path, depths[real]), media)
        for real, path in found.given.items()
        if (media := media_of(path)) is not None
    )


def _clashes(found: _Found, depths: dict[Path, int]) -> list[Path]:
    """The files that share their name with another and have a parent folder left to tell."""
    names = {real: _name(path, depths[real]) for real, path in found.given.items()}
    count = Counter(names.values())
    return [
        real
        for real, path in found.given.items()
        if count[names[real]] > 1 and depths[real] < len(_parts(path))
    ]


def _parts(path: Path) -> tuple[str, ...]:
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow the link
    return absolute.relative_to(absolute.anchor).parts


def _name(path: Path, depth: int) -> str:
    # A file name is bytes; one that is no UTF-8 could not be written into results.
    return os.fsencode("/".join(_parts(path)[-depth:])).decode("utf-8", "backslashreplace")
