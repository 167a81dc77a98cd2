"""A check finds each fault that was planted, and nothing in a sound set."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageFilter
from rich.console import Console

from training.check import CheckReport, check, of_folder, of_sources, print_report
from training.check.finding import KINDS, Severity
from training.errors import DataError
from training.formats.reading import FaultKind
from training.sources import Source

WIDTH, HEIGHT = 160, 120
GOOD = "0 .5 .5 .2 .2\n"


def scene(seed: int) -> Image.Image:
    """A picture with shapes of its own at every scale, like a photograph."""
    chance = np.random.default_rng(seed)
    small = chance.integers(0, 255, (9, 12, 3), dtype=np.uint8)
    return Image.fromarray(small).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)


def add(root: Path, name: str, picture: Image.Image | int, lines: str | None = GOOD) -> None:
    """Writes a picture, a scene by its number, with its label file unless that is None."""
    path = root / "images" / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    (root / "labels").mkdir(exist_ok=True)
    (scene(picture) if isinstance(picture, int) else picture).save(path)
    if lines is not None:
        (root / "labels" / f"{name}.txt").write_text(lines)


def sound(root: Path, count: int = 6, first: int = 0) -> Path:
    for number in range(first, first + count):
        add(root, f"s{number}", number)
    (root / "classes.txt").write_text("bin\n")
    return root


def found(root: Path, out: Path) -> dict[str, list[str]]:
    report = check(of_folder(root), out)
    return {kind: [str(it) for it in its] for kind, its in report.by_kind().items()}


def source(folder: str, **changes: object) -> Source:
    base: dict[str, object] = {
        "name": folder,
        "folders": (folder,),
        "labelled": True,
        "classes": {0: "garbage_bin"},
        "split": {"by": "all", "side": "train"},
    }
    return Source.model_validate(base | changes)


def kinds_of(report: CheckReport) -> set[str]:
    return set(report.by_kind())


def test_a_sound_set_has_no_findings(tmp_path: Path) -> None:
    report = check(of_folder(sound(tmp_path / "set")), tmp_path / "out")
    assert report.findings == ()
    assert report.errors == 0
    assert report.sheets == ("class_set_garbage_bin.jpg",)


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (GOOD + "0 .5 .5 .2 nan\n", FaultKind.BAD_BOX),
        (GOOD + "0 1.5 .5 .2 .2\n", FaultKind.BAD_BOX),
        (GOOD + "0 .5 .5 .2\n", FaultKind.BAD_LABEL),
        (GOOD + "0 .5 .5 .2 0\n", FaultKind.NO_AREA),
        ("0 .5 .5 .01 .2\n", "tiny_box"),
        ("0 .5 .5 .2 .2\n0 .5 .5 .2 .199\n", "double_box"),
        ("0 .1 .5 .21 .2\n", "clipped_box"),
        ("", "empty"),
        (None, "unlabelled"),
    ],
)
def test_a_fault_in_the_labels_is_found(lines: str | None, kind: str, tmp_path: Path) -> None:
    add(sound(tmp_path / "set"), "planted", 99, lines)
    assert set(found(tmp_path / "set", tmp_path / "out")) == {kind}


def test_labels_for_no_picture_are_found(tmp_path: Path) -> None:
    (sound(tmp_path / "set") / "labels" / "ghost.txt").write_text("0 .5 .5 .2 .2\n")
    (only,) = found(tmp_path / "set", tmp_path / "out")[FaultKind.NO_PICTURE]
    assert "ghost" in only


def test_an_unreadable_picture_is_found_and_shown(tmp_path: Path) -> None:
    root = sound(tmp_path / "set")
    (root / "images" / "s3.png").write_bytes(b"\x89PNG but no more")
    assert list(found(root, tmp_path / "out")) == ["unreadable"]
    assert (tmp_path / "out" / "sheets" / "finding_unreadable.jpg").exists()


def changed(picture: Image.Image, how: str) -> Image.Image:
    if how == "mirrored":
        return picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if how == "brighter":
        return picture.point(lambda value: min(255, int(value * 1.2) + 10))
    if how == "smaller":
        return picture.resize((80, 60))
    if how == "blurred":
        return picture.filter(ImageFilter.GaussianBlur(2))
    return picture.crop((4, 3, WIDTH - 2, HEIGHT - 3)).resize((WIDTH, HEIGHT))


@pytest.mark.parametrize("how", ["same", "mirrored", "brighter", "smaller", "blurred", "cropped"])
def test_a_changed_copy_on_the_other_side_is_found(how: str, tmp_path: Path) -> None:
    root = tmp_path / "set"
    sound(root / "train", 12)
    sound(root / "valid", 4, first=50)
    (root / "classes.txt").write_text("bin\n")
    add(root / "valid", "copy", scene(7) if how == "same" else changed(scene(7), how))
    (only,) = found(root, tmp_path / "out")["double_across"]
    assert "s7.png (train)" in only
    assert "copy.png (val)" in only
    assert ("mirrored" in only) == (how == "mirrored")


def photograph(seed: int) -> Image.Image:
    """A picture with corners enough to be known again."""
    chance = np.random.default_rng(seed)
    canvas = np.full((480, 640, 3), 128, np.uint8)
    for _ in range(150):
        x, y, side = chance.integers(0, 640), chance.integers(0, 480), chance.integers(8, 60)
        colour = chance.integers(0, 255, 3).tolist()
        cv2.rectangle(canvas, (x, y), (x + side, y + side // 2), colour, -1)
    return Image.fromarray(canvas)


def test_another_crop_of_a_photograph_on_the_other_side_is_to_be_looked_at(tmp_path: Path) -> None:
    root = tmp_path / "set"
    for number in range(8):
        add(root / "train", f"p{number}", photograph(number))
    crop = photograph(5).crop((110, 60, 620, 440)).resize((510, 380))
    add(root / "val", "crop", crop)
    add(root / "val", "other", photograph(50))
    (root / "classes.txt").write_text("bin\n")
    (only,) = found(root, tmp_path / "out").pop("crop_across")
    assert "p5.png (train)" in only
    assert "crop.png (val)" in only


def test_different_scenes_are_no_doubles(tmp_path: Path) -> None:
    assert found(sound(tmp_path / "set", 40), tmp_path / "out") == {}


def test_blank_pictures_are_no_doubles_of_each_other(tmp_path: Path) -> None:
    root = sound(tmp_path / "set")
    for name, grey in (("night", 3), ("fog", 200)):
        add(root, name, Image.new("RGB", (WIDTH, HEIGHT), (grey, grey, grey)))
    assert found(root, tmp_path / "out") == {}


def test_a_scene_group_on_two_sides_is_found(tmp_path: Path) -> None:
    sound(tmp_path / "city")
    (tmp_path / "city" / "scenes.csv").write_text(
        "picture,group,side\n"
        + "".join(f"s{n}.png,g{n // 2},{'val' if n == 1 else 'train'}\n" for n in range(5))
    )
    split = {
        "by": "table",
        "file": "city/scenes.csv",
        "picture": "picture",
        "group": "group",
        "side": "side",
    }
    report = check(of_sources([source("city", split=split)], tmp_path), tmp_path / "out")
    assert kinds_of(report) == {"torn_group", "no_side"}
    assert "group g0" in str(report.by_kind()["torn_group"][0])
    assert "s5" in str(report.by_kind()["no_side"][0])
    assert report.errors == 2


def test_a_table_without_its_columns_is_named(tmp_path: Path) -> None:
    sound(tmp_path / "city")
    (tmp_path / "city" / "scenes.csv").write_text("file\ns0.png\n")
    split = {"by": "table", "file": "city/scenes.csv", "picture": "p", "group": "g", "side": "s"}
    with pytest.raises(DataError, match=r"scenes\.csv: no column"):
        of_sources([source("city", split=split)], tmp_path)


def test_a_negative_that_is_labelled_elsewhere_contradicts(tmp_path: Path) -> None:
    sound(tmp_path / "bins")
    add(tmp_path / "tidy", "t", 3, None)
    add(tmp_path / "tidy", "u", 77, None)
    tidy = source("tidy", labelled=False, classes={}, fill=["car"])
    report = check(of_sources([source("bins"), tidy], tmp_path), tmp_path / "out")
    assert kinds_of(report) == {"double_sources", "contradiction"}
    unsure = source("tidy", labelled=False, classes={}, fill=["garbage_bin"])
    report = check(of_sources([source("bins"), unsure], tmp_path), tmp_path / "out")
    assert kinds_of(report) == {"double_sources"}


def test_a_fixed_view_split_by_time_is_one_note(tmp_path: Path) -> None:
    for number in range(8):
        view = np.asarray(scene(1)).copy()
        view[10 * number : 10 * number + 8, 20:30] = 255
        add(tmp_path / "camera", f"t{number}", Image.fromarray(view))
    split = {"by": "order", "train_share": 0.5}
    report = check(of_sources([source("camera", split=split)], tmp_path), tmp_path / "out")
    assert kinds_of(report) == {"fixed_view"}
    assert len(report.findings) == 1


def test_rare_and_unmeasured_classes_are_said(tmp_path: Path) -> None:
    root = tmp_path / "set"
    sound(root / "train", 12)
    sound(root / "val", 2, first=40)
    add(root / "train", "rare", 70, "1 .5 .5 .2 .2\n")
    (root / "classes.txt").write_text("bin\nstall\n")
    said = found(root, tmp_path / "out")
    assert said["imbalance"] == ["train: garbage_bin 12 boxes to stall 1, 12 times as many"]
    assert said["unmeasured"] == ["stall: 1 boxes train, none is val"]


def test_squashed_pictures_are_noted(tmp_path: Path) -> None:
    root = tmp_path / "set"
    for number in range(12):
        add(root, f"s{number}", scene(number).resize((100, 100)))
    (root / "classes.txt").write_text("bin\n")
    assert found(root, tmp_path / "out") == {"square": ["set: 12 of 12 pictures"]}


def test_the_same_seed_gives_the_same_sheets(tmp_path: Path) -> None:
    root = sound(tmp_path / "set", 30)
    for out in ("one", "two"):
        check(of_folder(root), tmp_path / out, seed=4)
    check(of_folder(root), tmp_path / "three", seed=5)
    one, two, three = (
        cv2.imread(str(tmp_path / out / "sheets" / "class_set_garbage_bin.jpg"))
        for out in ("one", "two", "three")
    )
    assert (one == two).all()
    assert (one != three).any()


def test_check_json_holds_every_finding(tmp_path: Path) -> None:
    add(sound(tmp_path / "set"), "planted", 99, f"{GOOD}0 .5 .5 .2 nan\n0 .5 .5 .2\n")
    report = check(of_folder(tmp_path / "set"), tmp_path / "out")
    written = json.loads((tmp_path / "out" / "check.json").read_text(encoding="utf-8"))
    assert written["totals"]["error"] == report.errors == 2
    assert {it["kind"] for it in written["findings"]} == {"bad_box", "bad_label"}
    assert written["balance"][0]["boxes"] == 7


def test_an_earlier_check_is_replaced_and_anything_else_is_left_alone(tmp_path: Path) -> None:
    root, out = sound(tmp_path / "set"), tmp_path / "out"
    check(of_folder(root), out)
    (out / "sheets" / "stale.jpg").write_bytes(b"")
    check(of_folder(root), out)
    assert not (out / "sheets" / "stale.jpg").exists()
    assert {path.name for path in tmp_path.iterdir()} == {"set", "out"}
    with pytest.raises(DataError, match="not empty"):
        check(of_folder(root), root)
    assert len(list((root / "images").iterdir())) == 6


def test_the_printed_table_names_fault_count_and_example(tmp_path: Path) -> None:
    add(sound(tmp_path / "set"), "planted[1]", 99, f"{GOOD}0 .5 .5 .2 nan\n")
    console = Console(file=StringIO(), width=160)
    print_report(check(of_folder(tmp_path / "set"), tmp_path / "out"), console)
    text = console.file.getvalue()
    for part in ("标注框越界", "Box out of range", "planted[1].txt line 2", "垃圾桶 Garbage bin"):
        assert part in text


def test_every_fault_of_a_reader_has_a_kind_and_every_kind_a_remedy() -> None:
    assert {str(kind) for kind in FaultKind} <= KINDS.keys()
    assert all(kind.remedy and kind.zh and kind.severity in Severity for kind in KINDS.values())
