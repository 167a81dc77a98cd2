from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from detector.footage import FootageInfo, GeoTag
from detector.looks import Size
from detector.pipeline.locating import Locator
from detector.scene.camera import Camera
from detector.tracks.track import Fix, Track

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
VIDEO = FootageInfo(
    name="a.mp4",
    path=Path("a.mp4"),
    media="video",
    sha256="0" * 64,
    size=Size(1920, 1080),
    duration_s=60.0,
    started_at=NOON,
    geotag=None,
)
PHOTO = replace(VIDEO, name="a.jpg", media="photo", geotag=GeoTag(31.5, 121.5, 8.0, NOON))


@pytest.fixture
def track() -> Track:
    return Track(
        tuple(Fix(NOON + timedelta(seconds=10 * i), 31.0 + i * 1e-4, 121.0, 5.0) for i in range(9))
    )


@pytest.fixture
def camera() -> Camera:
    return Camera.model_validate(
        {
            "id": "crossing-12",
            "name": "人民路口",
            "timezone": "Asia/Shanghai",
            "position": {"lat": 31.2, "lon": 121.4, "accuracy_m": 15},
            "views": [{"name": "main", "size": [1920, 1080], "zones": []}],
        }
    )


def test_a_photo_knows_best_where_it_was_taken(track: Track, camera: Camera):
    position = Locator(track).locate(PHOTO, camera, NOON)

    assert position is not None
    assert (position.method, position.lat, position.accuracy_m) == ("exif", 31.5, 8.0)


def test_a_track_at_the_wall_time_comes_before_the_cameras_place(track: Track, camera: Camera):
    position = Locator(track).locate(VIDEO, camera, NOON + timedelta(seconds=15))

    assert position is not None
    assert position.method == "track"
    assert position.lat == pytest.approx(31.00015)


@pytest.mark.parametrize("at", [None, NOON + timedelta(hours=3)])
def test_outside_the_track_or_without_a_clock_the_camera_stands_in(
    track: Track, camera: Camera, at: datetime | None
):
    position = Locator(track).locate(VIDEO, camera, at)

    assert position is not None
    assert (position.method, position.accuracy_m) == ("camera", 15)


def test_what_nothing_locates_has_no_position():
    assert Locator().locate(VIDEO, None, NOON) is None
