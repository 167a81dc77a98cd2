"""Their classes become ours, or the names that do not are listed with a file to fill in."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from detector.taxonomy import TAXONOMY
from tests.training.formats.conftest import yolo
from training.errors import DataError
from training.formats import read_collection


def with_names(root: Path, names: str) -> Path:
    (yolo(root) / "data.yaml").write_text(f"names: [{names}]\n")
    return root


def test_missing_names_are_listed_with_a_template_that_reads_back(tmp_path: Path) -> None:
    root = with_names(tmp_path, "bin, 垃圾袋")
    with pytest.raises(DataError, match="no class of ours for '垃圾袋'") as caught:
        read_collection(root)
    template = yaml.safe_load(str(caught.value).split("\n\n", 1)[1])
    assert template == {"bin": "garbage_bin", "垃圾袋": None}


def test_null_leaves_a_class_out_on_purpose(tmp_path: Path) -> None:
    root = with_names(tmp_path / "set", "dustbin, shrubs")
    class_map = tmp_path / "classes.yaml"
    class_map.write_text("dustbin: garbage_bin\nshrubs: null\n")
    found = read_collection(root, class_map)
    assert [len(entry.boxes) for entry in found.pictures] == [1, 0]
    assert found.labelled_classes == {TAXONOMY.class_id("garbage_bin")}


def test_numbers_stand_for_classes_without_names(tmp_path: Path) -> None:
    root = yolo(tmp_path / "set")
    (root / "data.yaml").unlink()
    class_map = tmp_path / "classes.yaml"
    class_map.write_text("0: stall\n1: garbage_pile\n2: car\n")
    found = read_collection(root, class_map)
    assert [box.class_id for box in found.pictures[0].boxes] == [6, 9]
    assert TAXONOMY.class_id("car") in found.labelled_classes


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("bin: dustbin\n", "none of our classes"),
        ("- bin\n", "classes.yaml"),
        ("a: [", "no valid YAML"),
        ("bin: garbage_bin\n", "'garbage'"),
    ],
)
def test_a_bad_class_map_is_named(text: str, message: str, tmp_path: Path) -> None:
    class_map = tmp_path / "classes.yaml"
    class_map.write_text(text)
    with pytest.raises(DataError, match=message):
        read_collection(yolo(tmp_path / "set"), class_map)


def test_yaml_that_unfolds_to_a_mountain_is_refused(tmp_path: Path) -> None:
    levels = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 12))
    root = yolo(tmp_path)
    (root / "data.yaml").write_text(f"l0: &l0 [lol]\n{levels}names: *l11\n")
    with pytest.raises(DataError, match=r"data\.yaml"):
        read_collection(root)
