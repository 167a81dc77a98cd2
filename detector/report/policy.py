"""What a self-contained page may do: its own scripts and style, by their hashes, and no network."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256


def content_policy(scripts: Iterable[str], style: str, *media: str) -> str:
    """The content security policy of a page; `media` are its directives for pictures and clips."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {' '.join(map(_hash, scripts))}",
            f"style-src {_hash(style)}",
            *media,
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def script_elements(scripts: Iterable[str]) -> str:
    """Each script as an element of its own, as the policy's hashes want it."""
    return "\n".join(f"<script>{script}</script>" for script in scripts)


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode('utf-8')).digest()).decode('ascii')}'"
