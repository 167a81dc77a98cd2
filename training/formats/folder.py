"""The files of a labelled folder: found, named safely, read with limits.

Label files come from strangers, so the paths in them are only ever looked up among the pictures
that lie in the folder: none can make us read another file.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath

from PIL import Image

from training.errors import DataError
from training.formats.boxes import sane_size
from training.formats.reading import FaultKind, Reading
from training.sources import PICTURE_SUFFIXES

# The label file of COCO's 118,000 training pictures takes 450 MB.
LARGEST_LABEL_FILE_BYTES = 1 << 30
# A picture scaled for labelling keeps its aspect but for rounding: share of the aspect.
ASPECT_TOLERANCE = 0.03
# EXIF tag 274 is the orientation; these values turn the picture by a quarter.
_ORIENTATION_TAG = 274
_QUARTER_TURNS = frozenset({5, 6, 7, 8})


class Pictures:
    """The pictures under a folder, found again by what a label file calls them."""

    def __init__(self, reading: Reading) -> None:
        self._root = reading.root
        self._by_stem: dict[str, list[Path]] = defaultdict(list)
        self._left: set[Path] = set()
        inside = self._root.resolve()
        for path in files_under(self._root):
            if path.suffix.lower() not in PICTURE_SUFFIXES:
                continue
            if not path.resolve().is_relative_to(inside):
                where = shown(path, self._root)
                reading.fault(FaultKind.UNSAFE_PATH, where, "links to a file outside the folder")
                continue
            self._by_stem[path.stem].append(path)
            self._left.add(path)

    def all(self) -> list[Path]:
        """Every picture, by path."""
        return sorted(path for paths in self._by_stem.values() for path in paths)

    def has(self, stem: str) -> bool:
        """Whether any picture is called so, whatever its suffix."""
        return stem in self._by_stem

    def find(self, reading: Reading, named: str, label_file: Path, where: str) -> Path | None:
        """The picture that a label file names; None, with a fault noted, where there is none.

        The name may be relative to the label file or to the folder, or from a folder that was
        renamed since; the suffix may have changed, as converted pictures' do.
        """
        text = PureWindowsPath(named).as_posix()
        if "\0" in text or not PurePosixPath(text).name:
            reading.fault(FaultKind.BAD_LABEL, where, f"{named[:60]!r} is no file name")
            return None
        within = self._within(text, label_file)
        if within is None:
            text = f"the path {named!r} leaves the folder: name the picture relative to it"
            reading.fault(FaultKind.UNSAFE_PATH, where, text)
            return None
        found = self._nearest(within, label_file)
        if len(found) != 1:
            count = f"{len(found)} pictures are called that" if found else "is not there"
            reading.fault(FaultKind.NO_PICTURE, where, f"the picture {named!r}: {count}")
            return None
        self.take(found[0])
        return found[0]

    def left(self) -> list[Path]:
        """The pictures that no label has named yet."""
        return sorted(self._left)

    def take(self, picture: Path) -> None:
        """Counts a picture as labelled."""
        self._left.discard(picture)

    def _within(self, text: str, label_file: Path) -> PurePosixPath | None:
        path = PurePosixPath(text)
        if path.is_absolute() or PureWindowsPath(text).drive:
            return None
        if ".." not in path.parts:
            return path
        joined = Path(os.path.normpath(label_file.parent / path))
        if not joined.is_relative_to(self._root):
            return None
        return PurePosixPath(joined.relative_to(self._root).as_posix())

    def _nearest(self, within: PurePosixPath, label_file: Path) -> list[Path]:
        """The pictures of that name that share the most folder names with where it should be."""
        same = self._by_stem.get(within.stem) or self._by_stem.get(within.name, [])
        exact = [path for path in same if path.name == within.name]
        place = {*within.parent.parts, *label_file.relative_to(self._root).parent.parts}
        shared = {
            path: len(place.intersection(path.relative_to(self._root).parent.parts))
            for path in exact or same
        }
        return [path for path, count in shared.items() if count == max(shared.values())]


def files_under(root: Path) -> Iterator[Path]:
    """Every file of a folder in the order of paths; links to folders are not followed."""
    for folder, inner, names in os.walk(root):
        inner.sort()
        for name in sorted(names):
            if not name.startswith("."):
                yield Path(folder) / name


def label_files(path: Path, suffix: str) -> list[Path]:
    """The files with a suffix in a folder, or the file itself."""
    if path.is_file():
        return [path]
    return [file for file in files_under(path) if file.suffix.lower() == suffix]


def read_bytes(path: Path) -> bytes:
    """A label file. DataError where it cannot be read or is absurdly large."""
    try:
        if path.stat().st_size > LARGEST_LABEL_FILE_BYTES:
            raise DataError(f"{path} is larger than 1 GiB: split the labels into several files")
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from error


def shown(path: Path, root: Path) -> str:
    """A path as messages show it: relative to the folder where it lies in it."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def picture_size(path: Path) -> tuple[int, int] | None:
    """Width and height in pixels as the picture is seen (EXIF turns applied), None if unreadable.

    Reads the header only.
    """
    try:
        with Image.open(path) as picture:
            width, height = picture.size
            turned = picture.getexif().get(_ORIENTATION_TAG) in _QUARTER_TURNS
    except Exception:
        return None
    return (height, width) if turned else (width, height)


def checked_size(
    reading: Reading, picture: Path, stated: tuple[float, float] | None, where: str
) -> tuple[float, float] | None:
    """The size that box edges count in; None, with a fault noted, where it cannot be known.

    That is the stated size, once the picture has the same aspect (a smaller copy may have been
    labelled), or the picture's own where none is stated.
    """
    real = picture_size(picture)
    if stated is None:
        if real is None:
            reading.fault(
                FaultKind.WRONG_SIZE, where, f"no size stated and {picture.name} cannot be read"
            )
        return real
    if not sane_size(*stated):
        reading.fault(
            FaultKind.WRONG_SIZE, where, f"a picture of {stated[0]:g} x {stated[1]:g} px cannot be"
        )
        return None
    if real is not None:
        ratio = (stated[0] / stated[1]) / (real[0] / real[1])
        # A side of few pixels is rounded by up to half a pixel.
        slack = ASPECT_TOLERANCE + 1 / min(*stated, *real)
        if not 1 / (1 + slack) <= ratio <= 1 + slack:
            reading.fault(
                FaultKind.WRONG_SIZE,
                where,
                f"labelled at {stated[0]:g} x {stated[1]:g} px, but {picture.name} is "
                f"{real[0]} x {real[1]}: stretched or turned since, label it again",
            )
            return None
    return stated
