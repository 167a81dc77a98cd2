"""Broken files are read as far as they go or refused, and never anything else."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from detector.errors import SourceError
from detector.footage import FootageFile, open_footage

MANY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
edits = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=8)


def mutated(data: bytes, changes: list[tuple[float, int]], keep: float) -> bytes:
    out = bytearray(data)
    for share, value in changes:
        out[min(int(share * len(out)), len(out) - 1)] = value
    return bytes(out[: int(keep * len(out))])


@pytest.mark.parametrize("name", ["m.mp4", "m.mkv", "m.ts", "m.avi", "m.mpg", "m.flv"])
@MANY
@given(changes=edits, keep=st.sampled_from([1.0, 1.0, 0.9, 0.5, 0.1]))
def test_a_mutated_video_is_read_or_refused(
    film: Callable[..., FootageFile], tmp_path_factory: pytest.TempPathFactory, name: str,
    changes: list[tuple[float, int]], keep: float,
) -> None:  # fmt: skip
    codec = "mpeg2video" if name == "m.mpg" else "libx264"
    whole = _cached(film, name, codec)
    path = tmp_path_factory.getbasetemp() / f"mutated_{name}"
    path.write_bytes(mutated(whole, changes, keep))
    with contextlib.suppress(SourceError):
        footage = open_footage(FootageFile(path, name, "video"))
        looks = list(footage.looks(0.2))
        assert [look.t_s for look in looks] == sorted({look.t_s for look in looks})
        assert all(look.t_s >= 0 for look in looks)


_WHOLE: dict[str, bytes] = {}


def _cached(film: Callable[..., FootageFile], name: str, codec: str) -> bytes:
    if name not in _WHOLE:
        _WHOLE[name] = film(name, range(0, 1200, 40), codec=codec, b_frames=1).path.read_bytes()
    return _WHOLE[name]


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "avif"])
@MANY
@given(changes=edits, keep=st.sampled_from([1.0, 1.0, 0.9, 0.5, 0.1]))
def test_a_mutated_photo_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory,
    suffix: str,
    changes: list[tuple[float, int]],
    keep: float,
) -> None:
    path = tmp_path_factory.getbasetemp() / f"mutated.{suffix}"
    pixels = np.random.default_rng(2).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    image = Image.fromarray(pixels)
    exif = image.getexif()
    exif.get_ifd(0x8825).update({1: "N", 2: (43.0, 28.0, 2.8), 3: "E", 4: (11.0, 53.0, 6.4)})
    image.save(path, exif=exif)
    path.write_bytes(mutated(path.read_bytes(), changes, keep))
    with contextlib.suppress(SourceError):
        (look,) = open_footage(FootageFile(path, path.name, "photo")).looks(1)
        assert look.picture.size == look.picture.bgr.shape[1::-1]
