"""Clips of recorded footage, as it was recorded."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from detector.footage import FootageFile
from detector.footage.clip import cut_clip
from detector.looks import Pixels

Film = Callable[..., FootageFile]


def played(content: bytes) -> list[tuple[float, Pixels]]:
    """The pictures of a clip with their seconds."""
    with av.open(io.BytesIO(content)) as container:
        return [
            (frame.time or 0.0, np.asarray(frame.to_ndarray(format="bgr24"), dtype=np.uint8))
            for frame in container.decode(video=0)
        ]


@pytest.mark.parametrize("b_frames", [0, 2])
def test_a_clip_begins_at_the_key_frame_before_and_shows_what_was_recorded(
    film: Film, plainly: Callable[[Path], dict[float, Pixels]], b_frames: int
) -> None:
    file = film("walk.mp4", [number * 100 for number in range(100)], gop=20, b_frames=b_frames)
    content = cut_clip(file, 4.7, 6.0)
    assert content is not None
    shown = played(content)
    original = plainly(file.path)
    # Of pictures that lean on later ones, the last few may be cut off.
    assert 18 - b_frames <= len(shown) <= 21 + b_frames
    for number, (_, pixels) in enumerate(shown[:15]):
        assert np.array_equal(pixels, original[round(4.0 + number / 10, 3)])
    times = [time_s for time_s, _ in shown[:15]]
    assert np.allclose(np.diff(times), 0.1)


def test_a_clip_of_the_beginning_begins_at_the_beginning(film: Film) -> None:
    content = cut_clip(film("walk.mp4", [number * 100 for number in range(30)], gop=10), -5, 1)
    assert content is not None
    assert len(played(content)) == 11


def test_nothing_lies_beyond_the_end(film: Film) -> None:
    file = film("walk.mp4", [number * 100 for number in range(30)], gop=10)
    content = cut_clip(file, 100, 110)
    assert content is None or len(played(content)) <= 10


def test_what_is_no_film_gives_no_clip(tmp_path: Path) -> None:
    path = tmp_path / "night.mp4"
    path.write_bytes(b"no film")
    assert cut_clip(FootageFile(path, "night.mp4", "video"), 0, 5) is None
