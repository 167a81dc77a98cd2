"""What is wrong with the address of a stream, and the remedy. No message repeats the address."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

# What RFC 3986 allows, without the fragment that nothing is sent of.
URL_TEXT = re.compile(r"[A-Za-z0-9._~:/?\[\]@!$&'()*+,;=%-]+")
HOST = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9_-]{1,63}(?<!-))*\.?")

# FFmpeg's RTSP reader takes these out of the query as its own settings (libavformat/rtsp.c).
READER_OPTIONS = {"udp", "tcp", "multicast", "http", "https", "filter_src"}


def url_fault(address: str, schemes: tuple[str, ...]) -> str | None:
    """Why this is no address with one of these schemes, None when it is one."""
    if not URL_TEXT.fullmatch(address):
        return (
            "holds a character that no address has; in a password write # as %23 and a blank as "
            "%20, or use `user` and `password_env`"
        )
    try:
        parts = urlsplit(address)
        wrong_port = parts.port == 0
    except ValueError:
        # What Python says would show a piece of a password that holds a : or a /.
        return "cannot be taken apart; write / of a password as %2F and @ as %40"
    if parts.scheme not in schemes or not address.lower().startswith(f"{parts.scheme}://"):
        return f"should begin with {' or '.join(f'{it}://' for it in schemes)}; correct it"
    if wrong_port or not _is_host(parts):
        return f"names no sound host and port; write one such as {schemes[0]}://10.0.0.12/live"
    return _smuggled(parts)


def file_fault(path: str) -> str | None:
    """Why this is no path of a file, None when it is one."""
    if not path.isprintable():
        return "holds a control character; write the path anew"
    if ":" in path.partition("/")[0] or "\\" in path or path.startswith(("-", "~", "subfile,")):
        # FFmpeg would take "concat:a" or "subfile,,start" for a protocol, a shell ~ for a home.
        return "is no plain path; write one such as footage/crossing.mp4"
    if ".." in path.split("/") or path.endswith("/"):
        return "steps upwards or names a folder; write the path of a file"
    return None


def has_password(address: str) -> bool:
    """Whether a login stands in the address."""
    return "@" in urlsplit(address).netloc


def literal_host(address: str) -> IPv4Address | IPv6Address | None:
    """The host of a sound address where it is an IP address, None where it is a name."""
    try:
        return ip_address(urlsplit(address).hostname or "")
    except ValueError:
        return None


def _is_host(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    try:
        return "%" not in host and bool(ip_address(host))
    except ValueError:
        # 127.1, 0x7f000001 and 2130706433 are 127.0.0.1 to a resolver, and nobody writes them.
        numeric = re.fullmatch(r"(0x[0-9a-f]*|[0-9]+)", host.rstrip(".").rpartition(".")[2])
        return len(host) <= 253 and bool(HOST.fullmatch(host)) and not numeric


def _smuggled(parts: SplitResult) -> str | None:
    names = {option.partition("=")[0].lower() for option in re.split("[?&]", parts.query)}
    if parts.scheme.startswith("rtsp") and (found := sorted(names & READER_OPTIONS)):
        return f"sets {found[0]} in its query; take it out and use `transport`"
    return None
