"""The font covers what cities write, and text always fits and shows."""

from __future__ import annotations

import string
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from detector.evidence.marks import SUSPECTED
from detector.evidence.text import drawable, fitted, font, rgb, text_colour_on, width_px
from detector.taxonomy import TAXONOMY


def gb2312_hanzi() -> Iterator[str]:
    for row in range(0xB0, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                yield bytes([row, cell]).decode("gb2312")
            except UnicodeDecodeError:
                continue


def ink(sign: str) -> bytes:
    return bytes(font(24).getmask(sign))


def missing(signs: str) -> list[str]:
    """The signs that are drawn as the empty box."""
    empty = ink("\U000f0000")
    return [sign for sign in signs if sign.strip() and ink(sign) == empty]


def test_all_hanzi_of_gb2312_are_drawn() -> None:
    hanzi = "".join(gb2312_hanzi())
    assert len(hanzi) == 6763
    assert missing(hanzi) == []


def test_latin_punctuation_and_full_width_forms_are_drawn() -> None:
    full_width = "".join(map(chr, range(0xFF01, 0xFF5F)))
    signs = "éüñß·—…“”‘’、。〈〉《》「」『』【】≥≤±×°№①②③→"
    assert missing(string.ascii_letters + string.digits + string.punctuation) == []
    assert missing(full_width + signs) == []


def test_every_name_of_the_taxonomy_is_drawn() -> None:
    names = [entry.zh + entry.en for entry in TAXONOMY.classes]
    names += [kind.zh + kind.en for kind in TAXONOMY.kinds]
    names += [sub_kind.zh + sub_kind.en for sub_kind in TAXONOMY.sub_kinds]
    assert missing("".join(names) + SUSPECTED) == []


def test_an_unknown_sign_shows_as_a_box() -> None:
    assert missing("\U00020bb7") == ["\U00020bb7"]
    assert any(ink("\U00020bb7"))


@pytest.mark.parametrize("sign", ["\n", "\r", "\u2028", "\u202e", "\u200b", "\0", "\ud800"])
def test_signs_that_forge_a_label_become_a_visible_box(sign: str) -> None:
    shown = drawable(f"a{sign}b")
    assert sign not in shown
    assert len(missing(shown)) == 1


@given(st.text(max_size=300), st.integers(40, 900))
def test_fitted_text_is_one_line_in_its_room(text: str, room: int) -> None:
    shown = fitted(text, 16, room)
    assert "\n" not in shown
    assert width_px(shown, 16) <= room
    ImageDraw.Draw(Image.new("RGB", (8, 8))).text((0, 0), shown, font=font(16))


def test_a_long_name_keeps_both_ends() -> None:
    shown = fitted("解放路" * 60 + "_cam07.mp4", 16, 300)
    assert shown.startswith("解放路")
    assert shown.endswith("_cam07.mp4")


def luminance(colour: tuple[int, int, int]) -> float:
    shares = [value / 255 for value in colour]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_labels_contrast_with_every_colour_of_the_taxonomy() -> None:
    for entry in TAXONOMY.classes:
        pair = sorted([luminance(rgb(entry.colour)), luminance(text_colour_on(rgb(entry.colour)))])
        assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5, entry.name


@pytest.mark.parametrize("colour", ["red", "#12345", "#gggggg", "112233#"])
def test_what_is_no_colour_is_refused(colour: str) -> None:
    with pytest.raises(ValueError):
        rgb(colour)
