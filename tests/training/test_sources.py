"""Class maps and what counts as a source."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from detector.taxonomy import TAXONOMY
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
    assert len(sources) == 9
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


def test_a_labelled_source_leaves_out_pictures_without_a_label_file(tmp_path: Path) -> None:
    for folder in ("images", "labels"):
        (tmp_path / "fake" / folder).mkdir(parents=True)
    for stem in ("a", "b"):
        (tmp_path / "fake" / "images" / f"{stem}.avif").touch()
    (tmp_path / "fake" / "labels" / "b.txt").touch()
    assert [sample.key for sample in samples_of(source(), tmp_path)] == ["fake__fake__b"]


def test_a_source_without_pictures_says_where_it_looked(tmp_path: Path) -> None:
    (tmp_path / "fake").mkdir()
    with pytest.raises(FileNotFoundError, match="--data"):
        samples_of(source(), tmp_path)
