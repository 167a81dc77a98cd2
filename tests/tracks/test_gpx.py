from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detector.errors import TrackError
from detector.tracks import gpx
from detector.tracks.gpx import read_gpx
from detector.tracks.read import read_track
from detector.tracks.track import Track

SHARED = Path(__file__).parents[2].parent / "shared" / "tracks" / "gpx"
FIXES = {
    "around-visnjan-with-car.gpx": 104,
    "cerknicko-jezero-without-elevations.gpx": 295,
    "cerknicko-without-times.gpx": 5,
    "gpx1.0_with_all_fields.gpx": 1,
    "track-with-empty-segment.gpx": 9,
    "track_with_speed.gpx": 3,
}
FAULTS = {
    "Mojstrovka.gpx": "set the receiver's clock",
    "route.gpx": "no track points",
    "track-with-extremes.gpx": "has a time",
    "track_with_dilution_errors.gpx": "has a time",
    "unicode_with_bom.gpx": "no track points",
}
SAMPLE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="x" '
    'xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>'
    '<trkpt lat="31.1" lon="121.1"><time>2026-05-01T12:00:00Z</time><hdop>1.2</hdop></trkpt>'
    '<trkpt lat="31.2" lon="121.2"><time>2026-05-01T12:00:05.5+08:00</time></trkpt>'
    "</trkseg></trk></gpx>"
)


def point(lat: str, lon: str, time: str | None = "2026-05-01T12:00:00Z", more: str = "") -> str:
    when = f"<time>{time}</time>" if time else ""
    return f'<trkpt lat="{lat}" lon="{lon}">{when}{more}</trkpt>'


def read(folder: Path, text: str | bytes) -> Track:
    path = folder / "drive.gpx"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_gpx(path)


def read_points(folder: Path, *points: str) -> Track:
    return read(folder, f"<gpx><trk><trkseg>{''.join(points)}</trkseg></trk></gpx>")


def shared(name: str) -> Path:
    if not (SHARED / name).exists():
        pytest.skip(f"{SHARED / name} is not beside this checkout")
    return SHARED / name


@pytest.mark.shared
@pytest.mark.parametrize(("name", "count"), FIXES.items())
def test_real_files_give_their_fixes_in_order(name: str, count: int) -> None:
    track = read_track(shared(name))
    assert len(track.fixes) == count
    times = [fix.at for fix in track.fixes]
    assert times == sorted(set(times))


@pytest.mark.shared
@pytest.mark.parametrize(("name", "remedy"), FAULTS.items())
def test_real_files_without_usable_points_are_refused_with_a_remedy(name: str, remedy: str) -> None:
    with pytest.raises(TrackError, match=remedy):
        read_track(shared(name))


@pytest.mark.shared
def test_every_real_file_has_an_expectation() -> None:
    shared("route.gpx")
    assert {path.name for path in SHARED.glob("*.gpx")} == FIXES.keys() | FAULTS.keys()


@pytest.mark.shared
def test_a_real_drive_is_followed_between_its_fixes() -> None:
    track = read_track(shared("around-visnjan-with-car.gpx"))
    one = track.fixes[0]
    gap = track.fixes[1].at - one.at
    place = track.position_at(one.at + gap / 2)
    assert (place is not None) == (gap <= timedelta(seconds=30))


def test_a_sample_gives_its_times_in_utc_and_its_accuracy(tmp_path: Path) -> None:
    later, first = read(tmp_path, SAMPLE).fixes[::-1]
    assert later.at == datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert later.accuracy_m == pytest.approx(6)
    assert first.at == datetime(2026, 5, 1, 4, 0, 5, 500_000, tzinfo=UTC)
    assert first.accuracy_m is None


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert len(read(tmp_path, b"\xef\xbb\xbf" + SAMPLE.encode()).fixes) == 2


def test_a_time_without_a_zone_is_utc(tmp_path: Path) -> None:
    (fix,) = read_points(tmp_path, point("1", "2", "2026-05-01T12:00:00")).fixes
    assert fix.at == datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_points_without_a_time_or_off_the_globe_are_left_out(tmp_path: Path) -> None:
    track = read_points(
        tmp_path,
        point("1", "2"),
        point("1", "2", None),
        point("91", "2", "2026-05-01T12:00:01Z"),
        point("1", "-180.5", "2026-05-01T12:00:02Z"),
        point("nan", "2", "2026-05-01T12:00:03Z"),
        point("1", "inf", "2026-05-01T12:00:04Z"),
        point("1", "2", "1901-12-13T20:45:52Z"),
        point("1", "2", "0001-01-01T00:00:00+09:00"),
        point("1", "2", "2026-05-01T12:00:00+99:00"),
    )
    assert len(track.fixes) == 1


def test_unordered_and_doubled_times_are_sorted_and_dropped(tmp_path: Path) -> None:
    track = read_points(
        tmp_path,
        point("2", "2", "2026-05-01T12:00:09Z"),
        point("1", "2", "2026-05-01T12:00:01Z"),
        point("3", "2", "2026-05-01T12:00:09Z"),
    )
    assert [fix.lat for fix in track.fixes] == [1, 2]


@pytest.mark.parametrize("hdop", ["0", "-3", "nan", "1e308"])
def test_a_dilution_that_is_none_leaves_the_accuracy_unknown(tmp_path: Path, hdop: str) -> None:
    (fix,) = read_points(tmp_path, point("1", "2", more=f"<hdop>{hdop}</hdop>")).fixes
    assert fix.accuracy_m is None


def test_entities_are_refused_before_the_parser_sees_them(tmp_path: Path) -> None:
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 30))
    with pytest.raises(TrackError, match="entities"):
        read(tmp_path, f'<!DOCTYPE gpx [<!ENTITY l0 "ha">{laughs}]><gpx>&l29;</gpx>')


def test_a_document_type_in_another_encoding_is_no_way_around(tmp_path: Path) -> None:
    for encoding in ("utf-16", "utf-16-le", "utf-32"):
        with pytest.raises(TrackError):
            read(tmp_path, '<!DOCTYPE gpx [<!ENTITY a "ha">]><gpx>&a;</gpx>'.encode(encoding))


@pytest.mark.parametrize(
    "bomb",
    [" xmlns" * 300_000, "<a>" * 100_000, '<gpx xmlns:ns1="x"/>', "<gpx " + 'a="' * 100_000],
    ids=["namespaces", "depth", "reserved prefix", "open quotes"],
)
def test_text_made_to_choke_the_parser_is_refused_soon(tmp_path: Path, bomb: str) -> None:
    with pytest.raises(TrackError):
        read(tmp_path, bomb)


def test_a_file_over_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpx, "LARGEST_BYTES", 50)
    with pytest.raises(TrackError, match="split"):
        read(tmp_path, SAMPLE)


@pytest.mark.parametrize("content", [b"", b"no xml", b"<kml/>", b"\xff\xfe\x00", b"<gpx>"])
def test_what_is_no_track_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(TrackError, match=r"drive\.gpx"):
        read(tmp_path, content)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrackError, match=r"none\.gpx.*check the path"):
        read_track(tmp_path / "none.gpx")


def test_another_format_is_refused_with_what_is_accepted(tmp_path: Path) -> None:
    with pytest.raises(TrackError, match=r"drive\.kml.*\.gpx"):
        read_track(tmp_path / "drive.kml")


def test_the_suffix_may_be_in_capitals(tmp_path: Path) -> None:
    path = tmp_path / "DRIVE.GPX"
    path.write_text(SAMPLE)
    assert len(read_track(path).fixes) == 2


@given(
    st.lists(
        st.tuples(st.integers(0, len(SAMPLE)), st.integers(0, 40), st.binary(max_size=12)),
        min_size=1,
        max_size=5,
    )
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_mutated_files_give_a_track_or_a_track_error(
    tmp_path: Path, edits: list[tuple[int, int, bytes]]
) -> None:
    content = SAMPLE.encode()
    for start, length, piece in edits:
        content = content[:start] + piece + content[start + length :]
    try:
        track = read(tmp_path, content)
    except TrackError:
        return
    assert track.fixes
    assert track.position_at(track.fixes[0].at) is not None
