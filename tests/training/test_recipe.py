"""Recipes: those of the project load, those with faults are refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.errors import DataError
from training.recipe import load_recipe
from training.sources import load_sources

PROJECT = Path(__file__).resolve().parents[2]
RECIPES = sorted((PROJECT / "training" / "recipes").glob("*.yaml"))


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_of_the_project_is_named_as_its_file_and_knows_its_sources(path: Path) -> None:
    recipe = load_recipe(path)
    assert recipe.name == path.stem
    known = {source.name for source in load_sources(PROJECT / "datasets")}
    assert set(recipe.data.sources) <= known
    assert all(pattern.split("/")[0] in known for pattern in recipe.data.leave_out)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name: a\nstart: b.pt\ntrain: {ultralytics: {}, threds: 2}", r"train\.threds"),
        ("name: a\nstart: b.pt", "train: Field required"),
        ("name: [", "is no valid YAML"),
        (
            "name: a\nstart: b\ntrain: {ultralytics: {}}\n"
            "data: {teachers: [{weights: w, classes: [tram], sure: 0.5, unsure: 0.2}]}",
            "'tram' is not a class",
        ),
        (
            "name: a\nstart: b\ntrain: {ultralytics: {}}\n"
            "data: {teachers: [{weights: w, classes: [car], sure: 0.2, unsure: 0.5}]}",
            "unsure must not be above sure",
        ),
    ],
)
def test_a_faulty_recipe_is_refused(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=told):
        load_recipe(path)


def test_a_missing_recipe_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.yaml"):
        load_recipe(tmp_path / "none.yaml")
