from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer.main

from detector.cli import app
from detector.rules.rulebook import RULES
from detector.taxonomy import TAXONOMY

ROOT = Path(__file__).parents[2]
GUIDES = ["guide.en.md", "guide.zh.md"]
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def read(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("guide", GUIDES)
def test_every_option_of_scan_is_in_the_guide(guide: str):
    text = read(guide)
    options = {
        name
        for parameter in COMMANDS["scan"].params
        for name in parameter.opts
        if name.startswith("--") and name != "--help"
    }

    assert options
    assert {name for name in options if name not in text} == set()


@pytest.mark.parametrize("guide", GUIDES)
def test_every_command_and_every_rule_is_in_the_guide(guide: str):
    text = read(guide)

    assert [name for name in COMMANDS if f"streetwarden {name}" not in text] == []
    assert [rule.name for rule in RULES if f"`{rule.name}`" not in text] == []


def test_every_run_time_dependency_has_its_licence_written_down():
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = project.partition("\ndependencies = [")[2].partition("\n]")[0]
    named = set(re.findall(r'"([a-z0-9-]+)', block))
    written = read("dependencies.md")

    assert named
    assert {name for name in named if f"| {name} " not in written} == set()


def test_every_relative_link_leads_somewhere():
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        text = page.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_class_has_names_in_both_languages_and_a_colour_of_its_own():
    colours = [entry.colour for entry in TAXONOMY.classes]

    assert all(entry.zh and entry.en for entry in TAXONOMY.classes)
    assert len(set(colours)) == len(colours)
    assert [entry.id for entry in TAXONOMY.classes] == list(range(len(TAXONOMY.classes)))
