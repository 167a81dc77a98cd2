"""What is measured: sides of a source, what a recipe left out, what matches a pattern."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from training.errors import DataError
from training.evaluation.subject import quiet_sources, source_subject
from training.recipe import DataPart


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("data/stall/images", "data/stall/labels", "data/tidy", "data/lines"):
        (tmp_path / folder).mkdir(parents=True)
    for stem in ("mark_1", "mark_2", "trip_1", "trip_2"):
        (tmp_path / f"data/stall/images/{stem}.png").touch()
        (tmp_path / f"data/stall/labels/{stem}.txt").write_text("0 0.5 0.5 0.2 0.2\n")
    for name in ("tidy/a", "tidy/b", "lines/c"):
        (tmp_path / f"data/{name}.png").touch()
    for name, fields in {
        "stall": {"folders": ["stall"], "labelled": True, "classes": {0: "stall"}},
        "quiet": {"folders": ["tidy", "lines"], "labelled": False, "classes": {}},
    }.items():
        source = {"name": name, "split": {"by": "all", "side": "train"}, **fields}
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(source))
    return tmp_path


def stems(root: Path, **options: object) -> list[str]:
    subject = source_subject(root / "stall.yaml", root / "data", classes=(), **options)  # type: ignore[arg-type]
    return [it.picture.stem for it in subject.collection.pictures]


def test_a_side_of_the_split(root: Path) -> None:
    assert len(stems(root, side="train")) == 4
    with pytest.raises(DataError, match="no pictures on the side 'val'"):
        stems(root, side="val")


def test_what_a_recipe_left_out_whatever_its_side(root: Path) -> None:
    part = DataPart(leave_out=("stall/stall/mark_*",))
    assert stems(root, side="val", part=part) == ["mark_1", "mark_2"]


def test_one_of_several_patterns(root: Path) -> None:
    assert stems(root, side="all", only=("*/mark_1", "*/trip_2")) == ["mark_1", "trip_2"]


def test_quiet_pictures_by_folder_as_far_as_a_recipe_left_them_out(root: Path) -> None:
    sets = quiet_sources(root / "quiet.yaml", root / "data", None)
    assert {name: len(pictures) for name, pictures in sets.items()} == {"lines": 1, "tidy": 2}
    part = DataPart(leave_out=("quiet/tidy/a",))
    sets = quiet_sources(root / "quiet.yaml", root / "data", part)
    assert {name: [it.stem for it in found] for name, found in sets.items()} == {"tidy": ["a"]}
    with pytest.raises(DataError, match="no pictures that the recipe leaves out"):
        quiet_sources(root / "quiet.yaml", root / "data", DataPart())


def test_pictures_that_are_alike_are_one_group(root: Path) -> None:
    path = root / "stall.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "group: '^[a-z]+'\n", encoding="utf-8")
    subject = source_subject(path, root / "data", "all", ())
    assert subject.groups == ("mark", "mark", "trip", "trip")
