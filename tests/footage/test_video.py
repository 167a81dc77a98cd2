"""Looks of videos: times, sampling, resuming, key frames, and going back for pictures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detector.errors import SourceError
from detector.footage import Footage, FootageFile, open_footage
from detector.looks import Look

UNEVEN_MS = (0, 40, 80, 300, 333, 700, 1500, 1520, 1540, 2600, 2700, 2900, 3400, 3433, 3466, 4000)
PLENTY = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def times(looks: list[Look]) -> list[float]:
    return [look.t_s for look in looks]


@pytest.fixture(scope="module")
def films(
    film: Callable[..., FootageFile], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, FootageFile]:
    made = {
        "steady": film("steady.mp4", gop=10),
        "b_frames": film("b_frames.mp4", gop=12, b_frames=3),
        "open_gop": film("open.mp4", gop=12, b_frames=3, options={"x264-params": "open-gop=1"}),
        "tiny_gop": film("tiny.mp4", gop=2, b_frames=1),
        "uneven": film("uneven.mkv", UNEVEN_MS, gop=4, b_frames=2),
        "stream": film("stream.ts", gop=12, b_frames=2),
        "one_key": film("one_key.mp4", gop=500, b_frames=2),
        "mjpeg": film("mjpeg.avi", codec="mjpeg", pix_fmt="yuvj420p"),
        "old_avi": film("old.avi", codec="mpeg4", b_frames=2),
    }
    whole = film("whole.mkv", gop=10, b_frames=2).path
    cut = tmp_path_factory.mktemp("cut") / "cut.mkv"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size * 3 // 5])
    made["cut"] = FootageFile(cut, "cut.mkv", "video")
    return made


KINDS = (
    "steady",
    "b_frames",
    "open_gop",
    "tiny_gop",
    "uneven",
    "stream",
    "one_key",
    "mjpeg",
    "old_avi",
    "cut",
)


def test_times_come_from_the_stamps_of_an_uneven_stream(films: dict[str, FootageFile]) -> None:
    looks = list(open_footage(films["uneven"]).looks(0))
    assert times(looks) == [time_ms / 1000 for time_ms in UNEVEN_MS]


def test_looks_are_the_first_pictures_at_or_after_due_times(films: dict[str, FootageFile]) -> None:
    looks = list(open_footage(films["uneven"]).looks(1.0))
    assert times(looks) == [0, 1.5, 2.6, 3.4, 4.0]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("every_s", [0.0, 0.2, 0.5])
def test_the_looks_show_what_a_plain_decoder_shows(
    films: dict[str, FootageFile],
    plainly: Callable[[Path], dict[float, np.ndarray]],
    kind: str,
    every_s: float,
) -> None:
    if kind == "old_avi":
        pytest.skip("its times are guesses")
    shown = plainly(films[kind].path)
    looks = list(open_footage(films[kind]).looks(every_s))
    assert looks
    assert every_s or times(looks) == list(shown)
    for look in looks:
        difference = np.abs(look.picture.bgr.astype(int) - shown[look.t_s])
        assert difference.mean() < 3  # OpenCV and FFmpeg round and place colour differently


@pytest.mark.parametrize("kind", KINDS)
@PLENTY
@given(every_s=st.sampled_from([0.0, 0.1, 0.3, 0.4, 0.8, 1.0, 5.0]), share=st.floats(0, 1))
def test_a_resumed_run_gives_the_same_looks_and_pictures(
    films: dict[str, FootageFile],
    same: Callable[..., bool],
    kind: str,
    every_s: float,
    share: float,
) -> None:
    footage = open_footage(films[kind])
    looks = list(footage.looks(every_s))
    at = min(int(share * len(looks)), len(looks) - 1)
    rest = list(footage.looks(every_s, after_s=looks[at].t_s))
    assert times(rest) == times(looks[at + 1 :])
    assert all(same(a.picture, b.picture) for a, b in zip(rest, looks[at + 1 :], strict=True))


@pytest.mark.parametrize("kind", KINDS)
@PLENTY
@given(every_s=st.sampled_from([0.0, 0.1, 0.4, 0.8]), data=st.data())
def test_going_back_brings_the_very_same_pictures(
    films: dict[str, FootageFile],
    same: Callable[..., bool],
    kind: str,
    every_s: float,
    data: st.DataObject,
) -> None:
    footage = open_footage(films[kind])
    looks = {look.t_s: look.picture for look in footage.looks(every_s)}
    chosen = data.draw(st.lists(st.sampled_from(sorted(looks)), max_size=5))
    again = list(footage.pictures_at(chosen))
    assert [t_s for t_s, _ in again] == sorted(set(chosen))
    assert all(same(picture, looks[t_s]) for t_s, picture in again)


def test_resuming_near_the_end_decodes_only_the_end(films: dict[str, FootageFile]) -> None:
    footage = open_footage(films["b_frames"])
    assert len(list(footage.looks(0.0, after_s=1.9))) == 2
    assert footage.frames_decoded <= 12


def test_key_frames_alone_are_decoded_where_they_come_often_enough(
    films: dict[str, FootageFile],
) -> None:
    footage = open_footage(films["steady"])
    assert times(list(footage.looks(0.4))) == [0, 0.4, 0.8, 1.2, 1.6]
    assert footage.frames_decoded == 5


def test_key_frames_a_little_too_far_apart_still_do(film: Callable[..., FootageFile]) -> None:
    footage = open_footage(film("ntsc.mp4", [round(n * 1001 / 30) for n in range(60)], gop=15))
    assert times(list(footage.looks(0.5))) == [0, 0.5, 1.001, 1.502]
    assert footage.frames_decoded == 4


def test_all_pictures_are_decoded_where_key_frames_are_rare(films: dict[str, FootageFile]) -> None:
    footage = open_footage(films["one_key"])
    assert times(list(footage.looks(0.4))) == [0, 0.4, 0.8, 1.2, 1.6]
    assert footage.frames_decoded > 5


def test_going_back_to_a_time_without_a_picture_is_an_error(films: dict[str, FootageFile]) -> None:
    for kind in ("steady", "old_avi"):
        with pytest.raises(SourceError, match=r"no picture at 0\.017 s"):
            list(open_footage(films[kind]).pictures_at([0.0, 0.017]))


def test_a_cut_file_gives_what_is_left_of_it(films: dict[str, FootageFile]) -> None:
    footage = open_footage(films["cut"])
    looks = list(footage.looks(0.0))
    assert 10 < len(looks) < 50
    assert footage.info.duration_s is not None
    assert abs(footage.info.duration_s - looks[-1].t_s) < 0.2


def test_damage_in_the_middle_is_passed_over_and_counted(
    film: Callable[..., FootageFile], tmp_path: Path
) -> None:
    whole = film("to_damage.mp4", gop=5, size=(160, 128)).path
    data = bytearray(whole.read_bytes())
    with av.open(str(whole)) as container:
        hurt = [p for p in container.demux(container.streams.video[0]) if p.is_keyframe][4]
        assert hurt.pos is not None
        data[hurt.pos : hurt.pos + hurt.size] = b"\xff" * hurt.size
    path = tmp_path / "damaged.mp4"
    path.write_bytes(data)
    footage = open_footage(FootageFile(path, "damaged.mp4", "video"))
    looks = times(list(footage.looks(0.0)))
    assert footage.damaged >= 1
    assert {0.0, 0.76, 1.96} <= set(looks)
    assert 0.8 not in looks


def test_the_wall_clock_starts_where_the_user_says(films: dict[str, FootageFile]) -> None:
    starts_at = datetime(2026, 3, 29, 1, 59, 59, tzinfo=ZoneInfo("Europe/Berlin"))
    footage = open_footage(films["steady"], starts_at=starts_at)
    walls = [look.at.isoformat() for look in footage.looks(0.8) if look.at]
    assert footage.info.started_at == starts_at
    assert walls[0].startswith("2026-03-29T01:59:59")
    assert walls[-1] == "2026-03-29T03:00:00.600000+02:00"


def test_a_start_without_a_zone_needs_one(films: dict[str, FootageFile]) -> None:
    naive = datetime(2026, 5, 1, 8)  # noqa: DTZ001
    with pytest.raises(SourceError, match="no time zone"):
        open_footage(films["steady"], starts_at=naive)
    footage = open_footage(films["steady"], starts_at=naive, timezone=ZoneInfo("Asia/Shanghai"))
    assert footage.info.started_at == datetime(2026, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "understood"),
    [
        ("2021-01-14T00:00:55.000000Z", datetime(2021, 1, 14, 0, 0, 55, tzinfo=UTC)),
        ("1970-01-01T00:00:10Z", None),
        ("1904-01-02T00:00:00Z", None),
    ],
)
def test_the_container_tells_the_time_unless_it_is_absurd(
    film: Callable[..., FootageFile], written: str, understood: datetime | None
) -> None:
    file = film(f"created{written[:4]}.mkv", metadata={"creation_time": written})
    assert open_footage(file).info.started_at == understood


def test_without_any_clock_there_is_no_wall_time(films: dict[str, FootageFile]) -> None:
    footage: Footage = open_footage(films["steady"])
    assert footage.info.started_at is None
    assert all(look.at is None for look in footage.looks(1))


def test_the_facts_of_a_file_are_told(films: dict[str, FootageFile]) -> None:
    info = open_footage(films["steady"]).info
    assert (info.name, info.media, info.size, info.duration_s) == (
        "steady.mp4",
        "video",
        (64, 48),
        2.0,
    )
    assert len(info.sha256) == 64
