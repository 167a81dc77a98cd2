from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame

from detector.footage import FootageFile, open_footage
from detector.footage.pixels import picture_of, turned
from detector.looks import Picture


def first(file: FootageFile) -> Picture:
    return next(iter(open_footage(file).looks(1))).picture


def test_plain_pictures_keep_their_planes_trimmed_to_their_width(
    film: Callable[..., FootageFile],
) -> None:
    planes = first(film("plain.mp4", [0], size=(70, 50))).planes
    assert planes is not None
    assert (planes.y.shape, planes.u.shape, planes.v.shape) == ((50, 70), (25, 35), (25, 35))
    assert all(plane.flags.c_contiguous and plane.flags.owndata for plane in vars(planes).values())


@pytest.mark.parametrize("pix_fmt", ["yuvj420p", "yuv420p10le", "yuv444p", "yuv422p"])
def test_other_pixels_become_bgr_of_the_right_range(
    film: Callable[..., FootageFile], pix_fmt: str
) -> None:
    plain = first(film("reference.mp4", [0]))
    other = first(film(f"{pix_fmt}.mp4", [0], pix_fmt=pix_fmt))
    assert other.planes is None
    assert np.abs(other.bgr.astype(int) - plain.bgr).mean() < 6


def test_odd_sides_become_bgr(film: Callable[..., FootageFile]) -> None:
    picture = first(film("odd.mp4", [0], size=(65, 49), pix_fmt="yuv444p"))
    assert picture.planes is None
    assert picture.size == (65, 49)


@pytest.mark.parametrize(
    ("degrees", "corner"), [(90, (-1, 0)), (180, (-1, -1)), (270, (0, -1)), (-90, (0, -1))]
)
def test_pictures_stand_upright_whatever_the_container_says(
    film: Callable[..., FootageFile], degrees: int, corner: tuple[int, int]
) -> None:
    file = film(f"turned{degrees}.mp4", [0], turn=(degrees, False))
    picture = first(file)
    assert picture.size == ((48, 64) if degrees % 180 else (64, 48))
    assert open_footage(file).info.size == picture.size
    blue, green, red = picture.bgr[corner]  # the red corner was at the top left
    assert (red > 200, green < 60, blue < 60) == (True, True, True)


def test_mirrored_pictures_are_mirrored_back(film: Callable[..., FootageFile]) -> None:
    picture = first(film("mirrored.mp4", [0], turn=(0, True)))
    assert picture.bgr[0, -1, 2] > 200
    assert picture.bgr[0, 0, 2] < 100


def test_a_frame_is_free_as_soon_as_its_picture_is_made(film: Callable[..., FootageFile]) -> None:
    made = film("plain.mp4", [0, 1, 2])
    gc.collect()
    gc.disable()
    try:
        with av.open(str(made.path)) as container:
            for frame in container.decode(video=0):
                picture_of(frame)
        del frame
        assert not [it for it in gc.get_objects() if isinstance(it, VideoFrame)]
    finally:
        gc.enable()


def test_each_orientation_of_exif_turns_as_pillow_turns(tmp_path: Path) -> None:
    from PIL import Image, ImageOps

    from detector.footage.photo import _SIGNS

    pixels = np.arange(4 * 5 * 3, dtype=np.uint8).reshape(4, 5, 3)
    for orientation, signs in _SIGNS.items():
        image = Image.fromarray(pixels)
        exif = image.getexif()
        exif[0x0112] = orientation
        image.save(tmp_path / "turned.png", exif=exif)
        with Image.open(tmp_path / "turned.png") as stored:
            expected = np.asarray(ImageOps.exif_transpose(stored))
        assert np.array_equal(turned(pixels, signs), expected), orientation
