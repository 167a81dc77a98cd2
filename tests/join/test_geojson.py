from __future__ import annotations

import json
from pathlib import Path
from typing import TypedDict, cast
from uuid import UUID

import pytest

from detector.errors import OutputError
from detector.join.geojson import feature_collection, write_geojson
from detector.join.score import first_score
from detector.observation import Position, PositionMethod, State
from detector.problem import Problem
from detector.taxonomy import Kind

HERE = Position(lat=31.23041234567, lon=121.4737, accuracy_m=12, method=PositionMethod.TRACK)


def problem(number: int, position: Position | None = HERE) -> Problem:
    return Problem(
        id=UUID(int=number),
        kind=Kind.EXPOSED_GARBAGE,
        sub_kind="garbage.exposed",
        state=State.ONGOING,
        score=first_score("garbage.exposed", count=1, dwell_s=None, arrival_known=False),
        position=position,
        zone="后巷",
        sources=("a.mp4",),
        started_at=None,
        ended_at=None,
        dwell_s=0,
        arrival_known=False,
        confidence=0.8,
        looks=3,
        observations=(UUID(int=7),),
        cover=None,
    )


class Feature(TypedDict):
    id: str
    geometry: dict[str, object] | None
    properties: dict[str, object]


class Written(TypedDict):
    features: list[Feature]


def written(path: Path) -> Written:
    return cast("Written", json.loads(path.read_text(encoding="utf-8")))


def test_longitude_comes_first_with_at_most_six_digits(tmp_path: Path) -> None:
    write_geojson(tmp_path / "problems.geojson", [problem(1)])
    (feature,) = written(tmp_path / "problems.geojson")["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [121.4737, 31.230412]}
    assert "31.23041234567" not in (tmp_path / "problems.geojson").read_text(encoding="utf-8")


def test_an_unlocated_problem_has_a_null_geometry(tmp_path: Path) -> None:
    write_geojson(tmp_path / "p.geojson", [problem(1, None)])
    (feature,) = written(tmp_path / "p.geojson")["features"]
    assert feature["geometry"] is None
    assert feature["properties"]["accuracy_m"] is None


def test_the_properties_tell_the_whole_problem(tmp_path: Path) -> None:
    write_geojson(tmp_path / "p.geojson", [problem(1)])
    (feature,) = written(tmp_path / "p.geojson")["features"]
    told = feature["properties"]
    assert feature["id"] == told["id"] == str(UUID(int=1))
    assert told["suspected"] is True
    assert (told["kind_zh"], told["kind_en"]) == ("暴露垃圾", "Exposed garbage")
    assert (told["accuracy_m"], told["method"]) == (12, "track")
    assert told["observations"] == [str(UUID(int=7))]
    score = told["score"]
    assert isinstance(score, dict)
    assert score["parts"]["kind"] == 16
    assert set(Problem.model_fields) - {"position"} <= set(told)


def test_no_problems_are_an_empty_collection() -> None:
    assert feature_collection([]) == {"type": "FeatureCollection", "features": []}


def test_the_file_is_readable_chinese_and_the_same_every_time(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_geojson(tmp_path / name, [problem(1), problem(2, None)])
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert "后巷".encode() in (tmp_path / "a").read_bytes()


def test_an_earlier_file_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "p.geojson"
    path.write_text("old")
    write_geojson(path, [])
    assert [entry.name for entry in tmp_path.iterdir()] == ["p.geojson"]
    assert written(path)["features"] == []


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"nowhere.*another folder"):
        write_geojson(tmp_path / "nowhere" / "p.geojson", [])


def test_a_failed_write_keeps_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "p.geojson").mkdir()
    with pytest.raises(OutputError, match="cannot write"):
        write_geojson(tmp_path / "p.geojson", [])
    assert [entry.name for entry in tmp_path.iterdir()] == ["p.geojson"]
