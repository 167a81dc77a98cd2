from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.errors import CameraFileError
from detector.pipeline.watch.reload import FleetFiles, Plan, digest_of, plan
from detector.scene.fleet import Fleet, FleetFault

INLINE = """
  - id: {id}
    name: {id}
    timezone: Asia/Shanghai
    views: [{{name: main}}]
    stream: {{kind: file, address: {address}}}
"""
OF_FILE = """
  - file: {id}.yaml
    stream: {{kind: file, address: film.mp4}}
"""
CAMERA = "id: {id}\nname: {name}\ntimezone: Asia/Shanghai\nviews: [{{name: main}}]\n"


def write(folder: Path, *entries: str) -> Path:
    path = folder / "cameras.yaml"
    path.write_text("cameras:" + "".join(entries), encoding="utf-8")
    return path


def inline(id_: str, address: str = "film.mp4") -> str:
    return INLINE.format(id=id_, address=address)


def camera_file(folder: Path, id_: str, name: str = "x") -> str:
    (folder / f"{id_}.yaml").write_text(CAMERA.format(id=id_, name=name), encoding="utf-8")
    return OF_FILE.format(id=id_)


def changed(files: FleetFiles) -> bool:
    """Whether a change is told once the file has come to rest."""
    return files.changed() or files.changed()


def wanted(fleet: Fleet) -> dict[str, str]:
    return {it.id: digest_of(fleet, it) for it in fleet.cameras}


def test_a_file_that_was_only_touched_has_not_changed(tmp_path):
    path = write(tmp_path, inline("a"))
    files = FleetFiles(path)
    files.load()
    os.utime(path, (1, 1))

    assert not changed(files)


def test_another_content_is_told_once(tmp_path):
    files = FleetFiles(write(tmp_path, inline("a")))
    files.load()
    write(tmp_path, inline("a"), inline("b"))

    assert changed(files)
    assert not changed(files)


def test_a_change_of_a_camera_file_that_it_names_is_seen(tmp_path):
    files = FleetFiles(write(tmp_path, camera_file(tmp_path, "a")))
    before = wanted(files.load())
    camera_file(tmp_path, "a", name="another")

    assert changed(files)
    assert wanted(files.load()) != before


def test_a_camera_file_that_was_missing_and_appears_is_seen(tmp_path):
    files = FleetFiles(write(tmp_path, OF_FILE.format(id="late"), inline("a")))
    assert [it.id for it in files.load().cameras] == ["a"]
    camera_file(tmp_path, "late")

    assert changed(files)
    assert {it.id for it in files.load().cameras} == {"a", "late"}


def test_after_a_broken_edit_the_repair_is_seen(tmp_path):
    files = FleetFiles(write(tmp_path, inline("a")))
    files.load()
    write(tmp_path, "\n  - {broken")
    assert changed(files)
    with pytest.raises(CameraFileError):
        files.load()
    assert not changed(files)
    write(tmp_path, inline("a"))

    assert changed(files)


def test_one_cameras_change_is_its_own(tmp_path):
    files = FleetFiles(write(tmp_path, inline("a"), inline("b")))
    before = wanted(files.load())
    write(tmp_path, inline("b", "other.mp4"), inline("a"), inline("c"))
    fleet = files.load()

    assert plan(before, fleet, wanted(fleet)) == Plan(start=("c",), restart=("b",), stop=())


def test_a_removed_camera_stops_and_a_faulty_one_goes_on(tmp_path):
    files = FleetFiles(write(tmp_path, inline("a"), inline("b"), inline("c")))
    before = wanted(files.load())
    write(tmp_path, inline("a", "../film.mp4"), inline("c"))
    fleet = files.load()

    assert plan(before, fleet, wanted(fleet)) == Plan(start=(), restart=(), stop=("b",))


def test_a_faulty_entry_without_an_id_may_be_any_of_the_missing(tmp_path):
    fleet = Fleet((), (), (FleetFault("cameras[0]", None, ("?",)),))

    assert plan({"a": "1"}, fleet, {}).stop == ()


IDS = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("12"))


@given(running=IDS, sound=IDS, faulty=st.sets(st.sampled_from("abcdef")))
def test_a_plan_leads_to_the_fleet_and_keeps_what_is_faulty(running, sound, faulty):
    fleet = Fleet((), (), tuple(FleetFault("?", id_, ()) for id_ in faulty - set(sound)))
    steps = plan(running, fleet, sound)

    kept = {id_: it for id_, it in running.items() if id_ not in (*steps.stop, *steps.restart)}
    after = kept | {id_: sound[id_] for id_ in (*steps.start, *steps.restart)}
    spared = {id_: it for id_, it in running.items() if id_ in faulty - set(sound)}
    assert after == sound | spared
    assert set(steps.start).isdisjoint(running)


def test_a_file_that_is_still_being_written_has_not_changed_yet(tmp_path):
    files = FleetFiles(write(tmp_path, inline("a"), inline("b")))
    files.load()
    write(tmp_path, inline("a"))
    assert not files.changed()
    write(tmp_path, inline("a"), inline("b"), inline("c"))
    assert not files.changed()

    assert files.changed()
    assert not changed(files)
