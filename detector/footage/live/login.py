"""Answers to a server that asks who is there: basic and digest (RFC 7617, RFC 7616).

The standard library's own digest knows neither SHA-256 nor a letter beyond ASCII.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping
from urllib.request import parse_http_list, parse_keqv_list

from detector.footage.live.contract import StreamError
from detector.footage.live.endpoint import Login

_HASHES: dict[str, Callable[[bytes], str]] = {
    "MD5": lambda text: hashlib.md5(text, usedforsecurity=False).hexdigest(),
    "SHA-256": lambda text: hashlib.sha256(text).hexdigest(),
}


class Credentials:
    """Makes the value of the `Authorization` header for one origin."""

    def __init__(self, login: Login) -> None:
        self._login = login
        self._challenge: Mapping[str, str] | None = None
        self._count = 0
        self._basic = False

    def learn(self, challenges: list[str]) -> bool:
        """Read the server's `WWW-Authenticate`; whether one of them can be answered.

        Digest goes before basic, SHA-256 before MD5.
        """
        split = [text.strip().partition(" ") for text in challenges]
        digests = [_parameters(rest) for scheme, _, rest in split if scheme.lower() == "digest"]
        known = {_algorithm(it): it for it in digests if _answerable(it)}
        self._challenge = known.get("SHA-256") or known.get("MD5")
        self._count = 0
        self._basic = any(scheme.lower() == "basic" for scheme, *_ in split)
        return self._challenge is not None or self._basic

    def header(self, method: str, target: str) -> str | None:
        """The answer for a request, None as long as nothing was asked."""
        if self._challenge is not None:
            self._count += 1
            cnonce = secrets.token_hex(8)
            return digest(self._login, self._challenge, (method, target), (self._count, cnonce))
        if self._basic:
            plain = f"{self._login.user}:{self._login.password}".encode()
            return f"Basic {base64.b64encode(plain).decode()}"
        return None


def digest(
    login: Login, challenge: Mapping[str, str], asked: tuple[str, str], once: tuple[int, str]
) -> str:
    """The answer to a digest challenge (RFC 7616, section 3.4).

    `asked` is the method with the target, `once` the count of requests with this challenge and a
    random text of our own.
    """
    algorithm = _algorithm(challenge)
    hashed = _HASHES[algorithm]
    realm, nonce = challenge["realm"], challenge["nonce"]
    one = hashed(f"{login.user}:{realm}:{login.password}".encode())
    two = hashed(f"{asked[0]}:{asked[1]}".encode())
    parts = {"username": login.user, "realm": realm, "nonce": nonce, "uri": asked[1]}
    bare = {"algorithm": algorithm} if "algorithm" in challenge else {}
    if "qop" in challenge:
        count, cnonce = f"{once[0]:08x}", once[1]
        parts["response"] = hashed(f"{one}:{nonce}:{count}:{cnonce}:auth:{two}".encode())
        parts["cnonce"] = cnonce
        bare |= {"qop": "auth", "nc": count}
    else:
        parts["response"] = hashed(f"{one}:{nonce}:{two}".encode())
    if "opaque" in challenge:
        parts["opaque"] = challenge["opaque"]
    quoted = [f'{name}="{_escaped(value)}"' for name, value in parts.items()]
    return f"Digest {', '.join([*quoted, *(f'{name}={value}' for name, value in bare.items())])}"


def _parameters(text: str) -> Mapping[str, str]:
    try:
        found = parse_keqv_list(parse_http_list(text))
    except (ValueError, IndexError):
        raise StreamError("asks for a login in a way that cannot be read") from None
    return {name.lower(): value for name, value in found.items()}


def _algorithm(challenge: Mapping[str, str]) -> str:
    return challenge.get("algorithm", "MD5").upper()


def _answerable(challenge: Mapping[str, str]) -> bool:
    offered = [it.strip() for it in challenge.get("qop", "auth").split(",")]
    sound = {"realm", "nonce"} <= challenge.keys() and _algorithm(challenge) in _HASHES
    return sound and "auth" in offered


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
