"""The parts of an HTTP answer that never ends, as MJPEG cameras send it."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import Message
from http.client import HTTPResponse

from detector.footage.live.contract import StreamError

_CHUNK = 65_536
_LARGEST_HEAD = 8_192


def boundary_of(headers: Message) -> bytes:
    """The line that parts begin with; StreamError where the answer has no such parts."""
    if headers.get_content_type() != "multipart/x-mixed-replace":
        raise StreamError(f"sends {headers.get_content_type()[:80]}, not MJPEG")
    stated = headers.get_param("boundary")
    name = stated if isinstance(stated, str) else ""
    # Some cameras count the two hyphens before a boundary as a part of it, some do not.
    if not name.strip('"- '):
        raise StreamError("sends MJPEG without a boundary")
    return b"--" + name.strip('" ').lstrip("-").encode("latin-1", "replace")


def parts(response: HTTPResponse, boundary: bytes, most_bytes: int) -> Iterator[bytes]:
    """The bodies of the parts; StreamError where one is larger than the limit or cut off."""
    feed = _Feed(response)
    while feed.until(boundary, most_bytes) is not None:
        head = feed.until(b"\r\n\r\n", _LARGEST_HEAD)
        if head is None:
            return
        length = _length_of(head)
        if length is None:
            # The next boundary ends it; a line end before that belongs to the boundary.
            body = feed.until(b"\r\n" + boundary, most_bytes, keep=True)
        elif length > most_bytes:
            raise StreamError(f"sends a picture of {length:,} bytes")
        else:
            body = feed.exactly(length)
        if body is None:
            return
        yield body


def _length_of(head: bytes) -> int | None:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            return int(value.strip()[:12])
    return None


class _Feed:
    """What has been received and not been used."""

    def __init__(self, response: HTTPResponse) -> None:
        self._response = response
        self._held = bytearray()

    def until(self, mark: bytes, most_bytes: int, keep: bool = False) -> bytes | None:
        """What stands before the mark, which is taken away too unless kept; None at the end."""
        searched = 0
        while (at := self._held.find(mark, searched)) < 0:
            searched = max(0, len(self._held) - len(mark))
            if len(self._held) > most_bytes + len(mark):
                raise StreamError(f"sends more than {most_bytes:,} bytes without an end")
            if not self._more():
                return None
        found = bytes(self._held[:at])
        del self._held[: at if keep else at + len(mark)]
        return found

    def exactly(self, count: int) -> bytes | None:
        """So many bytes; None where the answer ends before."""
        while len(self._held) < count:
            if not self._more():
                return None
        found = bytes(self._held[:count])
        del self._held[:count]
        return found

    def _more(self) -> bool:
        chunk = self._response.read1(_CHUNK)
        self._held += chunk
        return bool(chunk)
