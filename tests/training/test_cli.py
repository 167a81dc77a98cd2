"""The commands of the training room as a user types them: good input, bad input, help."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image
from typer.testing import CliRunner

from detector.cli import FAILED, app
from detector.cli import main as run_main
from tests.conftest import Ran

RECIPE = {
    "name": "tiny",
    "start": "none.pt",
    "data": {"sources": ["carts"]},
    "train": {"ultralytics": {"epochs": 1}},
}
Streetwarden = Callable[..., Ran]


@pytest.fixture
def streetwarden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Streetwarden:
    """The command in this process, which is quicker: in an empty folder, with a wide terminal."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: object) -> Ran:
        monkeypatch.setattr("sys.argv", ["streetwarden", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            run_main()
        said = capsys.readouterr()
        code = ended.value.code
        return Ran(code if isinstance(code, int) else 0, said.out, said.err)

    return run


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """A folder of YOLO labels as another tool writes it: eight pictures of carts."""
    folder = tmp_path / "theirs"
    for name in ("images", "labels"):
        (folder / name).mkdir(parents=True)
    rng = np.random.default_rng(0)
    for number in range(8):
        picture = rng.integers(0, 255, (60, 80, 3), dtype=np.uint8)
        Image.fromarray(picture).save(folder / "images" / f"p{number}.png")
        (folder / "labels" / f"p{number}.txt").write_text("0 0.5 0.5 0.2 0.4\n", encoding="utf-8")
    (folder / "data.yaml").write_text("names: [cart]\n", encoding="utf-8")
    (tmp_path / "classes.yaml").write_text("cart: stall\n", encoding="utf-8")
    return folder


@pytest.fixture
def imported(streetwarden: Streetwarden, theirs: Path, tmp_path: Path) -> Path:
    """The same, imported as a source: its file lies in it, its recipe in recipe.yaml."""
    ran = streetwarden(
        *("data", "import", theirs, "data/carts", "--name", "carts"),
        *("--classes", "classes.yaml", "--val-share", 0.25),
    )
    assert ran.code == 0, ran.err
    (tmp_path / "recipe.yaml").write_text(yaml.safe_dump(RECIPE), encoding="utf-8")
    return tmp_path / "data" / "carts"


@pytest.mark.parametrize(
    "command",
    ["data", "data check", "data import", "data export", "data build", "train", "evaluate"],
)
def test_every_command_explains_itself_and_its_options(command: str) -> None:
    ran = CliRunner(env={"COLUMNS": "200"}).invoke(app, [*command.split(), "--help"])
    assert ran.exit_code == 0
    options = [line.strip("│* ") for line in ran.output.splitlines()]
    told = [line.split(">")[-1].strip() for line in options if line.startswith("--")]
    assert told
    assert min(map(len, told)) > 8, told


def test_imported_pictures_are_checked_and_exported(
    streetwarden: Streetwarden, imported: Path, tmp_path: Path
) -> None:
    ran = streetwarden("data", "check", imported)
    assert ran.code == 0, ran.out + ran.err
    assert json.loads((tmp_path / "data-check" / "check.json").read_text())["pictures"] == 8
    ran = streetwarden("data", "export", imported, "coco", "--format", "coco")
    assert ran.code == 0, ran.err
    assert "8 pictures in coco" in ran.out
    coco = json.loads((tmp_path / "coco" / "annotations.json").read_text())
    assert len(coco["annotations"]) == 8
    assert [entry["name"] for entry in coco["categories"]] == ["stall"]


def test_an_imported_source_becomes_a_dataset(
    streetwarden: Streetwarden, imported: Path, tmp_path: Path
) -> None:
    (tmp_path / "datasets").mkdir()
    (imported / "carts.yaml").rename(tmp_path / "datasets" / "carts.yaml")
    ran = streetwarden("data", "build", "recipe.yaml", "--data", "data", "--cache", "cache")
    assert ran.code == 0, ran.err
    assert "6 pictures train" in ran.out
    assert "pictures" in ran.err, "progress is told on standard error"
    dataset = tmp_path / "cache" / "datasets" / "tiny"
    with (imported / "scenes.csv").open(encoding="utf-8") as file:
        sides = {Path(row["picture"]).stem: row["split"] for row in csv.DictReader(file)}
    for side in ("train", "val"):
        listed = (dataset / f"{side}.txt").read_text(encoding="utf-8").split()
        stems = {Path(line).stem.split("__")[-1] for line in listed}
        assert stems == {stem for stem, its in sides.items() if its == side}
        assert all((dataset / line).is_file() for line in listed)


def test_a_check_that_finds_errors_ends_with_one(streetwarden: Streetwarden, theirs: Path) -> None:
    (theirs / "images" / "p3.png").write_bytes(b"no picture")
    ran = streetwarden("data", "check", theirs, "--classes", "classes.yaml")
    assert ran.code == 1
    assert "p3.png" in ran.out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("data check", "give either a labelled folder to check, or --data"),
        ("data check nowhere", "nowhere is not there"),
        ("data check --data data", r"no source files \(\*.yaml\) in datasets"),
        ("data import nowhere out --name x", "nowhere is not there"),
        ("data export nowhere out", "nowhere is not there"),
        ("data export theirs theirs --classes classes.yaml", "is there already and not empty"),
        ("data export theirs out --classes none.yaml", "none.yaml is not there"),
        ("data import theirs out --name Carts --classes classes.yaml", "--name 'Carts'"),
        ("data build none.yaml --data data", "none.yaml cannot be read"),
        ("evaluate nowhere --out out", "nothing at nowhere"),
        ("evaluate carts.yaml --out out", "carts.yaml is a source file: give --data"),
    ],
)
def test_bad_input_gets_one_line(
    streetwarden: Streetwarden, theirs: Path, tmp_path: Path, arguments: str, told: str
) -> None:
    (tmp_path / "carts.yaml").touch()
    before = sorted(tmp_path.rglob("*"))
    ran = streetwarden(*arguments.split())
    assert ran.code == FAILED
    assert ran.out == ""
    assert ran.err.startswith("streetwarden: ")
    assert len(ran.err.splitlines()) == 1
    assert_told(ran, told)
    assert sorted(tmp_path.rglob("*")) == before


def assert_told(ran: Ran, told: str) -> None:
    assert re.search(told, ran.err), ran.err


def test_a_class_without_a_mapping_gets_a_map_to_fill_in(
    streetwarden: Streetwarden, theirs: Path
) -> None:
    ran = streetwarden("data", "export", theirs, "out")
    assert ran.code == FAILED
    assert "no class of ours for 'cart'" in ran.err
    assert "cart: null" in ran.err


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": "Tiny run"}, "recipe.yaml: name: "),
        ({"data": {"sources": ["carts", "carts"]}}, "a source is named twice"),
        ({"data": {"sources": ["bins"]}}, "names bins, which is no source: there are carts"),
        ({"data": {"repeat": {"carts": 0}}}, "data.repeat.carts"),
        ({"data": {"leave_out": ["cart/*"]}}, "'cart/.*' matches no picture"),
        ({"data": {"stalls": {"count": 1, "backgrounds": ["x"]}}}, "names x, which is no source"),
        ({"train": {}}, "train.ultralytics: Field required"),
    ],
)
def test_a_faulty_recipe_gets_one_line(
    streetwarden: Streetwarden, imported: Path, tmp_path: Path, change: dict[str, object], told: str
) -> None:
    (tmp_path / "datasets").mkdir()
    (imported / "carts.yaml").rename(tmp_path / "datasets" / "carts.yaml")
    (tmp_path / "recipe.yaml").write_text(yaml.safe_dump(RECIPE | change), encoding="utf-8")
    ran = streetwarden("data", "build", "recipe.yaml", "--data", "data", "--cache", "cache")
    assert ran.code == FAILED
    assert len(ran.err.splitlines()) == 1
    assert_told(ran, told)
    assert not (tmp_path / "cache" / "datasets").exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name: [", r"a\.yaml is no valid YAML"),
        ("name: a", r"a\.yaml: folders: Field required"),
        ("{name: a, folders: [a], labelled: true, classes: {0: tram}, split: {by: all, side: val}}",
         r"a\.yaml: classes\.0: .*'tram' is not a class"),
        ("{name: a, folders: [a], labelled: true, classes: {}, split: {by: day}}",
         r"a\.yaml: split"),
    ],
)  # fmt: skip
def test_a_faulty_source_file_is_named(
    streetwarden: Streetwarden, tmp_path: Path, text: str, told: str
) -> None:
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "a.yaml").write_text(text, encoding="utf-8")
    ran = streetwarden("data", "check", "--data", ".")
    assert ran.code == FAILED
    assert len(ran.err.splitlines()) == 1
    assert_told(ran, told)


@pytest.mark.skipif(find_spec("ultralytics") is not None, reason="the train extra is there")
@pytest.mark.parametrize(
    "arguments",
    [
        "train recipe.yaml",
        "data build taught.yaml --data data",
    ],
)
def test_without_the_training_environment_the_remedy_is_told(
    streetwarden: Streetwarden, tmp_path: Path, arguments: str
) -> None:
    teacher = {"weights": "t.pt", "classes": ["car"], "sure": 0.5, "unsure": 0.4}
    taught = RECIPE | {"data": {"teachers": [teacher]}}
    for name, recipe in (("recipe", RECIPE), ("taught", taught)):
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(recipe), encoding="utf-8")
    ran = streetwarden(*arguments.split())
    assert ran.code == FAILED
    assert len(ran.err.splitlines()) == 1
    assert "make train-env" in ran.err
    assert ".venv-train/bin/streetwarden" in ran.err
