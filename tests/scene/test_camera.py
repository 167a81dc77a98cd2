from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import jsonschema
import numpy as np
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detector.errors import CameraFileError
from detector.geometry.zone import ZoneKind
from detector.geometry.zones import foot_share
from detector.looks import Size
from detector.observation import PositionMethod
from detector.scene.camera import Camera, camera_schema, load_camera
from detector.scene.fleet import fleet_schema
from detector.scene.view import View
from detector.scene.zone import Zone
from tests.scene.cameras import SAMPLE, camera, faults, load, view, zone, zone_fault

SHARED = Path(__file__).parents[2].parent / "shared"


def test_the_sample_of_the_guide_is_read(tmp_path: Path) -> None:
    read = load(tmp_path, SAMPLE)
    assert read.name == "人民路口"
    (kerb,) = read.zones_for(Size(1920, 1080))
    assert (kerb.name, kerb.kind, kerb.dwell_s) == ("kerb", ZoneKind.NO_PARKING, 180)
    assert kerb.class_ids == {3, 4, 5}
    assert kerb.sub_kind is None
    assert kerb.least_foot_share == 0.5
    assert kerb.polygon.bounds == (80, 600, 940, 800)


def test_a_camera_knows_its_place_as_a_position(tmp_path: Path) -> None:
    place = load(tmp_path, SAMPLE).located
    assert place is not None
    assert (place.lat, place.accuracy_m, place.method) == (31.2304, 15, PositionMethod.CAMERA)
    assert load(tmp_path, camera()).located is None


def test_width_and_height_are_scaled_apart(tmp_path: Path) -> None:
    (kerb,) = load(tmp_path, camera()).zones_for(Size(400, 100))
    assert kerb.polygon.bounds == (0, 0, 200, 100)


def test_without_a_size_corners_are_shares_of_any_picture(tmp_path: Path) -> None:
    half = zone(polygon=[[0, 0], [0.5, 0], [0.5, 1], [0, 1]])
    (kerb,) = load(tmp_path, camera(views=[view(half, size=None)])).zones_for(Size(352, 240))
    assert kerb.polygon.bounds == (0, 0, 176, 240)


def test_a_view_is_found_by_its_name_and_the_first_is_usual(tmp_path: Path) -> None:
    views = [view(), view(zone(name="bay"), name="east")]
    read = load(tmp_path, camera(views=views))
    assert [found.name for found in read.zones_for(Size(200, 100))] == ["kerb"]
    assert [found.name for found in read.zones_for(Size(200, 100), "east")] == ["bay"]
    with pytest.raises(CameraFileError, match="no view 'west'; its views are main, east"):
        read.zones_for(Size(200, 100), "west")


@pytest.mark.parametrize(
    ("sub_kind", "dwell_s"),
    [
        (None, 180),
        ("parking.motor.sidewalk", 300),
        ("parking.motor.carriageway", 180),
        ("parking.motor.fire_lane", 60),
    ],
)
def test_the_usual_stay_is_that_of_the_domain(
    tmp_path: Path, sub_kind: str | None, dwell_s: float
) -> None:
    (kerb,) = load(tmp_path, camera(views=[view(zone(sub_kind=sub_kind))])).zones_for(Size(9, 9))
    assert kerb.dwell_s == dwell_s
    longer = zone(sub_kind=sub_kind, dwell_s=601.5)
    (kerb,) = load(tmp_path, camera(views=[view(longer)])).zones_for(Size(9, 9))
    assert kerb.dwell_s == 601.5


def test_classes_go_by_name_or_alias_and_exempt_ones_are_removed(tmp_path: Path) -> None:
    named = zone(classes=["Lorry", "taxi", "coach", "moped"], exempt_classes=["bus"])
    (kerb,) = load(tmp_path, camera(views=[view(named)])).zones_for(Size(9, 9))
    assert kerb.class_ids == {2, 3, 5}


def test_an_ignored_zone_is_about_everything(tmp_path: Path) -> None:
    (yard,) = load(tmp_path, camera(views=[view(zone(kind="ignore"))])).zones_for(Size(9, 9))
    assert yard.class_ids == set(range(11))
    assert yard.dwell_s == 0


def test_a_name_that_looks_like_a_date_stays_text(tmp_path: Path) -> None:
    assert load(tmp_path, SAMPLE.replace("人民路口", "2026-05-01")).name == "2026-05-01"


@pytest.mark.parametrize(
    ("place", "content", "model"),
    [
        ("colour", camera(colour=1), "id, name, timezone, position, views"),
        ("position.alt", camera(position={"lat": 1, "lon": 2, "accuracy_m": 3, "alt": 4}), "lat"),
        ("views[0].sise", camera(views=[view(sise=[1, 2])]), "name, size, zones"),
        ("views[0].zones[0].dwel_s", camera(views=[view(zone(dwel_s=3))]), "did you mean dwell_s?"),
    ],
)
def test_an_unknown_key_is_named_with_the_known_ones(
    tmp_path: Path, place: str, content: object, model: str
) -> None:
    (fault,) = faults(tmp_path, content)
    assert fault.startswith(f"{place}: is an unknown key; ")
    assert model in fault


@pytest.mark.parametrize(
    ("polygon", "word"),
    [
        ([[0, 0], [1, 1]], "at least 3"),
        ([[0, 0], [100, 100], [100, 0], [0, 100]], "crosses"),
        ([[0, 0], [5, 5], [9, 9]], "crosses or touches"),
        ([[0, 0], [5, float("nan")], [9, 9]], "finite"),
        ([[0, 0], [5, float("inf")], [9, 0]], "finite"),
        ([[0, 0], [5, 100_001], [9, 0]], "100000"),
        ([[0, 0], [5, True], [9, 0]], "valid number"),
        ([[0, 0], [5, "7"], [9, 0]], "valid number"),
        ([[0, 0], [5, 5, 5], [9, 0]], "at most 2"),
        ([[200, 0], [300, 0], [300, 90]], "outside the picture of 200 x 100 px"),
    ],
)
def test_a_polygon_that_is_none_is_named_with_its_place(
    tmp_path: Path, polygon: object, word: str
) -> None:
    fault = zone_fault(tmp_path, polygon=polygon)
    assert fault.startswith("views[0].zones[0].polygon")
    assert word in fault


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"kind": "parking"}, "no_parking"),
        ({"dwell_s": 0}, "greater than 0"),
        ({"dwell_s": "180"}, "seconds"),
        ({"dwell_s": 5, "kind": "ignore"}, "remove it"),
        ({"least_foot_share": 0}, "above 0 and up to 1"),
        ({"sub_kind": "garbage.exposed"}, "parking.motor.fire_lane"),
        ({"sub_kind": "parking.motor.fire_lane", "kind": "ignore"}, "remove it"),
        ({"classes": ["tram"]}, "the classes are person"),
        ({"classes": ["stall"]}, "nothing for no_parking; name bicycle"),
        ({"classes": []}, "at least 1"),
        ({"exempt_classes": ["tram"]}, "the classes are person"),
        ({"exempt_classes": ["police"]}, "not told from car"),
        ({"exempt_classes": ["car", "bus", "truck"]}, "no class is left"),
        ({"name": 12}, "put it in quotes"),
        ({"name": ""}, "at least 1 character"),
    ],
)
def test_a_fault_of_a_zone_tells_the_remedy(
    tmp_path: Path, more: dict[str, object], word: str
) -> None:
    fault = zone_fault(tmp_path, **more)
    assert fault.startswith(f"views[0].zones[0].{next(iter(more))}")
    assert word in fault


def test_pixels_without_a_size_are_told_from_shares(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, camera(views=[view(size=None)]))
    assert fault.startswith("views[0].zones[0].polygon: has corners that are no shares")
    assert "`size`" in fault


def test_names_are_used_once(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, camera(views=[view(zone(), zone())]))
    assert fault == "views[0].zones[1].name: 'kerb' is there twice; rename one"
    (fault,) = faults(tmp_path, camera(views=[view(), view()]))
    assert fault == "views[1].name: 'main' is there twice; rename one"


@pytest.mark.parametrize("name", ["Asia/Shanghigh", "Asia", "../etc/passwd", "", "a\0b", "CST+8"])
def test_a_time_zone_is_one_that_the_system_knows(tmp_path: Path, name: str) -> None:
    (fault,) = faults(tmp_path, camera(timezone=name))
    assert fault.startswith("timezone: ")
    assert "Asia/Shanghai" in fault


@pytest.mark.parametrize("name", ["Crossing", "-a", "a/b", "..", "a\n", "a" * 65, ""])
def test_an_id_is_fit_for_a_file_name(tmp_path: Path, name: str) -> None:
    (fault,) = faults(tmp_path, camera(id=name))
    assert fault.startswith("id: ")


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    bad = [
        view(zone(kind="x"), zone(polygon=[[900, 0], [990, 0], [990, 9]]), zone()),
        view(zone(dwell_s=-1)),
    ]
    looking = {"every_s": 200}
    told = faults(tmp_path, camera(id="A", timezone="x", views=bad, colour=1, looking=looking))
    assert {fault.split(": ")[0] for fault in told} == {
        "id",
        "timezone",
        "colour",
        "gap_s",
        "views[0].zones[0].kind",
        "views[0].zones[1].polygon",
        "views[0].zones[1].name",
        "views[0].zones[2].name",
        "views[1].zones[0].dwell_s",
        "views[1].name",
    }


def test_hundreds_of_faults_are_counted_and_not_listed(tmp_path: Path) -> None:
    told = faults(tmp_path, camera(**{f"key{n}": 1 for n in range(300)}))
    assert len(told) == 101
    assert told[-1] == "and 200 more"


@pytest.mark.parametrize("content", ["", "- 1", "camera", "1: 2", "null"])
def test_what_is_no_camera_at_all_is_told_the_keys(tmp_path: Path, content: str) -> None:
    assert any("id" in fault for fault in faults(tmp_path, content))


@pytest.mark.parametrize(("every_s", "gap_s", "sound"), [(100, 300, True), (2, 5, False)])
def test_a_gap_is_long_enough_for_three_looks(
    tmp_path: Path, every_s: float, gap_s: float, sound: bool
) -> None:
    given = camera(looking={"every_s": every_s}, gap_s=gap_s)
    if sound:
        assert load(tmp_path, given).gap_s == gap_s
    else:
        (fault,) = faults(tmp_path, given)
        assert fault.startswith("gap_s: is shorter than three looks")
        assert "write 6 or more" in fault


def test_a_camera_made_in_code_is_held_to_the_same(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="shares"):
        Camera.model_validate(camera(views=[view(size=None)]))
    with pytest.raises(ValueError, match="twice"):
        Camera.model_validate(camera(views=[view(), view()]))


@pytest.mark.shared
def test_the_zones_of_the_traffic_camera_make_a_camera(tmp_path: Path) -> None:
    path = SHARED / "data/traffic_camera/zones.json"
    if not path.exists():
        pytest.skip(f"{path} is not beside this checkout")
    given = json.loads(path.read_text())
    zones = [zone(name=entry["name"], polygon=entry["polygon"]) for entry in given["zones"]]
    read = load(tmp_path, camera(views=[view(*zones, size=given["size"])]))
    assert len(read.zones_for(Size(704, 480))) == len(zones)


@pytest.mark.parametrize(
    ("kind", "sub_kind", "dwell_s", "class_ids"),
    [
        ("no_parking", None, 180, {3, 4, 5}),
        ("no_stall", "stall.mobile", 300, {6}),
        ("keep_clear", None, 60, {1, 2, 3, 4, 5, 6, 9}),
        ("keep_clear", "parking.motor.sidewalk", 60, {1, 2, 3, 4, 5, 6, 9}),
        ("bin_point", "garbage.dead_corner", 120, {8, 9}),
        ("cable_watch", "cable.sagging", 600, {10}),
        ("traffic_lane", None, 0, {3, 4, 5}),
        ("ignore", None, 0, set(range(11))),
    ],
)
def test_a_zone_of_each_kind_has_its_usual_stay_and_classes(
    tmp_path: Path, kind: str, sub_kind: str | None, dwell_s: float, class_ids: set[int]
) -> None:
    whole = zone(kind=kind, sub_kind=sub_kind)
    (found,) = load(tmp_path, camera(views=[view(whole)])).zones_for(Size(200, 100))
    assert (found.kind, found.dwell_s, found.sub_kind) == (kind, dwell_s, sub_kind)
    assert found.class_ids == class_ids


@pytest.mark.parametrize(
    ("kind", "more", "word"),
    [
        ("no_stall", {"classes": ["car"]}, "nothing for no_stall; name stall"),
        ("bin_point", {"classes": ["garbage_bin"]}, "name garbage_overflow, garbage_pile"),
        ("cable_watch", {"classes": ["person"]}, "name exposed_cable"),
        ("traffic_lane", {"classes": ["stall"]}, "name bicycle, motorcycle, car, bus, truck"),
        ("traffic_lane", {"dwell_s": 5}, "no meaning in a zone of kind traffic_lane; remove it"),
        ("keep_clear", {"sub_kind": "cable.messy"}, "parking.motor.fire_lane"),
        ("no_parking", {"sub_kind": "parking.nonmotor"}, "write parking.motor.sidewalk"),
        ("no_stall", {"exempt_classes": ["stall"]}, "no class is left"),
    ],
)
def test_a_zone_takes_only_what_its_kind_is_about(
    tmp_path: Path, kind: str, more: dict[str, object], word: str
) -> None:
    fault = zone_fault(tmp_path, kind=kind, **more)
    assert fault.startswith(f"views[0].zones[0].{next(iter(more))}: ")
    assert word in fault


def test_a_sub_kind_goes_with_the_classes_that_are_named(tmp_path: Path) -> None:
    heaps = {"kind": "bin_point", "classes": ["garbage_pile"]}
    fault = zone_fault(tmp_path, sub_kind="garbage.overflow", **heaps)
    assert fault.endswith("write garbage.exposed, garbage.dead_corner")
    bicycles = zone(classes=["bicycle"], sub_kind="parking.nonmotor")
    assert load(tmp_path, camera(views=[view(bicycles)]))


@pytest.mark.parametrize(
    ("size", "least_size", "picture", "least_size_px"),
    [
        ([200, 100], 20, Size(200, 100), 20),
        ([200, 100], 20, Size(100, 50), 10),
        ([200, 100], 20, Size(100, 100), 10),
        ([100, 200], 20, Size(100, 400), 40),
        (None, 0.1, Size(640, 360), 64),
        (None, 0.1, Size(360, 640), 64),
        (None, 0, Size(360, 640), 0),
    ],
)
def test_the_least_size_goes_by_the_longer_side_of_the_picture(
    tmp_path: Path, size: object, least_size: float, picture: Size, least_size_px: float
) -> None:
    small = zone(polygon=[[0, 0], [1, 0], [1, 1]], least_size=least_size)
    read = load(tmp_path, camera(views=[view(small, size=size)]))
    assert read.zones_for(picture)[0].least_size_px == pytest.approx(least_size_px)


def test_a_least_size_beyond_the_picture_is_told(tmp_path: Path) -> None:
    assert "larger than the picture" in zone_fault(tmp_path, least_size=201)
    share = zone(polygon=[[0, 0], [1, 0], [1, 1]], least_size=20)
    (fault,) = faults(tmp_path, camera(views=[view(share, size=None)]))
    assert fault.startswith("views[0].zones[0].least_size: is larger than the picture")


def test_a_schedule_is_read_by_the_clock_of_the_camera(tmp_path: Path) -> None:
    day = zone(schedule=[{"days": ["all"], "from": "07:00", "until": "22:00"}])
    (kerb,) = load(tmp_path, camera(views=[view(day)])).zones_for(Size(9, 9))
    assert kerb.in_force(datetime(2026, 5, 1, 1, 0, tzinfo=UTC))
    assert not kerb.in_force(datetime(2026, 5, 1, 15, 0, tzinfo=UTC))
    (kerb,) = load(tmp_path, camera()).zones_for(Size(9, 9))
    assert kerb.in_force(datetime(2026, 5, 1, 15, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("span", "word"),
    [
        ({"from": "07:00"}, "schedule[0].until: is missing; it is local time"),
        ({"from": "7 am", "until": "22:00"}, "schedule[0].from: "),
        ({"from": "24:00", "until": "22:00"}, "where a day ends"),
        ({"from": "07:00", "until": "25:00"}, "schedule[0].until: "),
        ({"from": "07:00", "until": 700}, "put it in quotes"),
        ({"from": "07:00", "until": "07:00"}, "is the same as `from`"),
        ({"from": "07:00", "until": "22:00", "days": ["monday"]}, "schedule[0].days[0]: "),
        ({"from": "07:00", "until": "22:00", "days": []}, "at least 1"),
        ({"from": "07:00", "until": "22:00", "day": []}, "did you mean days?"),
    ],
)
def test_a_fault_of_a_schedule_is_told_with_its_place(
    tmp_path: Path, span: dict[str, object], word: str
) -> None:
    fault = zone_fault(tmp_path, schedule=[span])
    assert fault.startswith("views[0].zones[0].schedule[0]")
    assert word in fault


def test_hours_need_no_quotes(tmp_path: Path) -> None:
    text = SAMPLE.replace("dwell_s: 180", "schedule: [{from: 7:05, until: 22:30}]")
    (span,) = load(tmp_path, text).views[0].zones[0].schedule
    assert (span.begin, span.until) == ("07:05", "22:30")


def test_what_a_camera_does_not_say_has_its_usual_value(tmp_path: Path) -> None:
    read = load(tmp_path, camera())
    looking = read.looking
    assert read.gap_s == 300
    assert (looking.every_s, looking.whole_every_s, looking.still_every_s) == (2, 30, 30)
    assert looking.gate
    assert read.ground_for(Size(9, 9)) is None
    assert read.views[0].reference is None


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"gap_s": 0}, "gap_s"),
        ({"gap_s": "300"}, "gap_s"),
        ({"looking": {"every_s": 0}}, "looking.every_s"),
        ({"looking": {"gate": "maybe"}}, "looking.gate"),
        ({"looking": {"every": 2}}, "looking.every"),
        ({"calendar": {"holidays": ["1st of May"]}}, "calendar.holidays[0]"),
        ({"calendar": {"holidays": [20270501]}}, "calendar.holidays[0]"),
        ({"calendar": {"public": "usa"}}, "calendar.public"),
        (
            {"calendar": {"holidays": ["2027-05-01"], "workdays": ["2027-05-01"]}},
            "calendar.workdays[0]",
        ),
    ],
)
def test_a_fault_of_the_whole_camera_is_told_with_its_place(
    tmp_path: Path, more: dict[str, object], place: str
) -> None:
    (fault,) = faults(tmp_path, camera(**more))
    assert fault.startswith(f"{place}: ")


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../a.jpg", "a/../../b.jpg", "", ".", "a\\b.jpg", "a\nb", "a\0b", 7]
)
def test_a_reference_picture_lies_beside_the_camera_file(tmp_path: Path, path: object) -> None:
    (fault,) = faults(tmp_path, camera(views=[view(reference=path)]))
    assert fault.startswith("views[0].reference: ")
    assert load(tmp_path, camera(views=[view(reference="views/主.jpg")]))


def test_an_address_in_the_wrong_place_does_not_show_its_password(tmp_path: Path) -> None:
    address = "rtsp://admin:hunter2@10.0.0.1/live"
    for wrong in ({"timezone": address}, {address: 1}, {"id": address}, {"position": address}):
        (fault,) = faults(tmp_path, camera(**wrong))
        assert "hunter2" not in fault


def test_the_camera_of_the_demonstration_is_one() -> None:
    path = Path(__file__).parents[2] / "demo/camera/camera.yaml"
    zones = load_camera(path).zones_for(Size(352, 240))
    assert [(found.kind, found.dwell_s, found.class_ids) for found in zones] == [
        ("no_parking", 180, {3, 5})
    ] * 2
    assert all(found.in_force(None) and found.least_size_px == 0 for found in zones)


def fields(schema: dict[str, object]) -> Iterator[tuple[str, dict[str, Any]]]:
    models = [schema, *cast("dict[str, dict[str, Any]]", schema["$defs"]).values()]
    for model in models:
        yield from cast("dict[str, dict[str, Any]]", model.get("properties", {})).items()


@pytest.mark.parametrize("schema", [camera_schema, fleet_schema])
def test_the_schema_explains_every_field(schema: Callable[[], dict[str, object]]) -> None:
    for name, field in fields(schema()):
        assert field.get("title"), name
        assert field.get("description"), name
        kinds = {field.get("type"), *(it.get("type") for it in field.get("anyOf", ()))}
        if kinds & {"number", "integer"} or name in {"size", "polygon", "from", "until"}:
            assert field.get("unit"), name


def test_the_schema_agrees_with_the_reader() -> None:
    schema = camera_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(yaml.safe_load(SAMPLE), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(camera(colour=1), schema)


CORNER = st.tuples(st.floats(0, 1), st.floats(0, 1))
SIDES = st.integers(1, 8000)


@given(st.lists(CORNER, min_size=3, max_size=6), SIDES, SIDES)
@settings(deadline=None)
def test_any_sound_zone_stays_usable_at_any_size(
    corners: list[tuple[float, float]], width: int, height: int
) -> None:
    try:
        sound = Zone.model_validate(zone(polygon=corners))
    except ValueError:
        return
    scene = sound.scaled(width, height)
    whole = np.array([(0, -2 * height, width, height)], dtype=np.float64)
    assert 0 <= foot_share(whole, scene.polygon)[0] <= 1
    assert scene.polygon.area <= width * height * 1.000001


@given(
    st.floats(0.01, 1),
    st.floats(0.01, 1),
    SIDES,
    SIDES,
)
def test_scaling_a_rectangle_keeps_its_share_of_the_picture(
    x: float, y: float, width: int, height: int
) -> None:
    part = Zone.model_validate(zone(polygon=[[0, 0], [x, 0], [x, y], [0, y]]))
    assert part.scaled(width, height).polygon.area == pytest.approx(x * y * width * height)


FUZZ = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PIECES = st.one_of(
    st.binary(max_size=10),
    st.sampled_from(
        [b"*a", b"&a ", b"!!int ", b"{", b"[", b"? ", b"\t", b"- ", b": ", b".nan", b"1:2", b"~"]
    ),
)
EDITS = st.lists(
    st.tuples(st.integers(0, len(SAMPLE.encode())), st.integers(0, 20), PIECES),
    min_size=1,
    max_size=4,
)


@given(EDITS)
@FUZZ
def test_mutated_files_give_a_camera_or_a_camera_file_error(
    tmp_path: Path, edits: list[tuple[int, int, bytes]]
) -> None:
    content = SAMPLE.encode()
    for start, length, piece in edits:
        content = content[:start] + piece + content[start + length :]
    path = tmp_path / "camera.yaml"
    path.write_bytes(content)
    try:
        load_camera(path).zones_for(Size(64, 48))
    except CameraFileError as error:
        str(error).encode()


PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
KEYS = [*View.model_fields, *Zone.model_fields, "from", "points", "lat", "holidays", "every_s"]
NESTED = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner),
    max_leaves=12,
)


@given(st.sampled_from(list(Camera.model_fields)), NESTED)
@FUZZ
def test_any_value_in_any_place_gives_a_camera_or_a_camera_file_error(
    tmp_path: Path, key: str, value: object
) -> None:
    path = tmp_path / "camera.yaml"
    path.write_text(json.dumps(camera() | {key: value}), encoding="utf-8")
    try:
        load_camera(path)
    except CameraFileError as error:
        str(error).encode()


@given(NESTED)
@FUZZ
def test_any_zone_gives_a_camera_or_a_camera_file_error(tmp_path: Path, value: object) -> None:
    path = tmp_path / "camera.yaml"
    entries = value if isinstance(value, list) else [value]
    content = camera(views=[{"name": "main", "zones": [zone(), *entries]}])
    path.write_text(json.dumps(content), encoding="utf-8")
    try:
        load_camera(path)
    except CameraFileError as error:
        str(error).encode()
