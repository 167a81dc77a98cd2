"""What is imported and exported says the same as before, whole or not at all."""

from __future__ import annotations

import csv
import errno
from collections.abc import Callable
from pathlib import Path

import pytest
import supervision
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detector.taxonomy import TAXONOMY
from tests.training.formats.conftest import picture, yolo
from training.errors import DataError
from training.formats import export_data, import_data, read_collection
from training.formats import output as output_module
from training.formats.groups import group_of, group_pattern, sides
from training.labelled import Collection, Labelled
from training.labels import LabelBox, from_xyxy
from training.sources import load_source, samples_of
from training.splits import sides_of

ABOUT = {"name": "our_city", "origin": "Our own cameras", "licence": "internal"}


def files(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_an_import_is_a_source_that_can_be_used_at_once(any_format: Path, tmp_path: Path) -> None:
    out = tmp_path / "data" / "city"
    report = import_data(any_format, out, **ABOUT)
    assert files(out) == {
        "images/a.png",
        "images/b.png",
        "labels/a.txt",
        "labels/b.txt",
        "scenes.csv",
        "our_city.yaml",
        "our_city.md",
        "data.yaml",
    }
    source = load_source(out / "our_city.yaml")
    samples = samples_of(source, out.parent)
    found = set(sides_of(source, samples, out.parent).values())
    assert found == {"train", "val"}
    assert source.class_map() == {7: 7, 9: 9}
    assert "car" in source.fill
    assert "garbage_bin" not in source.fill
    assert report.boxes == {"garbage_bin": 1, "garbage_pile": 1}
    assert report.empty == 1
    assert read_collection(out).labelled_classes == {7, 9}
    again = {entry.picture.stem: entry.boxes for entry in read_collection(out).pictures}
    first = {entry.picture.stem: entry.boxes for entry in read_collection(any_format).pictures}
    assert len(again["a"]) == len(first["a"]) == 2
    for ours, theirs in zip(again["a"], first["a"], strict=True):
        assert ours.xyxy() == pytest.approx(theirs.xyxy(), abs=1e-5)


def test_the_card_says_what_is_known_and_what_is_not(tmp_path: Path) -> None:
    import_data(yolo(tmp_path / "set"), tmp_path / "out", **ABOUT | {"licence": " "})
    text = (tmp_path / "out" / "our_city.md").read_text(encoding="utf-8")
    assert "Our own cameras" in text
    assert "garbage_bin 1, garbage_pile 1" in text.replace("\n  ", " ")
    assert "exposed_cable" in text.split("**Not labelled:**")[1]
    assert "**Licence:** **TO BE WRITTEN 待填写**" in text


def test_pictures_of_one_scene_stay_on_one_side(tmp_path: Path) -> None:
    root = yolo(tmp_path / "set")
    for number in range(40):
        stem = f"cam{number % 8}_{number:03}"
        picture(root / "images" / f"{stem}.png")
        (root / "labels" / f"{stem}.txt").write_text("")
    out = tmp_path / "out"
    report = import_data(root, out, **ABOUT, group_by=r"^(cam\d)_", val_share=0.25)
    with (out / "scenes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    sides_by_camera = {
        camera: {row["split"] for row in rows if row["scene_group"] == camera}
        for camera in (f"cam{number}" for number in range(8))
    }
    assert all(len(found) == 1 for found in sides_by_camera.values())
    assert report.pictures["val"] == pytest.approx(0.25 * 42, abs=4)


def test_augmented_copies_of_one_picture_are_one_group() -> None:
    names = ["street_7_jpg.rf.0a1b2c", "street_7_jpg.rf.99ff", "street_8.rf.77"]
    assert [group_of(name, None) for name in names] == ["street_7", "street_7", "street_8"]


def test_a_bad_group_pattern_is_named() -> None:
    with pytest.raises(DataError, match=r"--group-by.*no regular expression"):
        group_pattern("cam(")


@given(
    st.dictionaries(st.text(max_size=8), st.sampled_from("abcdefgh"), min_size=1, max_size=60),
    st.floats(0.05, 0.6),
    st.integers(0, 99),
)
def test_a_split_takes_about_the_share_and_both_sides(
    groups: dict[str, str], share: float, seed: int
) -> None:
    found = sides(groups, share, seed)
    assert set(found) == set(groups.values())
    assert found == sides(groups, share, seed)
    if len(found) > 1:
        assert set(found.values()) == {"train", "val"}
        largest = max(list(groups.values()).count(group) for group in found)
        val = sum(found[group] == "val" for group in groups.values())
        assert abs(val - share * len(groups)) <= largest


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    picture(out / "precious.png")
    with pytest.raises(DataError, match="not empty"):
        import_data(yolo(tmp_path / "set"), out, **ABOUT)
    assert files(out) == {"precious.png"}


@pytest.mark.parametrize(
    "command",
    [
        lambda root, out: import_data(root, out, **ABOUT),
        lambda root, out: export_data(root, out, "coco"),
    ],
    ids=["import", "export"],
)
def test_a_full_disk_leaves_nothing_behind(
    command: Callable[[Path, Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = yolo(tmp_path / "set")
    before = files(tmp_path)
    copied: list[Path] = []

    def full(source: Path, target: Path) -> None:
        if copied:
            raise OSError(errno.ENOSPC, "No space left on device")
        target.write_bytes(source.read_bytes())
        copied.append(target)

    monkeypatch.setattr(output_module.shutil, "copyfile", full)
    with pytest.raises(DataError, match="No space left"):
        command(root, tmp_path / "new" / "out")
    assert copied
    assert files(tmp_path) == before


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"name": "Our City"}, "--name"), ({"val_share": 1.5}, "--val-share")],
)
def test_bad_options_are_named(changes: dict[str, object], message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=message):
        import_data(yolo(tmp_path / "set"), tmp_path / "out", **ABOUT | changes)
    assert not (tmp_path / "out").exists()


def test_pictures_of_one_name_in_several_folders_are_all_kept(tmp_path: Path) -> None:
    root = tmp_path / "set"
    yolo(root / "train")
    yolo(root / "Valid")
    (root / "data.yaml").write_text("names: [bin, garbage]\n")
    import_data(root, tmp_path / "out", **ABOUT)
    assert len(list((tmp_path / "out" / "images").iterdir())) == 4
    assert len(list((tmp_path / "out" / "labels").iterdir())) == 4


def test_links_take_no_room(tmp_path: Path) -> None:
    root = yolo(tmp_path / "set")
    import_data(root, tmp_path / "out", **ABOUT, link=True)
    assert (tmp_path / "out" / "images" / "a.png").samefile(root / "images" / "a.png")


SHARE = st.floats(0, 1, width=32)
BOXES = st.lists(
    st.tuples(st.sampled_from([3, 7, 9]), SHARE, SHARE, SHARE, SHARE).map(
        lambda it: from_xyxy(
            it[0], *sorted(it[1:3])[:1], sorted(it[3:])[0], max(it[1:3]), max(it[3:])
        )
    ),
    max_size=6,
).map(lambda boxes: tuple(box for box in boxes if min(box.width, box.height) > 0.01))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(boxes=st.lists(BOXES, min_size=1, max_size=3))
def test_there_and_back_again(
    boxes: list[tuple[LabelBox, ...]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("round")
    first = Collection(
        TAXONOMY.class_names,
        tuple(
            Labelled(picture(root / "own" / f"p{number}.png", 64, 48), found)
            for number, found in enumerate(boxes)
        ),
        frozenset({3, 7, 9}),
    )
    export_data(first, root / "yolo", "yolo")
    second = read_collection(root / "yolo")
    export_data(second, root / "coco", "coco")
    third = read_collection(root / "coco")
    assert third.labelled_classes == second.labelled_classes == first.labelled_classes
    for before, after in zip(first.pictures, third.pictures, strict=True):
        assert before.picture.read_bytes() == after.picture.read_bytes()
        assert [box.class_id for box in before.boxes] == [box.class_id for box in after.boxes]
        for ours, theirs in zip(before.boxes, after.boxes, strict=True):
            assert ours.xyxy() == pytest.approx(theirs.xyxy(), abs=1e-4)


def test_what_we_export_supervision_reads_the_same(tmp_path: Path) -> None:
    root = yolo(tmp_path / "set")
    export_data(root, tmp_path / "yolo", "yolo")
    export_data(root, tmp_path / "coco", "coco")
    as_yolo = supervision.DetectionDataset.from_yolo(
        str(tmp_path / "yolo" / "images"),
        str(tmp_path / "yolo" / "labels"),
        str(tmp_path / "yolo" / "data.yaml"),
    )
    as_coco = supervision.DetectionDataset.from_coco(
        str(tmp_path / "coco" / "images"), str(tmp_path / "coco" / "annotations.json")
    )
    for found in (as_yolo, as_coco):
        assert found.classes == ["garbage_bin", "garbage_pile"]
        by_name = {Path(path).name: boxes for path, boxes in found.annotations.items()}
        assert len(by_name["b.png"]) == 0
        assert by_name["a.png"].xyxy.ravel() == pytest.approx(
            [8, 15, 24, 45, 40, 30, 60, 54], abs=1e-3
        )
