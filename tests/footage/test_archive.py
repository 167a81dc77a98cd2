"""One recording in pieces, as one footage with one clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from PIL import Image

from detector.errors import SourceError
from detector.footage import Footage, FootageFile, discover, open_footage
from detector.looks import Picture

Film = Callable[..., FootageFile]
SHANGHAI = ZoneInfo("Asia/Shanghai")
PATTERN = "%Y%m%d_%H%M%S"


def recorded(film: Film, folder: Path, seconds: dict[str, int]) -> None:
    """Videos of so many seconds, five pictures a second, under these names."""
    for name, length_s in seconds.items():
        made = film(f"{name}.mp4", [number * 200 for number in range(length_s * 5)])
        made.path.rename(folder / f"{name}.mp4")


def opened(folder: Path) -> Footage:
    (archive,) = discover([folder], as_one=True).files
    return open_footage(archive, timezone=SHANGHAI, name_time=PATTERN)


def times(footage: Footage, every_s: float = 1.0, after_s: float | None = None) -> list[float]:
    return [look.t_s for look in footage.looks(every_s, after_s)]


def test_pieces_follow_each_other_by_their_clocks(film: Film, tmp_path: Path) -> None:
    recorded(film, tmp_path, {"20260504_080003": 2, "20260504_080000": 2})
    archive = opened(tmp_path)
    assert times(archive) == [0, 1, 3, 4]
    at = [look.at for look in archive.looks(1.0)]
    assert at[0] == datetime(2026, 5, 4, 8, tzinfo=SHANGHAI)
    assert at[-1] == datetime(2026, 5, 4, 0, 0, 4, tzinfo=UTC)
    assert (archive.info.name, archive.info.media) == (tmp_path.name, "video")


def test_a_resumed_run_gives_the_looks_that_a_full_one_gives(film: Film, tmp_path: Path) -> None:
    recorded(film, tmp_path, {"20260504_080000": 3, "20260504_080003": 3})
    whole = times(opened(tmp_path), 0.7)
    for after_s in whole:
        assert times(opened(tmp_path), 0.7, after_s) == [it for it in whole if it > after_s]


def test_what_reaches_into_the_next_piece_is_left_out(film: Film, tmp_path: Path) -> None:
    recorded(film, tmp_path, {"20260504_080000": 5, "20260504_080002": 2})
    assert times(opened(tmp_path), 0.2) == pytest.approx([number / 5 for number in range(20)])


def test_the_pictures_of_looks_are_found_again(
    film: Film, tmp_path: Path, same: Callable[[Picture, Picture], bool]
) -> None:
    recorded(film, tmp_path, {"20260504_080000": 2, "20260504_080010": 2})
    archive = opened(tmp_path)
    looks = list(archive.looks(1.0))
    again = dict(archive.pictures_at([look.t_s for look in looks]))
    assert all(same(look.picture, again[look.t_s]) for look in looks)
    assert len(again) == len(looks) == 4


def test_snapshots_are_a_recording_too(tmp_path: Path) -> None:
    for second, grey in ((10, 90), (0, 30), (7, 60)):
        pixels = np.full((48, 64, 3), grey, dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"20260504_0800{second:02}.png")
    looks = list(opened(tmp_path).looks(0))
    assert [(look.t_s, int(look.picture.bgr[0, 0, 0])) for look in looks] == [
        (0, 30),
        (7, 60),
        (10, 90),
    ]
    assert opened(tmp_path).clip(0, 5) is None


def test_a_damaged_piece_costs_its_own_time_and_no_more(film: Film, tmp_path: Path) -> None:
    recorded(film, tmp_path, {"20260504_080000": 2, "20260504_080004": 2})
    (tmp_path / "20260504_080002.mp4").write_bytes(b"no film")
    archive = opened(tmp_path)
    assert times(archive) == [0, 1, 4, 5]
    assert archive.damaged == 1


def test_a_name_that_tells_no_time_is_named(film: Film, tmp_path: Path) -> None:
    recorded(film, tmp_path, {"20260504_080000": 1, "holiday": 1})
    with pytest.raises(SourceError, match=r"holiday\.mp4: the name does not tell a time"):
        opened(tmp_path)


def test_pieces_without_any_clock_are_refused_with_the_remedy(film: Film, tmp_path: Path) -> None:
    recorded(film, tmp_path, {"a": 1, "b": 1})
    (archive,) = discover([tmp_path], as_one=True).files
    with pytest.raises(SourceError, match="--name-time"):
        open_footage(archive)


def test_a_piece_that_changes_changes_the_stamp_and_the_digest(film: Film, tmp_path: Path) -> None:
    recorded(film, tmp_path, {"20260504_080000": 1, "20260504_080001": 1})
    (before,) = discover([tmp_path], as_one=True).files
    stamp, sha256 = before.stamp(), opened(tmp_path).info.sha256
    with (tmp_path / "20260504_080001.mp4").open("ab") as file:
        file.write(b"more")
    assert before.stamp() != stamp
    assert opened(tmp_path).info.sha256 != sha256


def test_the_hour_that_winter_repeats_keeps_its_pieces_apart(tmp_path: Path) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    for name in ("20261025_015930", "20261025_030030"):
        pixels = np.full((48, 64, 3), 90, dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
    (archive,) = discover([tmp_path], as_one=True).files
    footage = open_footage(archive, timezone=berlin, name_time=PATTERN)
    assert times(footage, 0) == [0, 7260]


def test_a_damaged_piece_that_must_tell_its_own_time_is_counted(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2026:05:04 08:00:00"
    Image.new("RGB", (64, 48)).save(tmp_path / "a.jpg", exif=exif)
    (tmp_path / "b.jpg").write_bytes(b"no picture")
    (archive,) = discover([tmp_path], as_one=True).files
    footage = open_footage(archive, timezone=SHANGHAI)
    list(footage.looks(1.0))
    assert footage.damaged == 1
