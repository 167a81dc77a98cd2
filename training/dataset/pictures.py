"""The pictures of a dataset as JPEG, kept in a cache that all recipes share."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from detector.files import cannot_write, file_sha256, make_folder, write_lines
from training.dataset.choose import Chosen
from training.errors import DataError
from training.pictures import UnreadablePictureError, convert

# Beside the pictures: the SHA-256 of the file that each was made from.
ORIGINS = "origins.json"


def converted(
    chosen: Sequence[Chosen],
    folder: Path,
    forget: Callable[[Collection[str]], None],
    tell: Callable[[int, int], None],
) -> dict[str, Path]:
    """The chosen pictures by sample key, as FOLDER/KEY.jpg; what is there is not made again.

    Where the original has changed since, `forget` hears the key before the picture is made anew.
    DataError names the first file that is no picture.
    """
    make_folder(folder)
    files = {item.sample.key: folder / f"{item.sample.key}.jpg" for item in chosen}
    known = _read(folder / ORIGINS)
    found = {item.sample.key: _digest(item.sample.picture) for item in chosen}
    changed = {key for key, digest in found.items() if known.get(key, digest) != digest}
    if changed:
        forget(changed)
    for key in changed:
        _remove(files[key])
    write_lines(folder / ORIGINS, [json.dumps(known | found, indent=0, sort_keys=True)])
    for number, item in enumerate(chosen, start=1):
        convert(item.sample.picture, files[item.sample.key])
        tell(number, len(chosen))
    return files


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from error


def _digest(picture: Path) -> str:
    try:
        return file_sha256(picture)
    except OSError as error:
        raise UnreadablePictureError(f"{picture} cannot be read: {error.strerror}") from error


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    try:
        origins: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(f"{path} is damaged: remove the folder {path.parent}") from error
    return origins
