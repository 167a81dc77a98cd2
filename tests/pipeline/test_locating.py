from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from detector.footage import FootageInfo, GeoTag
from detector.looks import Boxes, LookBoxes, Size
from detector.observation import RuleVersion, State
from detector.pipeline.examined import Found
from detector.pipeline.fit import fit_view, located
from detector.pipeline.locating import Locator
from detector.rules.finding import Finding, Sighting
from detector.scene.camera import Camera
from detector.taxonomy import Kind
from detector.tracks.track import Fix, Track

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
SIZE = Size(1920, 1080)
VIDEO = FootageInfo(
    name="a.mp4",
    path=Path("a.mp4"),
    media="video",
    sha256="0" * 64,
    size=SIZE,
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


def seen(at: datetime | None, camera: Camera | None = None) -> Found:
    """Something seen at a wall time, under a camera or not."""
    sighting = Sighting(5.0, at, (900, 500, 1100, 700), 0.9, SIZE)
    finding = Finding(
        rule=RuleVersion(name="stall", version="2"),
        kind=Kind.STALL_ENCROACHMENT,
        sub_kind="stall.mobile",
        zone=None,
        state=State.ONGOING,
        first=sighting,
        best=sighting,
        last=sighting,
        looks=3,
        arrival_known=False,
        last_clear_at=None,
    )
    return Found(finding, fit_view(camera, "main", SIZE, np.eye(3)) if camera else None)


def test_a_photo_knows_best_where_it_was_taken(track: Track, camera: Camera):
    position = Locator(track).locate(PHOTO, camera, seen(NOON, camera))

    assert position is not None
    assert (position.method, position.lat, position.accuracy_m) == ("exif", 31.5, 8.0)


def test_a_track_at_the_wall_time_comes_before_the_cameras_place(track: Track, camera: Camera):
    at = NOON + timedelta(seconds=15)
    position = Locator(track).locate(VIDEO, camera, seen(at, camera))

    assert position is not None
    assert position.method == "track"
    assert position.lat == pytest.approx(31.00015)


@pytest.mark.parametrize("at", [None, NOON + timedelta(hours=3)])
def test_outside_the_track_or_without_a_clock_the_camera_stands_in(
    track: Track, camera: Camera, at: datetime | None
):
    position = Locator(track).locate(VIDEO, camera, seen(at, camera))

    assert position is not None
    assert (position.method, position.accuracy_m) == ("camera", 15)


def calibrated(camera: Camera) -> Camera:
    """The camera with a calibration of flat ground, 1500 pixels across and 500 down."""
    flat = [(200, 500, 0.0, 0.0), (1700, 500, 0.0, 4e-4), (1700, 1000, -1e-4, 4e-4)]
    points = [
        {"x": x, "y": y, "lat": 31.2 + lat, "lon": 121.4 + lon}
        for x, y, lat, lon in [*flat, (200, 1000, -1e-4, 0.0)]
    ]
    view = camera.views[0].model_dump() | {"calibration": {"points": points}}
    return Camera.model_validate(camera.model_dump() | {"views": [view]})


def test_a_calibrated_view_locates_each_thing_by_itself(camera: Camera):
    view = calibrated(camera)
    position = Locator().locate(VIDEO, view, seen(NOON, view))

    assert position is not None
    assert position.method == "ground"
    assert position.lat == pytest.approx(31.2 - 0.4e-4, abs=1e-6)
    assert position.lon == pytest.approx(121.4 + 4e-4 * 800 / 1500, abs=1e-6)


def test_where_a_nudged_camera_sees_a_thing_it_is_where_it_was(camera: Camera):
    moved = np.array([[1.0, 0.0, 25.0], [0.0, 1.0, 10.0], [0.0, 0.0, 1.0]])
    fit = fit_view(camera, "main", SIZE, moved)
    home = fit_view(camera, "main", SIZE, np.eye(3))

    assert np.allclose(home.onto(fit), moved)
    assert fit.serves(SIZE, moved @ np.array([[1.0, 0, 3], [0, 1, 0], [0, 0, 1]]))
    assert not fit.serves(SIZE, np.eye(3))
    assert not fit.serves(Size(1280, 720), moved)


def test_a_box_that_the_edge_of_a_nudged_picture_cuts_is_as_inexact_as_in_any_other(
    camera: Camera,
):
    view = calibrated(camera)
    nudge = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 60.0], [0.0, 0.0, 1.0]])
    fit = fit_view(view, "main", SIZE, nudge)
    cut, whole = (located(view, fit, (900, 980, 1100, y2)) for y2 in (1080, 1070))

    assert cut is not None
    assert cut.ellipse is not None
    assert whole is not None
    assert whole.ellipse is not None
    assert cut.ellipse.minor_m > 1.3 * whole.ellipse.minor_m


def test_what_a_nudge_carried_along_is_located_where_it_lies_now(camera: Camera):
    view = calibrated(camera)
    nudge = np.array([[1.0, 0.0, 300.0], [0.0, 1.0, 60.0], [0.0, 0.0, 1.0]])
    before = seen(NOON, view)
    finding = replace(before.finding, place=(1200, 560, 1400, 760))
    after = Found(finding, fit_view(view, "main", SIZE, nudge))

    first, second = (Locator().locate(VIDEO, view, it) for it in (before, after))
    assert first is not None
    assert second is not None
    assert (second.lat, second.lon) == pytest.approx((first.lat, first.lon), abs=1e-8)


def test_zones_lie_in_an_earlier_look_as_they_did_then(camera: Camera):
    kerb = {"name": "kerb", "kind": "no_parking", "polygon": [[0, 0], [90, 0], [0, 90]]}
    view = camera.views[0].model_dump() | {"zones": [kerb]}
    sighted = Camera.model_validate(camera.model_dump() | {"views": [view]})
    nudge = np.array([[1.0, 0.0, 300.0], [0.0, 1.0, 60.0], [0.0, 0.0, 1.0]])
    fit = fit_view(sighted, "main", SIZE, nudge)

    for matrix, left in ((None, 0.0), (nudge, 300.0)):
        look = LookBoxes(0.0, None, SIZE, Boxes.of([]), view="main", matrix=matrix)
        assert fit.zones_of(look)[0].polygon.bounds[0] == pytest.approx(left)


def test_what_nothing_locates_has_no_position():
    assert Locator().locate(VIDEO, None, seen(NOON)) is None
