from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import cast

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
from detector.scene.zone import Zone

SHARED = Path(__file__).parents[2].parent / "shared"
SAMPLE = """\
id: crossing-12
name: 人民路口
timezone: Asia/Shanghai
position: {lat: 31.2304, lon: 121.4737, accuracy_m: 15}
views:
  - name: main
    size: [1920, 1080]
    zones:
      - {name: kerb, kind: no_parking, polygon: [[100, 620], [900, 600], [940, 760], [80, 800]],
         dwell_s: 180, classes: [car, bus, truck]}
"""
SQUARE = [[0, 0], [100, 0], [100, 100], [0, 100]]


def camera(**more: object) -> dict[str, object]:
    return {"id": "a", "name": "A", "timezone": "Asia/Shanghai", "views": [view()]} | more


def view(*zones: dict[str, object], **more: object) -> dict[str, object]:
    return {"name": "main", "size": [200, 100], "zones": list(zones or [zone()])} | more


def zone(**more: object) -> dict[str, object]:
    return {"name": "kerb", "kind": "no_parking", "polygon": SQUARE} | more


class WrittenOut(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True


def load(folder: Path, content: object) -> Camera:
    path = folder / "camera.yaml"
    text = content if isinstance(content, str) else yaml.dump(content, Dumper=WrittenOut)
    path.write_text(text, encoding="utf-8")
    return load_camera(path)


def faults(folder: Path, content: object) -> list[str]:
    with pytest.raises(CameraFileError) as caught:
        load(folder, content)
    head, *lines = str(caught.value).splitlines()
    assert "camera.yaml" in head
    return [line.strip() for line in lines]


def zone_fault(folder: Path, **more: object) -> str:
    (fault,) = faults(folder, camera(views=[view(zone(**more))]))
    return fault


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
        ({"classes": ["stall"]}, "no vehicle"),
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
    told = faults(tmp_path, camera(id="A", timezone="x", views=bad, colour=1))
    assert {fault.split(": ")[0] for fault in told} == {
        "id",
        "timezone",
        "colour",
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


def fields(schema: dict[str, object]) -> Iterator[tuple[str, dict[str, object]]]:
    models = [schema, *cast("dict[str, dict[str, object]]", schema["$defs"]).values()]
    for model in models:
        yield from cast("dict[str, dict[str, object]]", model.get("properties", {})).items()


def test_the_schema_explains_every_field() -> None:
    for name, field in fields(camera_schema()):
        assert field.get("title"), name
        assert field.get("description"), name
        if name.endswith(("_s", "_m", "_share")) or name in {"lat", "lon", "size", "polygon"}:
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
NESTED = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["name", "kind", "polygon", "zones", "size", "dwell_s", "lat"]), inner
        )
    ),
    max_leaves=12,
)


@given(st.sampled_from(["id", "name", "timezone", "position", "views"]), NESTED)
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
