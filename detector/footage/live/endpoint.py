"""Where an address leads, resolved once and checked, so that nothing resolves it again.

An address is data from a file or a playlist. Whoever wrote it may want to reach what only this
machine can reach; so its host is resolved here, the address that is found is held against the
networks that are allowed, and connections go to that very address.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import SplitResult, quote, unquote, urlsplit

from detector.address import IPAddress, IPNetwork, mask_address, may_lead_to
from detector.footage.live.contract import StreamError, StreamKind

_SCHEMES = {
    StreamKind.RTSP: ("rtsp", "rtsps"),
    StreamKind.MJPEG: ("http", "https"),
    StreamKind.HLS: ("http", "https"),
    StreamKind.PICTURE: ("http", "https"),
}
_PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}
_LONGEST = 4096


@dataclass(frozen=True)
class Login:
    """A user name and a password."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Endpoint:
    """An address taken apart, with the one IP address that connections go to.

    `target` is path and query as they are sent.
    """

    scheme: str
    host: str
    ip: IPAddress
    port: int
    target: str = field(repr=False)
    login: Login | None = field(default=None, repr=False)

    @property
    def tls(self) -> bool:
        """Whether the connection is encrypted."""
        return self.scheme in ("https", "rtsps")

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port: what a login belongs to."""
        return self.scheme, self.host, self.port

    @property
    def authority(self) -> str:
        """Host and port as they stand in an address."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The address with the IP address for a host, without the login."""
        return self._url("")

    @property
    def url_with_login(self) -> str:
        """The same with the login, for FFmpeg alone; never to be shown."""
        if self.login is None:
            return self.url
        user, password = (quote(it, safe="") for it in (self.login.user, self.login.password))
        return self._url(f"{user}:{password}@")

    def _url(self, who: str) -> str:
        host = f"[{self.ip}]" if self.ip.version == 6 else str(self.ip)
        return f"{self.scheme}://{who}{host}:{self.port}{self.target}"


def resolve(
    address: str, kind: StreamKind, networks: Iterable[IPNetwork], login: Login | None = None
) -> Endpoint:
    """Take an address apart, resolve its host and check where it leads.

    StreamError where the address is none of its kind, has no such host, or leads elsewhere than
    into the networks.
    """
    parts, port = _taken_apart(address, kind)
    host = parts.hostname or ""
    allowed = tuple(networks)
    found = _addresses(host, port)
    ip = next((ip for ip in found if may_lead_to(ip, allowed)), None)
    if ip is None:
        where = f"{mask_address(host)} leads to {found[0]}"
        raise StreamError(f"{where}, which is in none of the networks for streams")
    path = quote(parts.path or "/", safe="/%:=&?~#+!$,;'@()*[]")
    query = f"?{quote(parts.query, safe='/%:=&?~+!$,;@()*[]')}" if parts.query else ""
    own = _login_of(parts)
    return Endpoint(parts.scheme, host, ip, port, path + query, login or own)


def _taken_apart(address: str, kind: StreamKind) -> tuple[SplitResult, int]:
    schemes = _SCHEMES.get(kind, ())
    if len(address) > _LONGEST or not address.isprintable() or " " in address:
        raise StreamError("the address is too long or holds a blank or a control character")
    try:
        parts = urlsplit(address)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        # What Python says would show a piece of the password.
        raise StreamError("the address cannot be taken apart") from None
    if parts.scheme not in schemes or not parts.hostname:
        shown = mask_address(address)[:80]
        raise StreamError(f"{shown} is no address that begins with {' or '.join(schemes)}")
    return parts, port


def _login_of(parts: SplitResult) -> Login | None:
    if parts.username is None:
        return None
    return Login(unquote(parts.username), unquote(parts.password or ""))


def _addresses(host: str, port: int) -> list[IPAddress]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        # An address of a link names its interface behind a %; it is refused all the same.
        return [ip_address(str(where[0]).partition("%")[0]) for *_, where in found]
    except (OSError, UnicodeError, ValueError):
        raise StreamError(f"there is no host {mask_address(host)}") from None
