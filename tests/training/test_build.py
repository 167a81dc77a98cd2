"""The merged dataset, from a tiny source and a teacher made by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml

from detector.taxonomy import TAXONOMY
from training.build import build
from training.labels import LabelBox, read
from training.pictures import UnreadablePictureError, convert, read_picture
from training.sources import Source

TEACHER_CAR = LabelBox(3, 0.8, 0.8, 0.2, 0.2)


class Teacher:
    """Sees one car in every picture, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, pictures: Sequence[Path]) -> list[tuple[LabelBox, ...]]:
        self.asked += len(pictures)
        return [(TEACHER_CAR,)] * len(pictures)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    for name in ("images", "labels"):
        (folder / "stall" / name).mkdir(parents=True)
    (folder / "quiet").mkdir()
    for number in range(4):
        picture = np.full((60, 80, 3), 60 * number, dtype=np.uint8)
        cv2.imwrite(str(folder / "stall" / "images" / f"{number}.png"), picture)
        label = folder / "stall" / "labels" / f"{number}.txt"
        label.write_text("0 0.3 0.3 0.2 0.2\n", encoding="utf-8")
    cv2.imwrite(str(folder / "quiet" / "q.png"), np.zeros((1000, 2000, 3), dtype=np.uint8))
    return folder


def sources() -> list[Source]:
    stall = {
        "name": "stall",
        "folders": ["stall"],
        "labelled": True,
        "classes": {0: "stall"},
        "split": {"by": "order", "train_share": 0.75},
        "fill": ["car"],
        "repeat": 3,
    }
    quiet = {
        "name": "quiet",
        "folders": ["quiet"],
        "labelled": False,
        "classes": {},
        "split": {"by": "all", "side": "train"},
    }
    return [Source.model_validate(stall), Source.model_validate(quiet)]


def test_scarce_pictures_repeat_in_train_only(root: Path, tmp_path: Path) -> None:
    counts = build(sources(), root, tmp_path / "out", Teacher())
    assert counts["train"] == {
        "car": 9, "pictures": 10, "pictures quiet": 1, "pictures stall": 9, "stall": 9
    }  # fmt: skip
    assert counts["val"] == {"car": 1, "pictures": 1, "pictures stall": 1, "stall": 1}
    listed = (tmp_path / "out" / "train.txt").read_text(encoding="utf-8").split()
    assert len(set(listed)) == 10
    assert all((tmp_path / "out" / line).exists() for line in listed)


def test_no_picture_is_on_both_sides(root: Path, tmp_path: Path) -> None:
    build(sources(), root, tmp_path / "out", Teacher())
    train, val = (
        {line.split("__r")[0].removesuffix(".jpg") for line in text.split()}
        for text in ((tmp_path / "out" / f"{s}.txt").read_text("utf-8") for s in ("train", "val"))
    )
    assert not train & val


def test_labels_are_ours_and_the_teachers(root: Path, tmp_path: Path) -> None:
    build(sources(), root, tmp_path / "out", Teacher())
    boxes = read(tmp_path / "out" / "labels" / "stall__stall__0.txt")
    assert [TAXONOMY.class_names[box.class_id] for box in boxes] == ["stall", "car"]
    assert read(tmp_path / "out" / "labels" / "quiet__quiet__q.txt") == ()


def test_the_data_file_names_our_classes_in_order(root: Path, tmp_path: Path) -> None:
    build(sources(), root, tmp_path / "out", Teacher())
    data = yaml.safe_load((tmp_path / "out" / "data.yaml").read_text(encoding="utf-8"))
    assert list(data["names"].values()) == list(TAXONOMY.class_names)


def test_a_second_build_asks_the_teacher_nothing(root: Path, tmp_path: Path) -> None:
    first, second = Teacher(), Teacher()
    counts = build(sources(), root, tmp_path / "out", first)
    assert build(sources(), root, tmp_path / "out", second) == counts
    assert (first.asked, second.asked) == (4, 0)
    assert json.loads((tmp_path / "out" / "counts.json").read_text("utf-8")) == counts


def test_large_pictures_are_shrunk_and_keep_their_shape(root: Path, tmp_path: Path) -> None:
    convert(root / "quiet" / "q.png", tmp_path / "q.jpg")
    assert read_picture(tmp_path / "q.jpg").shape == (416, 832, 3)


def test_what_is_no_picture_is_named(tmp_path: Path) -> None:
    for content in (b"", b"no picture"):
        (tmp_path / "bad.png").write_bytes(content)
        with pytest.raises(UnreadablePictureError, match=r"bad\.png"):
            convert(tmp_path / "bad.png", tmp_path / "bad.jpg")
