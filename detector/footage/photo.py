"""A photo as one look."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from detector.errors import SourceError
from detector.footage.clock import aware_start
from detector.footage.contract import FootageFile, FootageInfo
from detector.footage.exif import ExifFacts, read_exif
from detector.footage.grey_end import ends_grey
from detector.footage.grid import Sampler, to_ms
from detector.footage.limits import PHOTO_FORMATS, check_photo_size
from detector.footage.opened import OpenedFile
from detector.footage.opening import fingerprint
from detector.footage.pixels import turned
from detector.looks import Look, Picture, Pixels, Size

# EXIF orientation to the signs of a display matrix, as `pixels.turned` takes them.
_SIGNS = {
    1: (1, 0, 0, 1),
    2: (-1, 0, 0, 1),
    3: (-1, 0, 0, -1),
    4: (1, 0, 0, -1),
    5: (0, 1, 1, 0),
    6: (0, 1, -1, 0),
    7: (0, -1, -1, 0),
    8: (0, -1, 1, 0),
}


class PhotoFootage(OpenedFile):
    """An opened photo; see `contract.Footage`. The file is decoded anew by each iteration."""

    def __init__(
        self, file: FootageFile, zone: ZoneInfo | None = None, starts_at: datetime | None = None
    ) -> None:
        """Read the header and EXIF of a photo; SourceError where it is none or above the limits.

        `starts_at` is for a photo without a time of its own.
        """
        super().__init__(file)
        sha256 = fingerprint(file)
        with _open_image(file) as image:
            size = Size(*image.size)
            check_photo_size(file.name, size)
            facts = read_exif(image, zone)
        self._facts: ExifFacts = facts
        self._info = FootageInfo(
            name=file.name,
            path=file.path,
            media="photo",
            sha256=sha256,
            size=Size(size.height, size.width) if facts.orientation >= 5 else size,
            duration_s=None,
            started_at=facts.taken_at or aware_start(file.name, starts_at, zone),
            geotag=facts.geotag,
        )

    def looks(self, every_s: float, after_s: float | None = None) -> Iterator[Look]:
        """One look at 0 s, none after it; SourceError where the photo is damaged."""
        if Sampler(every_s, after_s).takes(0):
            yield Look(0.0, self._info.started_at, self._picture())

    def pictures_at(self, times_s: Sequence[float]) -> Iterator[tuple[float, Picture]]:
        """The photo where 0 s is asked for; SourceError for any other time."""
        if any(to_ms(time_s) for time_s in times_s):
            raise SourceError(f"{self._file.name}: is a photo, its one picture is at 0 s")
        if times_s:
            yield 0.0, self._picture()

    def clip(self, from_s: float, until_s: float) -> bytes | None:
        """A photo is no film."""
        return None

    def _picture(self) -> Picture:
        with self._tally.timed(), _open_image(self._file) as image:
            check_photo_size(self._file.name, Size(*image.size))
            pixels = _decode(self._file, image)
            self._tally.frames += 1
            return Picture.from_bgr(turned(pixels, _SIGNS[self._facts.orientation]))


@contextmanager
def _open_image(file: FootageFile) -> Iterator[Image.Image]:
    try:
        with warnings.catch_warnings():
            # Pillow's own limit only warns at first; ours is checked right after.
            warnings.simplefilter("ignore")
            image = Image.open(file.path, formats=PHOTO_FORMATS)
    except Image.DecompressionBombError as error:
        raise SourceError(
            f"{file.name}: the photo is far above the limit of pixels; make it smaller"
        ) from error
    except Exception as error:  # the plugins raise whatever a broken header leads them to
        raise SourceError(
            f"{file.name}: is not a photo that can be read; use JPEG, PNG, WebP or AVIF"
        ) from error
    with image:
        yield image


def _decode(file: FootageFile, image: Image.Image) -> Pixels:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image.load()
            pixels = to_bgr(image)
    except Exception as error:  # as above
        raise _damaged(file) from error
    if image.format in ("JPEG", "MPO") and ends_grey(file.path, pixels):
        raise _damaged(file)
    return pixels


def _damaged(file: FootageFile) -> SourceError:
    return SourceError(
        f"{file.name}: the photo is damaged or cut short; copy it from the camera again"
    )


def to_bgr(image: Image.Image) -> Pixels:
    """The pixels of a loaded image of any mode, (h, w, 3) uint8 BGR.

    What is transparent is laid on white; a colour profile is passed over.
    """
    if image.mode.startswith("I"):
        deep: NDArray[np.generic] = np.asarray(image)
        grey = (np.clip(deep, 0, 65_535).astype(np.uint32) >> 8).astype(np.uint8)
        return np.ascontiguousarray(np.repeat(grey[:, :, None], 3, axis=2))
    if image.has_transparency_data:
        over = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", over.size, "white"), over)
    rgb: Pixels = np.asarray(image.convert("RGB"), dtype=np.uint8)
    return np.ascontiguousarray(rgb[:, :, ::-1])
