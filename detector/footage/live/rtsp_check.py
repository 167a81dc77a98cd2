"""Asking an RTSP server about a stream before FFmpeg does.

FFmpeg follows wherever an RTSP server sends it, past any check of the address, and can neither
be told not to nor be stopped while a server keeps silent. One question of our own finds both.
A server that gives us one answer and FFmpeg another is not found out: networks of cameras should
not be able to reach what must not be asked.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager

from detector.footage.live.cancel import Cancel
from detector.footage.live.contract import StreamError
from detector.footage.live.endpoint import Endpoint
from detector.footage.live.login import Credentials

_MOST_S = 8.0
_LARGEST_HEAD = 32_768


@contextmanager
def checked_rtsp(endpoint: Endpoint, cancel: Cancel) -> Iterator[None]:
    """Enter where the server describes the stream; StreamError where it does anything else.

    The question's connection stays open meanwhile: a camera that begins to work for it should
    not stop when it goes, just as the next one comes.
    """
    try:
        connection = _connected(endpoint)
    except OSError as error:
        raise StreamError(_plain(error)) from None
    with connection, cancel.holding(connection):
        _check_status(_asked(connection, endpoint))
        yield


def _asked(connection: socket.socket, endpoint: Endpoint) -> int:
    """The status of the server's answer, to the login too where it asks for one."""
    credentials = Credentials(endpoint.login) if endpoint.login else None
    try:
        status, challenges = _described(connection, endpoint, None)
        if status == 401 and credentials is not None and credentials.learn(challenges):
            answer = credentials.header("DESCRIBE", endpoint.url)
            status, _ = _described(connection, endpoint, answer)
    except OSError as error:
        raise StreamError(_plain(error)) from None
    return status


def _plain(error: OSError) -> str:
    match error:
        case TimeoutError():
            return f"does not answer within {_MOST_S:g} s"
        case ConnectionRefusedError():
            return "refuses the connection"
    return f"cannot be reached ({error.strerror or 'cut off'})"


def _connected(endpoint: Endpoint) -> socket.socket:
    plain = socket.create_connection((str(endpoint.ip), endpoint.port), _MOST_S)
    if not endpoint.tls:
        return plain
    # As FFmpeg does it: cameras have certificates of their own making.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        return context.wrap_socket(plain)
    except BaseException:
        plain.close()
        raise


def _described(
    connection: socket.socket, endpoint: Endpoint, answer: str | None
) -> tuple[int, list[str]]:
    """Status and challenges of the reply to a question for the stream's description."""
    lines = [
        f"DESCRIBE {endpoint.url} RTSP/1.0",
        f"CSeq: {1 if answer is None else 2}",
        "Accept: application/sdp",
        "User-Agent: Streetwarden",
        *([] if answer is None else [f"Authorization: {answer}"]),
    ]
    connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
    first, *rest = _head(connection).split("\r\n")
    version, _, status = first.partition(" ")
    if not version.startswith("RTSP/") or not status[:3].isdecimal():
        raise StreamError("does not speak RTSP")
    headers = [line.partition(":") for line in rest]
    asked = [value for name, _, value in headers if name.lower() == "www-authenticate"]
    return int(status[:3]), asked


def _head(connection: socket.socket) -> str:
    deadline = time.monotonic() + _MOST_S
    head = b""
    while b"\r\n\r\n" not in head:
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        connection.settimeout(left_s)
        chunk = connection.recv(4096)
        if not chunk:
            raise StreamError("closes the connection without an answer")
        head += chunk
        if len(head) > _LARGEST_HEAD:
            raise StreamError("answers with too much")
    return head.partition(b"\r\n\r\n")[0].decode("latin-1")


def _check_status(status: int) -> None:
    if status == 200:
        return
    if status in (401, 403):
        raise StreamError("refuses the user name or the password")
    if 300 <= status < 400:
        raise StreamError("sends us on to another address, which is not followed")
    raise StreamError("has no such stream" if status == 404 else f"answers with status {status}")
