from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from detector.errors import SourceError
from detector.footage import Footage, FootageFile, open_footage

HEAD = "frame,local_time,t_s_real,file"
REAL_S = (0.0, 1.113, 2.4, 179.06, 180.0, 600.5)


def rows(offset: str = "") -> list[str]:
    start = np.datetime64("2017-12-15T18:06:01.401", "ms")
    return [
        f"{number},{start + np.timedelta64(round(t_s * 1000), 'ms')}{offset},{t_s},x.jpg"
        for number, t_s in enumerate(REAL_S)
    ]


@pytest.fixture
def lapse(film: Callable[..., FootageFile], tmp_path: Path) -> Callable[..., FootageFile]:
    def make(lines: list[str], name: str = "lapse.mp4", **how: object) -> FootageFile:
        path = tmp_path / name
        shutil.copy(film(name, range(0, 40 * len(REAL_S), 40), **how).path, path)
        (tmp_path / f"{path.stem}.times.csv").write_text("\n".join(lines))
        return FootageFile(path, name, "video")

    return make


def times(footage: Footage, every_s: float) -> list[float]:
    return [look.t_s for look in footage.looks(every_s)]


@pytest.mark.parametrize("name", ["lapse.mp4", "lapse.avi"])
def test_looks_are_taken_on_the_real_clock(lapse: Callable[..., FootageFile], name: str) -> None:
    footage = open_footage(
        lapse([HEAD, *rows()], name, **({"b_frames": 2} if name.endswith("avi") else {}))
    )
    assert times(footage, 0) == list(REAL_S)
    assert times(footage, 60) == [0, 179.06, 180.0, 600.5]
    assert [look.t_s for look in footage.looks(60, after_s=179.06)] == [180.0, 600.5]
    assert [t_s for t_s, _ in footage.pictures_at([180.0])] == [180.0]
    assert footage.info.duration_s is not None
    assert footage.info.duration_s >= 600.5


def test_naive_local_times_need_a_zone_to_be_wall_times(lapse: Callable[..., FootageFile]) -> None:
    file = lapse([HEAD, *rows()])
    assert [look.at for look in open_footage(file).looks(300)] == [None, None]
    footage = open_footage(file, timezone=ZoneInfo("America/New_York"))
    last = list(footage.looks(0))[-1]
    assert last.at == datetime(2017, 12, 15, 23, 16, 1, 901_000, tzinfo=UTC)
    start = datetime(2020, 1, 1, tzinfo=UTC)
    assert open_footage(file, starts_at=start).info.started_at == start


def test_local_times_with_an_offset_are_wall_times(lapse: Callable[..., FootageFile]) -> None:
    footage = open_footage(lapse([HEAD, *rows("-05:00")]))
    assert footage.info.started_at == datetime(2017, 12, 15, 23, 6, 1, 401_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "text", "said"),
    [
        (1, "frame,local_time", "columns"),
        (3, "2,2017-12-15T18:06:02.514,1.113,", "frame 2 stands where 1"),
        (3, "1,2017-12-15T18:06:02.514,0.0,", "does not rise"),
        (3, "1,2017-12-15T18:06:02.514,nan,", "not a number of seconds"),
        (3, "1,2017-12-15T18:06:02.514,inf,", "not a number of seconds"),
        (3, "1,yesterday,1.113,", "cannot read"),
        (3, "1", "cannot read"),
        (3, "1,2017-12-15T19:36:02.514,1.113,", "apart"),
        (3, "1,2017-12-15T18:06:02.514Z,1.113,", "some have none"),
    ],
)
def test_a_malformed_clock_is_an_error_that_names_the_line(
    lapse: Callable[..., FootageFile], line: int, text: str, said: str
) -> None:
    lines = [HEAD, *rows()]
    lines[line - 1] = text
    with pytest.raises(SourceError, match=rf"lapse\.times\.csv, line {line}: .*{said}"):
        open_footage(lapse(lines))


def test_a_clock_without_rows_or_with_too_few_is_an_error(
    lapse: Callable[..., FootageFile],
) -> None:
    with pytest.raises(SourceError, match="there is no row"):
        open_footage(lapse([HEAD]))
    with pytest.raises(SourceError, match="has 3 rows for 6 pictures"):
        open_footage(lapse([HEAD, *rows()[:3]]))


def test_a_clock_that_is_no_text_is_an_error(lapse: Callable[..., FootageFile]) -> None:
    file = lapse([HEAD, *rows()])
    file.path.with_name("lapse.times.csv").write_bytes(b"\xff\xfe\x00frame")
    with pytest.raises(SourceError, match="UTF-8"):
        open_footage(file)
