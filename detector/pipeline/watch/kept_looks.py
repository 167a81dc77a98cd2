"""Pictures of looks that may yet prove something: a stream cannot be read a second time.

Which looks matter is known only later: the look of an arrival, when the vehicle has stood for a
while. The newest looks stay in memory; one that the rules still refer to when it has to leave goes
to the disk as a JPEG, and is removed when nothing refers to it any more.
"""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from detector.errors import RecordingError
from detector.files import cannot_write
from detector.looks import LookBoxes, Picture, Pixels
from detector.pipeline.recording import read_line, write_line

QUALITY = 85
MOST_LOOKS = 500
"""Four or five looks for each of some hundred things; more is a fault that must not fill a disk."""


@dataclass(frozen=True, slots=True)
class KeptLook:
    """A look's boxes and its picture: BGR (h, w, 3), and as the JPEG that is kept of it."""

    boxes: LookBoxes
    bgr: Pixels
    jpeg: bytes


class KeptLooks:
    """The looks of one camera; up to `in_memory` of them wait there."""

    def __init__(self, folder: Path, in_memory: int = 2) -> None:
        self._folder = folder
        self._in_memory = in_memory
        self._fresh: OrderedDict[int, tuple[LookBoxes, Picture]] = OrderedDict()
        self._stored = dict.fromkeys(sorted(int(it.stem) for it in _pictures(folder)))

    def add(
        self, look: LookBoxes, picture: Picture, moments: Callable[[], Collection[float]]
    ) -> None:
        """Take in the newest look; of the others those at `moments` (stream seconds) stay.

        `moments` is asked for only when memory is full. Raises OutputError where a look cannot be
        written.
        """
        self._fresh[_key(look.t_s)] = look.without_picture(), picture
        if len(self._fresh) <= self._in_memory:
            return
        wanted = set(map(_key, moments()))
        # A full disk takes nothing before something is removed.
        for key in [key for key in self._stored if key not in wanted]:
            self._remove(key)
        while len(self._fresh) > self._in_memory // 2:
            key, kept = self._fresh.popitem(last=False)
            if key in wanted:
                self._store(key, *kept)
        while len(self._stored) > MOST_LOOKS:
            self._remove(next(iter(self._stored)))

    def flush(self, moments: Collection[float]) -> None:
        """Store what is in memory and wanted, before the run ends."""
        wanted = set(map(_key, moments))
        for key, kept in self._fresh.items():
            if key in wanted:
                self._store(key, *kept)
        self._fresh.clear()

    def clear(self) -> None:
        """Forget all of them."""
        self._fresh.clear()
        for key in list(self._stored):
            self._remove(key)

    def at(self, t_s: float) -> KeptLook | None:
        """The look at this stream time, None where it was not kept."""
        key = _key(t_s)
        if key in self._fresh:
            look, picture = self._fresh[key]
            return KeptLook(look, picture.bgr, _jpeg(picture.bgr))
        return self._read(key) if key in self._stored else None

    def _store(self, key: int, look: LookBoxes, picture: Picture) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _write(self._boxes_file(key), write_line(look).encode())
            _write(self._picture_file(key), _jpeg(picture.bgr))
        except OSError as error:
            raise cannot_write(self._folder, error) from error
        self._stored[key] = None

    def _read(self, key: int) -> KeptLook | None:
        with contextlib.suppress(OSError, RecordingError, UnicodeDecodeError, cv2.error):
            look = read_line(self._boxes_file(key).read_text(encoding="utf-8")).look
            jpeg = self._picture_file(key).read_bytes()
            picture = cv2.imdecode(_buffer(jpeg), cv2.IMREAD_COLOR)
            if picture is not None:
                return KeptLook(look, np.asarray(picture, dtype=np.uint8), jpeg)
        return None

    def _remove(self, key: int) -> None:
        del self._stored[key]
        for path in (self._picture_file(key), self._boxes_file(key)):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)

    def _picture_file(self, key: int) -> Path:
        return self._folder / f"{key}.jpg"

    def _boxes_file(self, key: int) -> Path:
        return self._folder / f"{key}.json"


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, but not forced to the disk: a power cut may cost a picture."""
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def _pictures(folder: Path) -> Iterator[Path]:
    return (path for path in folder.glob("*.jpg") if path.stem.isdecimal())


def _key(t_s: float) -> int:
    return round(t_s * 1000)


def _buffer(content: bytes) -> Pixels:
    return np.frombuffer(content, dtype=np.uint8)


def _jpeg(bgr: Pixels) -> bytes:
    ok, encoded = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not ok:
        raise ValueError("the picture cannot be encoded as JPEG")
    return encoded.tobytes()
