"""Addresses of streams: their kinds, what may be shown of them, and where they may lead."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_network,
)
from typing import TypeAlias

IPAddress: TypeAlias = IPv4Address | IPv6Address
IPNetwork: TypeAlias = IPv4Network | IPv6Network

MASK = "***"

PRIVATE_NETWORKS: tuple[IPNetwork, ...] = tuple(
    ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)
"""Where cameras of a city usually are: RFC 1918 and RFC 4193."""

# Loopback, link-local, "this" network, multicast, reserved, and where clouds answer with their
# machine's keys. A wide network such as 0.0.0.0/0 or fc00::/7 does not open them.
SPECIAL_NETWORKS: tuple[IPNetwork, ...] = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "100.100.100.200/32",
        "127.0.0.0/8",
        "168.63.129.16/32",
        "169.254.0.0/16",
        "192.0.0.192/32",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/127",
        "fd00:ec2::254/128",
        "fe80::/10",
        "ff00::/8",
    )
)

# IPv4-compatible, NAT64 (RFC 6052) and local NAT64 (RFC 8215).
_ENDS_IN_IPV4 = tuple(ip_network(text) for text in ("::/96", "64:ff9b::/96", "64:ff9b:1::/48"))

# A camera's own dialect hides the password in the path: /user=admin_password=…_channel=1.sdp
_SECRET = re.compile(
    r"(?<![\w.-])([\w.-]{0,60}(?:pas|pw|psw|secret|token|auth|key|sig|cred|session)[\w.-]{0,60}"
    r"(?:=|%3d))[^&\s#'\"]+",
    re.IGNORECASE,
)
_HEADER = re.compile(r"(authorization:)[^\r\n]*", re.IGNORECASE)
# Not \S: a password may hold a blank of another script.
_WORD = re.compile(r"[^ \t\r\n]+")


class StreamKind(StrEnum):
    """How pictures arrive."""

    RTSP = "rtsp"
    MJPEG = "mjpeg"
    HLS = "hls"
    PICTURE = "picture"
    FILE = "file"


class Transport(StrEnum):
    """What carries an RTSP stream."""

    TCP = "tcp"
    UDP = "udp"


def mask_address(text: str) -> str:
    """Any text with the logins, passwords and tokens of the addresses in it replaced by `***`.

    Rather too much is masked than too little: everything between `://` and the last `@` of a
    word, so that a password with `/` or `@` in it does not show.
    """
    shown = _HEADER.sub(rf"\1 {MASK}", text)
    shown = _WORD.sub(lambda word: _without_login(word[0]), shown)
    return _SECRET.sub(rf"\1{MASK}", shown)


def may_lead_to(address: IPAddress, networks: Iterable[IPNetwork]) -> bool:
    """Whether a stream may be opened at this address: it lies in one of the networks.

    Loopback, link-local, multicast and metadata addresses need a network of their own kind: a
    wide one does not open them. An IPv4 address inside an IPv6 one counts as IPv4.
    """
    where = _ipv4_inside(address) or address
    special = next((network for network in SPECIAL_NETWORKS if where in network), None)
    return any(
        where in network and (special is None or _within(network, special)) for network in networks
    )


def _ipv4_inside(address: IPAddress) -> IPv4Address | None:
    """The IPv4 address that a gateway would take this IPv6 one for."""
    if not isinstance(address, IPv6Address):
        return None
    # :: and ::1 are no IPv4 address, though they lie where IPv4-compatible ones do.
    if int(address) > 1 and any(address in network for network in _ENDS_IN_IPV4):
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour


def _within(network: IPNetwork, wider: IPNetwork) -> bool:
    ends = (network.network_address, network.broadcast_address)
    return all(end in wider for end in ends)


def _without_login(word: str) -> str:
    """A word between blanks; an address inside an address is percent-encoded."""
    plain = word.lower()
    start, end = plain.find("%3a%2f%2f"), plain.rfind("%40")
    if 0 <= start < end:
        word = f"{word[: start + 9]}{MASK}{word[end:]}"
    scheme, separator, rest = word.partition("://")
    login, at, place = (rest if separator else word).rpartition("@")
    # An @ in a path or a query that no password can be in: http://host/a@b.
    harmless = ":" not in login and (not separator or any(mark in login for mark in "/?#"))
    if not at or harmless:
        return word
    return f"{scheme}{separator}{MASK}{at}{place}" if separator else f"{MASK}{at}{place}"
