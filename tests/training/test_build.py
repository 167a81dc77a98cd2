"""The merged dataset, from tiny sources and a teacher made by hand."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import yaml

from detector.taxonomy import TAXONOMY
from training.build import build, digest
from training.errors import DataError
from training.ignore import IGNORED_FROM, LABEL_NAMES
from training.label_files import read
from training.labels import LabelBox
from training.pictures import UnreadablePictureError, convert, read_picture
from training.places import Places
from training.recipe import Recipe
from training.sources import Source
from training.teacher import Guess

CAR, STALL, BIN = 3, 6, 7
SURE_CAR = Guess(LabelBox(CAR, 0.8, 0.8, 0.2, 0.2), 0.9)
UNSURE_CAR = Guess(LabelBox(CAR, 0.15, 0.8, 0.2, 0.2), 0.3)
FAINT_CAR = Guess(LabelBox(CAR, 0.5, 0.1, 0.1, 0.1), 0.12)
CAR_IN_STALL = Guess(LabelBox(CAR, 0.3, 0.3, 0.2, 0.2), 0.95)
SURE_BIN = Guess(LabelBox(BIN, 0.6, 0.3, 0.1, 0.2), 0.9)


class Seer:
    """A teacher that sees the same in every picture, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def load(self, weights: Path, input_px: int) -> Seer:
        assert weights.is_file()
        assert input_px == 640
        return self

    def __call__(self, pictures: Sequence[Path]) -> list[tuple[Guess, ...]]:
        self.asked += len(pictures)
        return [(SURE_CAR, UNSURE_CAR, FAINT_CAR, CAR_IN_STALL, SURE_BIN)] * len(pictures)


@pytest.fixture
def places(tmp_path: Path) -> Places:
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
    places = Places(folder, tmp_path / "weights", tmp_path / "cache")
    places.weights.mkdir()
    (places.weights / "coco.pt").write_bytes(b"weights")
    return places


def sources() -> list[Source]:
    stall = {
        "name": "stall",
        "folders": ["stall"],
        "labelled": True,
        "classes": {0: "stall"},
        "split": {"by": "order", "train_share": 0.75},
        "fill": ["car"],
        "ignore": [{"classes": ["bus"], "xyxy": [0.0, 0.5, 0.5, 1.0]}],
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


def recipe(**data: Any) -> Recipe:
    teacher = {"weights": "coco.pt", "classes": ["car", "garbage_bin"], "sure": 0.5, "unsure": 0.2}
    return Recipe.model_validate(
        {
            "name": "tiny",
            "start": "coco.pt",
            "data": {"teachers": [teacher], **data},
            "train": {"ultralytics": {}},
        }
    )


def made(places: Places, seer: Seer | None = None, **data: Any) -> dict[str, dict[str, int]]:
    return build(recipe(**data), sources(), places, load=(seer or Seer()).load)


def test_scarce_pictures_repeat_in_train_only(places: Places) -> None:
    counts = made(places)
    assert counts["train"] == {
        "pictures": 10, "pictures quiet": 1, "pictures stall": 9,
        "stall labelled": 9, "car added": 9, "car ignored": 9, "bus ignored": 9,
    }  # fmt: skip
    assert counts["val"]["pictures"] == 1
    out = places.dataset(recipe())
    listed = (out / "train.txt").read_text(encoding="utf-8").split()
    assert len(set(listed)) == 10
    assert all((out / line).exists() for line in listed)
    assert json.loads((out / "counts.json").read_text(encoding="utf-8")) == counts


def test_no_picture_is_on_both_sides(places: Places) -> None:
    made(places)
    out = places.dataset(recipe())
    train, val = (
        {Path(line).stem.split("__r")[0] for line in (out / f"{side}.txt").read_text().split()}
        for side in ("train", "val")
    )
    assert train.isdisjoint(val)
    assert val == {"stall__stall__3"}


def test_the_sure_teach_the_unsure_are_ignored_and_the_faint_forgotten(places: Places) -> None:
    made(places)
    labels = places.dataset(recipe()) / "labels"
    by_class = {box.class_id: box for box in read(labels / "stall__stall__0.txt")}
    assert by_class.keys() == {STALL, CAR, CAR + IGNORED_FROM, 4 + IGNORED_FROM}
    assert by_class[CAR] == SURE_CAR.box, "the car in the stall is the stall itself"
    assert by_class[CAR + IGNORED_FROM].x == UNSURE_CAR.box.x
    val = {box.class_id for box in read(labels / "stall__stall__3.txt")}
    assert val == {STALL, CAR}, "Ultralytics' validation knows no regions"


def test_names_of_labels_and_regions_line_up(places: Places) -> None:
    made(places)
    data = yaml.safe_load((places.dataset(recipe()) / "data.yaml").read_text(encoding="utf-8"))
    assert data["names"] == dict(enumerate(LABEL_NAMES))
    assert data["names"][CAR + IGNORED_FROM] == "ignore_car"
    assert len(LABEL_NAMES) == 2 * len(TAXONOMY.class_names)


def test_what_is_left_out_is_on_no_side(places: Places) -> None:
    made(places, leave_out=["stall/stall/[02]", "quiet/*"])
    out = places.dataset(recipe())
    left = [Path(name).stem.split("__")[2] for name in (out / "train.txt").read_text().split()]
    assert set(left) == {"1"}
    assert (out / "val.txt").read_text(encoding="utf-8").split() == ["./images/stall__stall__3.jpg"]


@pytest.mark.parametrize("pattern", ["stall/stall/3", "*"])
def test_a_recipe_that_leaves_a_side_empty_is_refused(places: Places, pattern: str) -> None:
    with pytest.raises(DataError, match="a training needs pictures on both"):
        made(places, leave_out=[pattern])


def test_a_pattern_that_leaves_out_nothing_is_refused(places: Places) -> None:
    with pytest.raises(DataError, match=r"'stal/.*' matches no picture"):
        made(places, leave_out=["stal/*"])


def test_labels_for_no_picture_are_refused(places: Places) -> None:
    (places.data / "stall" / "labels" / "x.txt").touch()
    with pytest.raises(DataError, match=r"1 label files of source stall .*x\.txt"):
        made(places)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def broken_picture(places: Places) -> None:
    (places.data / "stall" / "images" / "2.png").write_bytes(b"no picture")


def broken_label(places: Places) -> None:
    (places.data / "stall" / "labels" / "2.txt").write_text("0 0.3\n", encoding="utf-8")


def no_folder(places: Places) -> None:
    shutil.rmtree(places.data / "quiet")


def no_teacher(places: Places) -> None:
    (places.weights / "coco.pt").unlink()


@pytest.mark.parametrize("breaks", [broken_picture, broken_label, no_folder, no_teacher])
def test_a_build_that_fails_leaves_the_earlier_dataset(
    places: Places, breaks: Callable[[Places], None]
) -> None:
    made(places)
    before = contents(places.cache / "datasets")
    breaks(places)
    with pytest.raises(DataError):
        made(places)
    assert contents(places.cache / "datasets") == before


def test_a_full_disk_leaves_the_earlier_dataset(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(places)
    before = contents(places.cache / "datasets")
    calls = iter(range(100))

    def full(path: Path, *_: object, **__: object) -> int:
        if next(calls) > 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        return 0

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(DataError, match="No space left on device; free some space"):
        made(places)
    assert contents(places.cache / "datasets") == before


def test_a_changed_picture_is_converted_and_looked_at_again(places: Places) -> None:
    seer = Seer()
    made(places, seer)
    picture = np.full((60, 80, 3), 200, dtype=np.uint8)
    cv2.imwrite(str(places.data / "stall" / "images" / "1.png"), picture)
    made(places, seer)
    assert seer.asked == 5
    shown = read_picture(places.dataset(recipe()) / "images" / "stall__stall__1.jpg")
    assert abs(shown.astype(int) - 200).max() < 4


def test_a_dataset_may_be_moved(places: Places) -> None:
    made(places)
    text = "".join(path.read_text() for path in places.dataset(recipe()).glob("*.[yt]*"))
    assert str(places.cache) not in text


def test_a_recipe_may_thin_and_repeat(places: Places) -> None:
    counts = made(places, repeat={"stall": 1}, every={"stall": 2})
    assert counts["train"]["pictures stall"] == 2


def test_a_teacher_is_asked_once_for_a_picture(places: Places) -> None:
    seer = Seer()
    made(places, seer)
    asked = seer.asked
    assert asked == 4, "nothing is to be filled in pictures of the quiet source"
    made(places, seer)
    assert seer.asked == asked


def test_an_unknown_source_is_named(places: Places) -> None:
    with pytest.raises(DataError, match=r"bins, which is no source: there are quiet, stall"):
        made(places, sources=["bins"])


def test_weights_that_are_not_there_are_named(places: Places) -> None:
    (places.weights / "coco.pt").unlink()
    with pytest.raises(DataError, match=r"coco\.pt"):
        made(places)


def test_the_digest_tells_pictures_and_labels(places: Places) -> None:
    made(places)
    out = places.dataset(recipe())
    first = digest(out)
    made(places)
    assert digest(out) == first
    (places.data / "stall" / "labels" / "0.txt").write_text("0 0.3 0.3 0.2 0.3\n")
    made(places)
    assert digest(out) != first


def test_large_pictures_are_shrunk_and_an_unreadable_one_is_named(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "wide.png"), np.zeros((1000, 2000, 3), dtype=np.uint8))
    convert(tmp_path / "wide.png", tmp_path / "wide.jpg")
    assert read_picture(tmp_path / "wide.jpg").shape == (416, 832, 3)
    (tmp_path / "broken.png").write_bytes(b"no picture")
    with pytest.raises(UnreadablePictureError, match=r"broken\.png"):
        convert(tmp_path / "broken.png", tmp_path / "broken.jpg")
    assert not (tmp_path / "broken.jpg").exists()
