from __future__ import annotations

import io
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from detector.errors import SourceError
from detector.footage import Footage, FootageFile, limits, open_footage

ROME = ZoneInfo("Europe/Rome")
GPS = {1: "N", 2: (43.0, 28.0, 2.8), 3: "E", 4: (11.0, 53.0, 6.4)}
TAKEN = {0x9003: "2024:07:01 12:30:00"}


def opened(path: Path, **how: object) -> Footage:
    return open_footage(FootageFile(path, path.name, "photo"), **how)  # type: ignore[arg-type]


def noise(width: int = 64, height: int = 48) -> Image.Image:
    return Image.fromarray(
        np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8)
    )


def saved(path: Path, image: Image.Image, **how: object) -> Path:
    image.save(path, **how)  # type: ignore[arg-type]
    return path


def with_exif(path: Path, details: dict[int, object], gps: dict[int, object]) -> Path:
    image = noise()
    exif = image.getexif()
    exif.get_ifd(0x8769).update(details)
    exif.get_ifd(0x8825).update(gps)
    return saved(path, image, exif=exif)


def pixels(path: Path) -> np.ndarray:
    (look,) = opened(path).looks(1.0)
    assert look.t_s == 0
    assert look.picture.planes is None
    return look.picture.bgr


def test_a_photo_is_one_look_and_can_be_had_again(tmp_path: Path) -> None:
    photo = opened(saved(tmp_path / "a.png", noise()))
    (look,) = photo.looks(2.0)
    assert not list(photo.looks(2.0, after_s=0.0))
    ((t_s, again),) = photo.pictures_at([0.0, 0.0])
    assert t_s == 0
    assert np.array_equal(again.bgr, look.picture.bgr)
    assert np.array_equal(look.picture.bgr[..., ::-1], np.asarray(noise()))
    assert (photo.frames_decoded, photo.damaged) == (2, 0)
    assert not list(photo.pictures_at([]))
    with pytest.raises(SourceError, match="its one picture is at 0 s"):
        list(photo.pictures_at([1.0]))


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "avif"])
def test_each_accepted_format_is_read(tmp_path: Path, suffix: str) -> None:
    image = Image.new("RGB", (40, 30), (200, 100, 50))
    difference = pixels(saved(tmp_path / f"a.{suffix}", image)).astype(int) - (50, 100, 200)
    assert np.abs(difference).max() < 6


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_each_mode_becomes_bgr(tmp_path: Path, mode: str) -> None:
    grey = Image.new("L", (32, 32), 255)
    image = (
        Image.fromarray(np.full((32, 32), 65535, np.uint16))
        if mode == "I;16"
        else grey.convert(mode)
    )
    path = saved(tmp_path / ("a.jpg" if mode == "CMYK" else "a.png"), image)
    assert (pixels(path) > 250).all()


def test_sixteen_bits_keep_their_greys(tmp_path: Path) -> None:
    image = Image.fromarray(np.full((32, 32), 0x8000, np.uint16))
    assert (pixels(saved(tmp_path / "a.png", image)) == 128).all()


def test_what_is_transparent_is_laid_on_white(tmp_path: Path) -> None:
    assert (
        pixels(saved(tmp_path / "a.png", Image.new("RGBA", (32, 32), (9, 9, 9, 0)))) == 255
    ).all()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_upright(tmp_path: Path, orientation: int) -> None:
    image = noise()
    exif = image.getexif()
    exif[0x0112] = orientation
    path = saved(tmp_path / "a.png", image, exif=exif)
    turned = pixels(path)
    assert opened(path).info.size == (turned.shape[1], turned.shape[0])
    assert turned.shape[:2] == ((48, 64) if orientation < 5 else (64, 48))


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("tail", [b"", b"\xff\xd9", b"\xff\xd9" + bytes(5000)])
def test_a_photo_cut_short_is_an_error_and_never_half_grey(
    tmp_path: Path, progressive: bool, tail: bytes
) -> None:
    if progressive and tail:
        pytest.skip("a cut progressive photo is blurred as a whole, which nothing tells")
    whole = io.BytesIO()
    noise(320, 240).save(whole, "JPEG", progressive=progressive)
    path = tmp_path / "cut.jpg"
    path.write_bytes(whole.getvalue()[: len(whole.getvalue()) // 2] + tail)
    with pytest.raises(SourceError, match="damaged or cut short"):
        pixels(path)


def test_a_photo_of_a_grey_wall_is_a_photo(tmp_path: Path) -> None:
    image = Image.new("RGB", (320, 240), (128, 128, 128))
    image.paste((200, 30, 30), (10, 10, 60, 60))
    assert (pixels(saved(tmp_path / "wall.jpg", image))[-8:] == 128).all()


def test_a_photo_above_the_limit_is_refused_from_its_header(tmp_path: Path) -> None:
    path = saved(tmp_path / "bomb.png", Image.new("1", (16_000, 8_000)))
    with pytest.raises(SourceError, match=r"16000 x 8000 pixels \(128\.0 megapixels\).* 80\.0"):
        opened(path)
    path = saved(tmp_path / "bomb2.png", Image.new("1", (20_000, 10_000)))
    with pytest.raises(SourceError, match="limit"):
        opened(path)


def test_a_photo_at_the_limit_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_PHOTO_PX", 64 * 48)
    assert opened(saved(tmp_path / "a.png", noise())).info.size == (64, 48)


def test_a_photo_of_one_pixel_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="1 x 1 pixels, too small"):
        opened(saved(tmp_path / "dot.png", Image.new("RGB", (1, 1))))


def test_only_the_accepted_formats_are_tried(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="JPEG, PNG, WebP or AVIF"):
        opened(saved(tmp_path / "a.jpg", noise(), format="TIFF"))


def test_the_place_comes_from_exif_with_its_accuracy(tmp_path: Path) -> None:
    tag = opened(with_exif(tmp_path / "a.jpg", {}, {**GPS, 31: 4.5})).info.geotag
    assert tag is not None
    assert (round(tag.lat, 6), round(tag.lon, 6), tag.accuracy_m, tag.at) == (
        43.467444,
        11.885111,
        4.5,
        None,
    )
    south_west = opened(with_exif(tmp_path / "b.jpg", {}, {**GPS, 1: "S", 3: "W"})).info.geotag
    assert south_west is not None
    assert (south_west.lat < 0, south_west.lon < 0, south_west.accuracy_m) == (True, True, 15.0)


@pytest.mark.parametrize(
    "broken",
    [
        {2: (0.0, 0.0, 0.0), 4: (0.0, 0.0, 0.0)},
        {2: (91.0, 0.0, 0.0)},
        {4: (180.0, 1.0, 0.0)},
        {2: (IFDRational(1, 0), 0.0, 0.0)},
        {2: 43.0},
        {1: "X"},
        {1: ""},
    ],
)
def test_a_broken_place_is_no_place(tmp_path: Path, broken: dict[int, object]) -> None:
    assert opened(with_exif(tmp_path / "a.jpg", {}, {**GPS, **broken})).info.geotag is None


@pytest.mark.parametrize(
    ("details", "gps", "zone", "offset_h"),
    [
        ({**TAKEN, 0x9011: "+05:30"}, {7: (10.0, 30.0, 0.0)}, ROME, 5.5),
        (TAKEN, {7: (10.0, 28.0, 27.0)}, None, 2),
        (TAKEN, {7: (6.0, 44.0, 0.0), 29: "2024:06:30"}, None, 5.75),
        (TAKEN, {7: (23.0, 29.0, 0.0)}, None, -11),
        (TAKEN, {}, ROME, 2),
        ({**TAKEN, 0x9011: "   :  "}, {}, ROME, 2),
        ({**TAKEN, 0x9011: "+99:00"}, {}, ROME, 2),
        (TAKEN, {7: (99.0, 0.0, 0.0)}, ROME, 2),
        (TAKEN, {}, None, None),
        ({0x9003: "0000:00:00 00:00:00"}, {}, ROME, None),
        ({0x9003: "1970:01:01 00:00:00"}, {}, ROME, None),
        ({0x9003: "    :  :     :  :  "}, {}, ROME, None),
        ({}, {7: (10.0, 30.0, 0.0)}, ROME, None),
    ],
)
def test_the_time_is_local_with_the_best_offset_there_is(
    tmp_path: Path,
    details: dict[int, object],
    gps: dict[int, object],
    zone: ZoneInfo | None,
    offset_h: float | None,
) -> None:
    photo = opened(with_exif(tmp_path / "a.jpg", details, gps), timezone=zone)
    (look,) = photo.looks(1)
    at = photo.info.started_at
    assert look.at == at
    if offset_h is None:
        assert at is None
    else:
        assert at is not None
        assert at.replace(tzinfo=None) == datetime(2024, 7, 1, 12, 30)  # noqa: DTZ001
        assert at.utcoffset() == timedelta(hours=offset_h)


def test_a_photo_without_a_time_takes_the_one_that_the_user_gives(tmp_path: Path) -> None:
    starts_at = datetime(2026, 5, 1, 8, tzinfo=ROME)
    plain = saved(tmp_path / "a.png", noise())
    assert opened(plain, starts_at=starts_at).info.started_at == starts_at
    own = opened(with_exif(tmp_path / "b.jpg", TAKEN, {}), timezone=ROME, starts_at=starts_at)
    assert own.info.started_at != starts_at
