"""Every format says the same of the same scene, and says clearly what is wrong."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from detector.taxonomy import TAXONOMY
from tests.training.formats.conftest import (
    MAKERS,
    YOLO_LINES,
    coco,
    cvat,
    labelme,
    picture,
    voc,
    yolo,
    yolo_flat,
)
from training.errors import DataError
from training.formats import Format, read_collection
from training.formats.recognise import recognise
from training.labelled import Labelled

BIN, HEAP = TAXONOMY.class_id("bin"), TAXONOMY.class_id("garbage")


def test_every_format_gives_the_same_boxes(any_format: Path) -> None:
    found = read_collection(any_format)
    assert found.class_names == TAXONOMY.class_names
    pictures = {entry.picture.stem: entry.boxes for entry in found.pictures}
    assert pictures["b"] == ()
    bin_, heap = pictures["a"]
    assert bin_.class_id == BIN
    assert (bin_.x, bin_.y, bin_.width, bin_.height) == pytest.approx((0.2, 0.5, 0.2, 0.5))
    assert heap.class_id == HEAP
    assert (heap.x, heap.y, heap.width, heap.height) == pytest.approx((0.625, 0.7, 0.25, 0.4))
    assert {BIN, HEAP} == found.labelled_classes


@pytest.mark.parametrize("name", MAKERS)
def test_the_format_is_recognised(name: str, tmp_path: Path) -> None:
    assert recognise(MAKERS[name](tmp_path)) == Format(name.split("_")[0])


def test_a_single_file_is_read_too(tmp_path: Path) -> None:
    root = coco(tmp_path)
    assert read_collection(root / "annotations.json") == read_collection(root)


def test_two_formats_in_one_folder_must_be_told_apart(tmp_path: Path) -> None:
    yolo(tmp_path)
    coco(tmp_path)
    with pytest.raises(DataError, match=r"coco and yolo.*--format"):
        read_collection(tmp_path)
    assert len(read_collection(tmp_path, format=Format.COCO).pictures) == 2


def test_a_picture_without_a_label_file_says_nothing(tmp_path: Path) -> None:
    picture(yolo(tmp_path) / "images" / "c.png")
    assert {entry.picture.stem for entry in read_collection(tmp_path).pictures} == {"a", "b"}


def test_a_declared_class_counts_as_labelled_though_no_picture_shows_it(tmp_path: Path) -> None:
    (yolo(tmp_path) / "data.yaml").write_text("names: [bin, garbage, stall]\n")
    assert TAXONOMY.class_id("stall") in read_collection(tmp_path).labelled_classes


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("0 0.5 0.5 nan 0.2", "not finite"),
        ("0 0.5 0.5 inf 0.2", "not finite"),
        ("0 0.5 0.5 -0.1 0.2", "negative"),
        ("0 1.4 0.5 0.2 0.2", "leave the picture"),
        ("0 0.5 0.5 0 0.2", "no area"),
        ("7 0.5 0.5 0.1 0.2", "class 7 is not among the 2"),
        ("0.5 0.5 0.5 0.1 0.2", "expected 'class x y width height'"),
        ("bin 0.5 0.5 0.1", "expected 'class x y width height'"),
        ("0 0.1 0.1 0.2 0.1 0.2 0.2 0.3", "odd count"),
    ],
)
def test_a_bad_line_is_named_with_file_and_line(line: str, message: str, tmp_path: Path) -> None:
    (yolo(tmp_path) / "labels" / "a.txt").write_text(f"{YOLO_LINES}{line}\n")
    with pytest.raises(DataError, match=rf"(?s)labels/a\.txt line 3: .*{message}"):
        read_collection(tmp_path)


def test_a_box_that_sticks_out_a_little_is_cut_at_the_edge(tmp_path: Path) -> None:
    (yolo(tmp_path) / "labels" / "a.txt").write_text("0 0.1 0.5 0.21 0.2\n")
    (box,) = read_collection(tmp_path).pictures[0].boxes
    assert box.xyxy() == pytest.approx((0, 0.4, 0.205, 0.6))


def test_polygons_keypoints_and_confidences_in_yolo_become_boxes(tmp_path: Path) -> None:
    root = yolo(tmp_path)
    (root / "labels" / "a.txt").write_text(
        "0 0.1 0.25 0.3 0.25 0.3 0.75 0.1 0.75\n0 0.2 0.5 0.2 0.5 0.99\n"
    )
    (root / "labels" / "b.txt").write_text("0 0.2 0.5 0.2 0.5 0.9 0.9 2 0.8 0.8 2\n")
    (root / "data.yaml").write_text("names: [bin]\nkpt_shape: [2, 3]\n")
    boxes = [box for entry in read_collection(root).pictures for box in entry.boxes]
    assert len(boxes) == 3
    for box in boxes:
        assert box.xyxy() == pytest.approx((0.1, 0.25, 0.3, 0.75))


def test_labels_for_no_picture_are_named(any_format: Path) -> None:
    next(any_format.rglob("b.png")).unlink()
    with pytest.raises(DataError, match=r"b\.(png|txt|json|xml)|'b"):
        read_collection(any_format)


@pytest.mark.parametrize(
    "bad", ["/etc/passwd", "../secret.png", "C:\\pictures\\a.png", "images/", "a\0b"]
)
@pytest.mark.parametrize("maker", [coco, cvat, labelme])
def test_a_path_out_of_the_folder_is_refused(maker, bad: str, tmp_path: Path) -> None:
    picture(tmp_path / "secret.png")
    root = maker(tmp_path / "set")
    for file in [*root.glob("*.json"), *root.glob("*.xml")]:
        text = file.read_text()
        quoted = json.dumps(bad)[1:-1] if file.suffix == ".json" else bad.replace("\0", "")
        file.write_text(text.replace('"a.png"', f'"{quoted}"'))
    with pytest.raises(DataError):
        read_collection(root)


def test_a_picture_that_links_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    root = yolo(tmp_path / "set")
    (root / "images" / "a.png").unlink()
    (root / "images" / "a.png").symlink_to(picture(tmp_path / "secret.png"))
    with pytest.raises(DataError, match="outside the folder"):
        read_collection(root)


def test_a_labelme_path_through_a_neighbour_folder_stays_inside(tmp_path: Path) -> None:
    root = labelme(tmp_path)
    (root / "json").mkdir()
    for stem in "ab":
        file = root / f"{stem}.json"
        text = file.read_text().replace(f'"{stem}.png"', f'"..\\\\{stem}.png"')
        (root / "json" / file.name).write_text(text)
        file.unlink()
    assert len(read_collection(root).pictures) == 2


def test_xml_entities_are_refused(tmp_path: Path) -> None:
    root = voc(tmp_path)
    bomb = '<!DOCTYPE a [<!ENTITY x "xxxxxxxx"><!ENTITY y "&x;&x;&x;&x;">]>'
    file = root / "Annotations" / "a.xml"
    file.write_text(bomb + file.read_text().replace("bin", "&y;"))
    with pytest.raises(DataError, match="entities"):
        read_collection(root, format=Format.VOC)


def test_labels_of_another_aspect_are_refused(tmp_path: Path) -> None:
    picture(voc(tmp_path) / "JPEGImages" / "a.png", 60, 60)
    with pytest.raises(DataError, match=r"labelled at 80 x 60 px, but a\.png is 60 x 60"):
        read_collection(tmp_path)


def test_labels_of_a_larger_copy_fit_the_smaller_one(tmp_path: Path) -> None:
    picture(coco(tmp_path) / "images" / "a.png", 40, 30)
    box = read_collection(tmp_path).pictures[0].boxes[0]
    assert box.width == pytest.approx(0.2)


def test_a_picture_converted_to_another_format_is_still_found(tmp_path: Path) -> None:
    root = voc(tmp_path)
    (root / "JPEGImages" / "a.png").rename(root / "JPEGImages" / "a.webp")
    assert len(read_collection(root).pictures) == 2


def test_pictures_of_one_name_in_two_splits_find_their_own_labels(tmp_path: Path) -> None:
    for side, width in (("train", 80), ("val", 160)):
        root = coco(tmp_path / side)
        text = (root / "annotations.json").read_text().replace('"width": 80', f'"width": {width}')
        (root / "annotations.json").write_text(text)
        picture(root / "images" / "a.png", width)
        picture(root / "images" / "b.png", width)
    found = read_collection(tmp_path).pictures
    assert len({entry.picture for entry in found}) == 4


def test_a_turned_cvat_box_becomes_the_upright_box_round_it(tmp_path: Path) -> None:
    file = cvat(tmp_path) / "annotations.xml"
    file.write_text(file.read_text().replace('occluded="0"', 'rotation="90.0"'))
    box = read_collection(tmp_path).pictures[0].boxes[0]
    assert (box.width * 80, box.height * 60) == pytest.approx((30, 16))


def test_cvat_for_video_is_named(tmp_path: Path) -> None:
    (tmp_path / "annotations.xml").write_text("<annotations><track id='0'/></annotations>")
    with pytest.raises(DataError, match="CVAT for images"):
        read_collection(tmp_path)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: path / "nowhere", "is not there"),
        (lambda path: path, "holds no labels"),
    ],
)
def test_nothing_to_read_is_said(make, message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=message):
        read_collection(make(tmp_path))


def test_a_packed_export_is_to_be_unpacked(tmp_path: Path) -> None:
    (tmp_path / "export.zip").write_bytes(b"PK")
    with pytest.raises(DataError, match="unpack"):
        read_collection(tmp_path / "export.zip")


def sane(entry: Labelled, root: Path) -> bool:
    edges = [edge for box in entry.boxes for edge in box.xyxy()]
    return entry.picture.is_relative_to(root) and all(-1e-9 <= edge <= 1 + 1e-9 for edge in edges)


@pytest.mark.parametrize("name", MAKERS)
def test_flipped_bytes_give_a_clear_error_or_a_valid_result(name: str, tmp_path: Path) -> None:
    root = MAKERS[name](tmp_path)
    chance = random.Random(7)
    files = [p for p in root.rglob("*") if p.suffix in {".txt", ".json", ".xml", ".yaml"}]
    outcomes = set()
    for _ in range(60):
        file = chance.choice([p for p in files if p.stat().st_size])
        intact = file.read_bytes()
        mutated = bytearray(intact)
        for _ in range(chance.randint(1, 4)):
            mutated[chance.randrange(len(mutated))] = chance.randrange(256)
        file.write_bytes(mutated)
        try:
            found = read_collection(root, format=Format(name.split("_")[0]))
        except DataError:
            outcomes.add("error")
        else:
            assert all(sane(entry, root) for entry in found.pictures)
            outcomes.add("read")
        file.write_bytes(intact)
    assert "error" in outcomes


def test_a_flat_folder_ignores_notes(tmp_path: Path) -> None:
    root = yolo_flat(tmp_path)
    (root / "README.dataset.txt").write_text("hello")
    (root / "train.txt").write_text("a.png\n")
    assert len(read_collection(root).pictures) == 2


@pytest.mark.parametrize("maker", [yolo, coco, voc])
def test_avif_pictures_are_read_like_any_other(
    maker: Callable[[Path], Path], tmp_path: Path
) -> None:
    root = maker(tmp_path)
    for path in list(root.rglob("*.png")):
        Image.open(path).save(path.with_suffix(".avif"))
        path.unlink()
    assert [len(entry.boxes) for entry in read_collection(root).pictures] == [2, 0]
