"""The real files of the shared material."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from detector.footage import FootageFile, discover, open_footage

pytestmark = pytest.mark.shared


def test_photos_agree_with_exiftool(shared: Path) -> None:
    tracks = shared / "tracks"
    with (tracks / "geotagged_jpg/reference.csv").open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    assert len(rows) == 11
    for row in rows:
        path = tracks / row["SourceFile"]
        info = open_footage(FootageFile(path, path.name, "photo")).info
        size = (int(row["ImageWidth"]), int(row["ImageHeight"]))
        assert info.size == (size[::-1] if row["Orientation"] in "5678" else size)
        assert (info.geotag is not None) == bool(row["GPSLatitude"])
        if info.geotag is not None:
            assert abs(info.geotag.lat - float(row["GPSLatitude"])) < 1e-9
            assert abs(info.geotag.lon - float(row["GPSLongitude"])) < 1e-9
        if row["GPSTimeStamp"]:
            local = datetime.strptime(row["DateTimeOriginal"] + "+0200", "%Y:%m:%d %H:%M:%S%z")
            assert info.started_at == local
            assert info.geotag is not None
            assert info.geotag.at == local


def test_every_clip_is_resumed_and_revisited_alike(shared: Path, same: Callable[..., bool]) -> None:
    found = discover([shared / "video"])
    assert len(found.files) == 17
    assert not found.errors
    for file in found.files:
        footage = open_footage(file)
        looks = list(footage.looks(3.0))
        at = len(looks) // 2
        rest = list(footage.looks(3.0, after_s=looks[at].t_s))
        assert [look.t_s for look in rest] == [look.t_s for look in looks[at + 1 :]]
        assert all(same(a.picture, b.picture) for a, b in zip(rest, looks[at + 1 :], strict=True))
        ((_, again),) = footage.pictures_at([looks[at].t_s])
        assert same(again, looks[at].picture)
        assert footage.damaged == 0


def test_the_time_lapse_runs_on_its_real_clock(shared: Path) -> None:
    path = shared / "video/timelapse_busstop_night_ourcamera.mp4"
    zone = ZoneInfo("America/New_York")
    footage = open_footage(FootageFile(path, path.name, "video"), timezone=zone)
    looks = list(footage.looks(0))
    assert len(looks) == 142
    assert looks[0].at == datetime(2017, 12, 15, 18, 6, 1, 401_006, tzinfo=zone)
    assert looks[3].t_s == 179.06
    assert looks[-1].at is not None
    assert looks[-1].at.hour == 23
