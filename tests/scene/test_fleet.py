from __future__ import annotations

import json
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detector.address import PRIVATE_NETWORKS
from detector.errors import CameraFileError
from detector.looks import Size
from detector.scene.fleet import Fleet, fleet_schema, load_fleet
from tests.scene.cameras import SAMPLE, WrittenOut, camera, view, zone

STREAM = {"kind": "rtsp", "address": "rtsp://10.0.0.12/live"}


def listed(name: str = "a", /, **more: object) -> dict[str, object]:
    return camera(id=name, stream=STREAM) | more


def fleet(folder: Path, *cameras: object, **more: object) -> Fleet:
    return read(folder, {"cameras": list(cameras)} | more)


def read(folder: Path, content: object) -> Fleet:
    path = folder / "cameras.yaml"
    text = content if isinstance(content, str) else yaml.dump(content, Dumper=WrittenOut)
    path.write_text(text, encoding="utf-8")
    return load_fleet(path)


def test_cameras_stand_in_the_file_or_in_files_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "east").mkdir()
    (tmp_path / "east/crossing.yaml").write_text(SAMPLE, encoding="utf-8")
    of_file = {"file": "east/crossing.yaml", "stream": STREAM}
    found = fleet(tmp_path, listed(), of_file)
    assert [it.id for it in found.cameras] == ["a", "crossing-12"]
    assert [it.folder for it in found.cameras] == [tmp_path, tmp_path.resolve() / "east"]
    assert found.cameras[1].stream.address == STREAM["address"]
    assert found.networks == PRIVATE_NETWORKS
    assert (found.faults, found.warnings) == ((), ())


def test_one_bad_camera_does_not_stop_the_others(tmp_path: Path) -> None:
    bad = listed("b", timezone="Mars/Olympus", colour=1)
    bad.pop("stream")
    found = fleet(tmp_path, listed(), bad, listed("c"), "hello")
    assert [it.id for it in found.cameras] == ["a", "c"]
    assert [(it.place, it.id) for it in found.faults] == [("cameras[1]", "b"), ("cameras[3]", None)]
    head, *lines = str(found.faults[0]).splitlines()
    assert head == "cameras[1] (b): is left out:"
    places = {line.split(": ")[0].strip() for line in lines}
    assert places == {"timezone", "colour", "stream"}


SELDOM = {
    "kind": "picture",
    "address": "http://10.0.0.7/now.jpg",
    "picture_every_s": 120,
    "silent_after_s": 600,
    "frozen_after_s": 600,
}


@pytest.mark.parametrize(
    ("entry", "word"),
    [
        ({"file": "../camera.yaml", "stream": STREAM}, "leads out of"),
        ({"file": "/etc/passwd", "stream": STREAM}, "leads out of"),
        ({"file": "link.yaml", "stream": STREAM}, "leads out of"),
        ({"file": "none.yaml", "stream": STREAM}, "cannot be read"),
        ({"file": "bad.yaml", "stream": STREAM}, "is no sound camera file"),
        ({"file": 7, "stream": STREAM}, "file: should be a valid string"),
        ({"file": "good.yaml", "id": "a", "stream": STREAM}, "id: is an unknown key"),
        ({"file": "good.yaml"}, "stream: is missing"),
        (listed(stream={"kind": "rtsp"}), "stream.address: is missing"),
        (listed(stream=7), "stream: should be keys with values"),
        (
            listed(stream=SELDOM),
            "three pictures take longer",
        ),
        (listed(streem=7), "did you mean stream?"),
        (listed(stream=STREAM | {"address": "rtsp://8.8.8.8/"}), "none of the networks"),
        (listed(stream=STREAM | {"address": "rtsp://127.0.0.1/"}), "none of the networks"),
        (listed(stream=STREAM | {"password": "hunter2"}), "did you mean password_env?"),
        (listed(stream=STREAM | {"address": "http://a:hunter2@10.0.0.1/"}), "begin with"),
        ({"file": "rtsp://a:hunter2@10.0.0.1/", "stream": STREAM}, "file: "),
    ],
)
def test_a_faulty_camera_is_told_with_the_remedy(tmp_path: Path, entry: object, word: str) -> None:
    folder = tmp_path / "city"
    folder.mkdir()
    (tmp_path / "outside.yaml").write_text(SAMPLE, encoding="utf-8")
    (folder / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    (folder / "good.yaml").write_text(SAMPLE, encoding="utf-8")
    (folder / "bad.yaml").write_text("id: east\n", encoding="utf-8")
    found = fleet(folder, entry)
    assert found.cameras == ()
    (fault,) = found.faults
    assert word in str(fault)
    assert "hunter2" not in str(fault)


def test_the_id_of_a_faulty_camera_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("id: east\n", encoding="utf-8")
    (fault,) = fleet(tmp_path, {"file": "bad.yaml", "stream": STREAM}).faults
    assert fault.id == "east"


def test_an_id_is_there_once(tmp_path: Path) -> None:
    found = fleet(tmp_path, listed(name="First"), listed(name="Second"))
    assert [it.camera.name for it in found.cameras] == ["First"]
    assert "'a' is there twice; rename one" in str(found.faults[0])


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("cameras: [", "not plain YAML"),
        ("", "cameras: is no list"),
        ("cameras: 7", "cameras: is no list"),
        ("- 1", "cameras: is no list"),
        ({"cameras": [], "colour": 1}, "the known keys are networks, calendar, cameras"),
        ({"cameras": [], "networks": []}, "networks: should have at least 1 item"),
        ({"cameras": [], "networks": ["10.0.0.1/8"]}, r"networks\[0\]: is no network"),
        ({"cameras": [], "networks": [10]}, r"networks\[0\]: "),
        ({"cameras": [], "calendar": {"holidays": ["x"]}}, r"calendar.holidays\[0\]: is no date"),
    ],
)
def test_what_holds_for_all_cameras_must_be_sound(
    tmp_path: Path, content: object, word: str
) -> None:
    with pytest.raises(CameraFileError, match=word):
        read(tmp_path, content)


def test_a_fleet_may_be_empty(tmp_path: Path) -> None:
    assert fleet(tmp_path).cameras == ()


def test_networks_are_those_that_the_file_names(tmp_path: Path) -> None:
    near = listed(stream=STREAM | {"address": "rtsp://127.0.0.1:8554/live"})
    found = fleet(tmp_path, near, networks=["127.0.0.0/8", "fd00:7::/48"])
    assert found.networks == (ip_network("127.0.0.0/8"), ip_network("fd00:7::/48"))
    assert len(found.cameras) == 1


def test_a_password_in_an_address_is_accepted_with_a_warning_that_hides_it(tmp_path: Path) -> None:
    open_door = STREAM | {"address": "rtsp://admin:hunter2@10.0.0.1/live"}
    found = fleet(tmp_path, listed(stream=open_door), listed("b"))
    (warning,) = found.warnings
    assert warning.startswith("camera a: the address holds a login")
    assert "hunter2" not in warning + repr(found)


def test_paths_of_a_stream_start_at_the_fleet_file(tmp_path: Path) -> None:
    recording = {"kind": "file", "address": "footage/a.mp4", "loop": True}
    secret = STREAM | {"user": "a", "password_file": "secrets/a"}
    absolute = {"kind": "file", "address": "/data/a.mp4"}
    found = fleet(
        tmp_path,
        *(listed(f"c{n}", stream=it) for n, it in enumerate((recording, secret, absolute))),
    )
    streams = [it.stream for it in found.cameras]
    assert streams[0].address == str(tmp_path / "footage/a.mp4")
    assert streams[1].password_file == str(tmp_path / "secrets/a")
    assert streams[2].address == "/data/a.mp4"


def test_the_city_knows_holidays_for_all_its_cameras(tmp_path: Path) -> None:
    holiday = zone(schedule=[{"days": ["holiday"], "from": "00:00", "until": "24:00"}])
    own = {"workdays": ["2027-03-03"]}
    found = fleet(
        tmp_path,
        listed("a", views=[view(holiday)]),
        listed("b", views=[view(holiday)], calendar=own),
        calendar={"holidays": ["2027-03-03"]},
    )
    noon = datetime(2027, 3, 3, 4, tzinfo=UTC)
    zones = [it.camera.zones_for(Size(9, 9))[0] for it in found.cameras]
    assert [it.in_force(noon) for it in zones] == [True, False]


def test_a_camera_is_equal_until_something_of_it_changes(tmp_path: Path) -> None:
    (before,) = fleet(tmp_path, listed()).cameras
    (again,) = fleet(tmp_path, listed()).cameras
    assert before == again
    assert before.digest == again.digest
    changes = [
        listed(name="B"),
        listed(gap_s=60.0),
        listed(stream=STREAM | {"transport": "udp"}),
        listed(stream=STREAM | {"address": "rtsp://10.0.0.13/live"}),
    ]
    for changed in changes:
        (after,) = fleet(tmp_path, changed).cameras
        assert before != after
        assert before.digest != after.digest


def test_the_schema_agrees_with_the_reader(tmp_path: Path) -> None:
    schema = fleet_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    sound = {"cameras": [listed(), {"file": "a.yaml", "stream": STREAM}]}
    jsonschema.validate(sound, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"cameras": [listed(stream=None)]}, schema)


FUZZ = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
KEYS = ["id", "file", "stream", "kind", "address", "networks", "cameras", "views", "user"]
NESTED = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner),
    max_leaves=10,
)


@given(NESTED, st.sampled_from(["networks", "calendar", "cameras", "entry", "stream"]))
@FUZZ
def test_any_value_in_any_place_gives_a_fleet_or_a_camera_file_error(
    tmp_path: Path, value: object, where: str
) -> None:
    entries = [listed(), listed("b", stream=value) if where == "stream" else value]
    content: dict[str, object] = {"cameras": entries}
    if where in {"networks", "calendar", "cameras"}:
        content = {"cameras": [listed()]} | {where: value}
    path = tmp_path / "cameras.yaml"
    path.write_text(json.dumps(content), encoding="utf-8")
    try:
        found = load_fleet(path)
    except CameraFileError as error:
        assert where in {"networks", "calendar", "cameras"}
        str(error).encode()
        return
    "".join(map(str, (*found.faults, *found.warnings))).encode()
    if where in {"entry", "stream"}:
        assert found.cameras[0].id == "a"
