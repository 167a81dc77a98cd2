"""Class maps and what counts as a source."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from detector.taxonomy import TAXONOMY
from training.errors import DataError
from training.sources import Source, load_sources, samples_of

DATASETS = Path(__file__).resolve().parents[2] / "datasets"


def source(**changes: object) -> Source:
    base: dict[str, object] = {
        "name": "fake",
        "folders": ("fake",),
        "labelled": True,
        "classes": {0: "car"},
        "split": {"by": "all", "side": "train"},
    }
    return Source.model_validate(base | changes)


def test_every_source_file_is_valid_and_has_a_card() -> None:
    sources = load_sources(DATASETS)
    assert len(sources) == 10
    for entry in sources:
        assert (DATASETS / f"{entry.name}.yaml").exists()
        assert (DATASETS / f"{entry.name}.md").exists()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("garbage", {0: "garbage_pile", 1: "garbage_bin", 2: "garbage_overflow"}),
        ("stall", {0: "stall"}),
        ("cable", {0: "exposed_cable"}),
        ("negatives", {}),
        (
            "traffic_camera",
            {0: "car", 1: "truck", 2: "bus", 3: "truck", 4: "car", 5: "person", 6: "bicycle"},
        ),
        (
            "street_asia",
            {0: "car", 1: "bus", 2: "motorcycle", 3: "bicycle", 4: "person", 5: "truck"},
        ),
    ],
)
def test_class_maps_lead_to_our_classes(name: str, expected: dict[int, str]) -> None:
    found = {entry.name: entry for entry in load_sources(DATASETS)}[name].class_map()
    assert {k: TAXONOMY.class_names[v] for k, v in found.items()} == expected


def test_what_is_checked_elsewhere_never_trains() -> None:
    bags = {entry.name: entry for entry in load_sources(DATASETS)}["korea_bags"]
    assert bags.split.model_dump() == {"by": "all", "side": "check"}


def test_an_alias_is_a_class() -> None:
    assert source(classes={3: "pedestrian"}).class_map() == {3: TAXONOMY.class_id("person")}


def test_an_unknown_class_is_refused_by_name() -> None:
    with pytest.raises(ValidationError, match="unicorn"):
        source(classes={0: "unicorn"})
    with pytest.raises(ValidationError, match="unicorn"):
        source(fill=("unicorn",))
    with pytest.raises(ValidationError, match="unicorn"):
        source(ignore=[{"classes": ["unicorn"], "xyxy": [0, 0, 1, 1]}])


def test_an_area_to_ignore_counts_in_shares_of_the_picture() -> None:
    with pytest.raises(ValidationError, match="less than or equal to 1"):
        source(ignore=[{"classes": ["car"], "xyxy": [0, 0, 640, 480]}])


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    text = "{name: a, folders: [a], labelled: false, classes: {}, split: {by: all, side: train}}"
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"b\.yaml and .*a\.yaml are both called a"):
        load_sources(tmp_path)


@pytest.mark.parametrize("second", ["one/day/x.png", "two/day/x.jpg"])
def test_two_pictures_that_would_have_one_name_are_refused(tmp_path: Path, second: str) -> None:
    for name in ("one/day/x.jpg", second):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    folders = sorted({"one/day", str(Path(second).parent)})
    with pytest.raises(DataError, match=r"x\.(jpg|png) would have one name"):
        samples_of(source(folders=folders, labelled=False), tmp_path)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"/fake of source fake cannot be read .*--data"):
        samples_of(source(), tmp_path)


def test_a_labelled_source_leaves_out_pictures_without_a_label_file(tmp_path: Path) -> None:
    for folder in ("images", "labels"):
        (tmp_path / "fake" / folder).mkdir(parents=True)
    for stem in ("a", "b"):
        (tmp_path / "fake" / "images" / f"{stem}.avif").touch()
    (tmp_path / "fake" / "labels" / "b.txt").touch()
    assert [sample.key for sample in samples_of(source(), tmp_path)] == ["fake__fake__b"]


def test_a_source_without_pictures_says_where_it_looked(tmp_path: Path) -> None:
    (tmp_path / "fake").mkdir()
    with pytest.raises(DataError, match="--data"):
        samples_of(source(), tmp_path)
