"""Text on pictures in our own font, Chinese included."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from importlib import resources
from io import BytesIO
from typing import NamedTuple

from PIL import ImageFont

FONT_FILE = "StreetwardenSansSC.otf"
# Drawn by the font's .notdef as an empty box: a reader sees that a character was there.
_UNDRAWABLE = "\U000f0000"


class Rgb(NamedTuple):
    """An sRGB colour, 0 to 255 each."""

    red: int
    green: int
    blue: int


def rgb(colour: str) -> Rgb:
    """The colour of #rrggbb; ValueError for anything else."""
    if len(colour) != 7 or not colour.startswith("#"):
        raise ValueError(f"a colour is #rrggbb, not {colour!r}")
    return Rgb(*bytes.fromhex(colour[1:]))


def text_colour_on(ground: Rgb) -> Rgb:
    """Black or white, whichever contrasts more with `ground` (WCAG 2 relative luminance)."""
    linear = [
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in (value / 255 for value in ground)
    ]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    # (L + 0.05) / 0.05 against 1.05 / (L + 0.05): both are equal at L = 0.179.
    return Rgb(0, 0, 0) if luminance > 0.179 else Rgb(255, 255, 255)


@lru_cache(maxsize=1)
def _font_bytes() -> bytes:
    return resources.files("detector.evidence").joinpath("fonts", FONT_FILE).read_bytes()


@lru_cache(maxsize=32)
def font(size_px: int) -> ImageFont.FreeTypeFont:
    """Our font at `size_px` pixels per em."""
    return ImageFont.truetype(BytesIO(_font_bytes()), size_px, layout_engine=ImageFont.Layout.BASIC)


def drawable(text: str) -> str:
    """`text` on one line: white space becomes a space, control and format signs (line breaks,
    direction marks) that could forge or hide part of a label become a visible box."""
    return "".join(_drawable_sign(sign) for sign in text)


def _drawable_sign(sign: str) -> str:
    if sign in "\t ":
        return " "
    return _UNDRAWABLE if unicodedata.category(sign)[0] in "CZ" else sign


def width_px(text: str, size_px: int) -> int:
    """How wide `text` is drawn, in pixels, rounded up."""
    return int(font(size_px).getlength(text)) + 1


def fitted(text: str, size_px: int, room_px: int) -> str:
    """`text` made drawable, its middle cut out with "…" where it is wider than `room_px`."""
    text = drawable(text)
    if width_px(text, size_px) <= room_px:
        return text
    low, high = 0, len(text)
    while low < high:
        keep = (low + high + 1) // 2
        if width_px(_shortened(text, keep), size_px) <= room_px:
            low = keep
        else:
            high = keep - 1
    return _shortened(text, low)


def _shortened(text: str, keep: int) -> str:
    """The first and last signs of `text`, `keep` of them: both ends of a name tell it apart."""
    tail = keep // 2
    return text[: keep - tail] + "…" + (text[-tail:] if tail else "")
