"""A picture at an address, fetched again and again."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator

from PIL import Image

from detector.errors import SourceError
from detector.footage.limits import PHOTO_FORMATS, check_photo_size
from detector.footage.live.cancel import Cancel
from detector.footage.live.clock import Clock
from detector.footage.live.contract import StreamError, StreamOptions
from detector.footage.live.http import Bounds, Fetcher
from detector.footage.photo import to_bgr
from detector.looks import Picture, Size

_BOUNDS = Bounds(most_bytes=30_000_000, most_s=30.0)
_NOT_MODIFIED = 304
# How long a rest between fetches goes on at a time.
_REST_S = 0.5
# What a server says of a picture, and how it is asked whether that still holds.
_VALIDATORS = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}


class Still:
    """Fetches a picture at a steady pace; `rest` after each."""

    def __init__(self, options: StreamOptions, clock: Clock, cancel: Cancel) -> None:
        """Check the address; StreamError where it may not be opened."""
        self._fetcher = Fetcher(options, cancel)
        self._every_s = options.fetch_every_s
        self._clock = clock
        self._cancel = cancel
        self._next_s = 0.0

    def bodies(self) -> Iterator[bytes | None]:
        """What each fetch brought, None where the server said or showed that nothing changed."""
        headers: dict[str, str] = {}
        before: bytes | None = None
        while not self._cancel.gone.is_set():
            self._next_s = self._clock.steady_s() + self._every_s
            answer = self._fetcher.fetch(self._fetcher.first, _BOUNDS, headers)
            if answer.status == _NOT_MODIFIED or answer.body == before:
                yield None
            else:
                before = answer.body
                yield before
            headers = {
                ask: value
                for name, ask in _VALIDATORS.items()
                if (value := answer.headers.get(name)) and len(value) < 1000
            } or headers

    def rest(self) -> Iterator[None]:
        """Let the time pass until the next fetch: yields at once, then every half second of it."""
        while not self._cancel.gone.is_set():
            yield
            rest_s = self._next_s - self._clock.steady_s()
            if rest_s <= 0:
                return
            self._clock.wait(self._cancel.gone, min(rest_s, _REST_S))


def decoded(body: bytes) -> Picture:
    """The picture in a JPEG, PNG, WebP or AVIF; StreamError for anything else or too large."""
    try:
        with warnings.catch_warnings():
            # Pillow's own limit only warns at first; ours is checked before anything is decoded.
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(body), formats=PHOTO_FORMATS)
            check_photo_size("the picture", Size(*image.size))
            image.load()
            return Picture.from_bgr(to_bgr(image))
    except Exception as error:  # the plugins raise whatever a broken picture leads them to
        raise StreamError(_plain(error)) from None


def _plain(error: Exception) -> str:
    match error:
        case SourceError():
            return str(error)
        case Image.DecompressionBombError():
            return "the picture is far above the limit of pixels"
    return "sends no picture that can be read"
