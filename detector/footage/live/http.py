"""Fetching by HTTP: to the checked address, without redirects, within bounds of bytes and time."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from detector.footage.live.cancel import Cancel
from detector.footage.live.contract import StreamError, StreamOptions
from detector.footage.live.endpoint import Endpoint, Login, resolve
from detector.footage.live.login import Credentials

_SOCKET_S = 8.0
_CHUNK = 65_536
_AGENT = "Streetwarden"


@dataclass(frozen=True)
class Bounds:
    """How much an answer may hold, and how long it may take from the first byte to the last."""

    most_bytes: int
    most_s: float


@dataclass(frozen=True)
class Answer:
    """What a server answered; `body` is empty where its `status` is 304."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes = field(repr=False)


class _Connection(http.client.HTTPConnection):
    """A connection to the address that was checked, whatever the name would lead to now."""

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint.host, endpoint.port, timeout=_SOCKET_S)
        self._endpoint = endpoint

    def connect(self) -> None:
        where = (str(self._endpoint.ip), self._endpoint.port)
        plain = socket.create_connection(where, timeout=_SOCKET_S)
        if not self._endpoint.tls:
            self.sock = plain
            return
        try:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(plain, server_hostname=self._endpoint.host)
        except BaseException:
            plain.close()
            raise


class Fetcher:
    """Fetches what a stream's address and its playlists lead to.

    The login is sent to the origin of the stream's own address, nowhere else.
    """

    def __init__(self, options: StreamOptions, cancel: Cancel) -> None:
        """Take a stream apart; StreamError where its address may not be opened."""
        self._options = options
        self._cancel = cancel
        login = None if options.user is None else Login(options.user, options.password or "")
        self.first = resolve(options.address, options.kind, options.networks, login)
        self._credentials = Credentials(self.first.login) if self.first.login else None

    def endpoint(self, address: str) -> Endpoint:
        """Where another address leads, checked as the first one was; StreamError if not there."""
        return resolve(address, self._options.kind, self._options.networks)

    def fetch(
        self, endpoint: Endpoint, bounds: Bounds, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """All of an answer with status 200, 206 or 304; StreamError for every other end."""
        deadline = time.monotonic() + bounds.most_s
        with self.opened(endpoint, headers) as response:
            body = bytearray()
            while chunk := response.read1(_CHUNK):
                body += chunk
                if len(body) > bounds.most_bytes:
                    raise StreamError(f"sends more than {bounds.most_bytes:,} bytes")
                if time.monotonic() > deadline or self._cancel.gone.is_set():
                    raise StreamError(f"does not come to an end within {bounds.most_s:g} s")
            return Answer(response.status, response.headers, bytes(body))

    @contextmanager
    def opened(
        self,
        endpoint: Endpoint,
        headers: Mapping[str, str] | None = None,
        patience_s: float = _SOCKET_S,
    ) -> Iterator[http.client.HTTPResponse]:
        """An answer whose body has not been read; StreamError where there is none to be had.

        The body may keep silent for `patience_s` at a time.
        """
        connection = _Connection(endpoint)
        try:
            with ExitStack() as held:
                response, plain = self._answered(connection, endpoint, dict(headers or {}), held)
                plain.settimeout(patience_s)
                yield response
        except ssl.SSLError as error:
            raise StreamError(f"the certificate is not accepted ({error.reason})") from None
        except TimeoutError:
            raise StreamError(f"does not answer within {_SOCKET_S:g} s") from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise StreamError(_plain(error)) from None
        finally:
            connection.close()

    def _answered(
        self,
        connection: _Connection,
        endpoint: Endpoint,
        headers: dict[str, str],
        held: ExitStack,
    ) -> tuple[http.client.HTTPResponse, socket.socket]:
        """The answer and the socket that it comes from, which is held so that it can be shut."""
        plain = self._connected(connection, held)
        response = self._asked(connection, endpoint, headers)
        mine = endpoint.origin == self.first.origin
        if response.status == 401 and self._credentials is not None and mine:
            challenges = response.headers.get_all("WWW-Authenticate") or []
            response.read(_CHUNK)
            if self._credentials.learn(challenges):
                connection.close()
                plain = self._connected(connection, held)
                response = self._asked(connection, endpoint, headers)
        _check_status(response)
        return response, plain

    def _connected(self, connection: _Connection, held: ExitStack) -> socket.socket:
        connection.connect()
        # An answer without an end takes the socket away from its connection.
        plain = connection.sock
        held.enter_context(self._cancel.holding(plain))
        return plain

    def _asked(
        self, connection: _Connection, endpoint: Endpoint, headers: dict[str, str]
    ) -> http.client.HTTPResponse:
        own = {"User-Agent": _AGENT, "Accept-Encoding": "identity", "Host": endpoint.authority}
        if self._credentials is not None and endpoint.origin == self.first.origin:
            answer = self._credentials.header("GET", endpoint.target)
            own |= {} if answer is None else {"Authorization": answer}
        connection.request("GET", endpoint.target, headers=own | headers)
        return connection.getresponse()


def _check_status(response: http.client.HTTPResponse) -> None:
    status = response.status
    if status in (200, 206, 304):
        return
    if status in (401, 403):
        raise StreamError("refuses the user name or the password" if status == 401 else "refuses")
    if 300 <= status < 400:
        raise StreamError("sends us on to another address, which is not followed")
    raise StreamError("has no such address" if status == 404 else f"answers with status {status}")


def _plain(error: Exception) -> str:
    """An error in words that hold no address."""
    if isinstance(error, ConnectionRefusedError):
        return "refuses the connection"
    if isinstance(error, OSError):
        return f"cannot be reached ({error.strerror or type(error).__name__})"
    return f"does not answer as it should ({type(error).__name__})"
