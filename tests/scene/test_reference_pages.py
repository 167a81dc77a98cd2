from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast

import pytest

from detector.address import StreamKind
from detector.geometry.zone import ZoneKind
from detector.scene.camera import camera_schema, load_camera
from detector.scene.fleet import fleet_schema, load_fleet
from detector.scene.purposes import PURPOSES
from detector.scene.schedule import DayName
from detector.taxonomy import TAXONOMY

PAGES = Path(__file__).parents[2] / "docs"
NAMES = ["cameras.en.md", "cameras.zh.md"]


def page(name: str) -> str:
    return (PAGES / name).read_text(encoding="utf-8")


def examples(name: str) -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", page(name), re.DOTALL)


def keys(schema: dict[str, object]) -> set[str]:
    models = [schema, *cast("dict[str, dict[str, Any]]", schema["$defs"]).values()]
    return {key for model in models for key in cast("dict[str, Any]", model).get("properties", {})}


@pytest.mark.parametrize("name", NAMES)
def test_every_field_is_explained_in_a_table(name: str) -> None:
    told = {it for row in re.findall(r"^\|.*\|$", page(name), re.M) for it in words(row)}
    assert (keys(camera_schema()) | keys(fleet_schema())) - told == set()
    assert {*DayName, *StreamKind} - told == set()


def words(row: str) -> list[str]:
    return re.findall(r"`([a-z_]+)`", row)


@pytest.mark.parametrize("name", NAMES)
def test_every_kind_of_zone_is_told_with_its_classes_and_its_stay(name: str) -> None:
    rows = {row.split("`")[1]: row for row in re.findall(r"^\| `.*\|$", page(name), re.M)}
    for kind in ZoneKind:
        purpose, row = PURPOSES[kind], rows[kind]
        if len(purpose.nameable) < len(TAXONOMY.classes):
            names = {TAXONOMY.class_names[number] for number in purpose.nameable}
            assert {it for it in names if it not in row} == set()
        if purpose.dwell_s:
            assert f"| {purpose.dwell_s:.0f}" in row


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_are_sound(name: str, tmp_path: Path) -> None:
    one, many = examples(name)
    path = tmp_path / "crossing-12/camera.yaml"
    path.parent.mkdir()
    path.write_text(one, encoding="utf-8")
    assert {zone.kind for zone in load_camera(path).views[0].zones} == set(ZoneKind)
    fleet_path = tmp_path / "cameras.yaml"
    fleet_path.write_text(many, encoding="utf-8")
    fleet = load_fleet(fleet_path)
    assert (len(fleet.cameras), fleet.faults, fleet.warnings) == (3, (), ())


def test_both_languages_show_the_same_example() -> None:
    english, chinese = (
        [re.sub(r"name: [^,\n}]+", "name: x", it) for it in examples(name)] for name in NAMES
    )
    assert english == chinese
