"""Who measures which class: plans, from tiny sources and a model made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
import pytest
import yaml
from pydantic import ValidationError

from detector.looks import Boxes
from detector.model.model import Model
from training.calibrating import CalibrateRequest, run
from training.calibration_plan import Plan, measure
from training.errors import DataError
from training.places import Places

BIN = 7


class Seer:
    """Sees the labelled bin in every picture, and a second one where the picture is bright."""

    def __init__(self) -> None:
        self.asked = 0

    def detect_boxes(
        self, pictures: Sequence[Any], min_confidence: float, slices: bool
    ) -> list[Boxes]:
        assert min_confidence <= 0.01, "curves need what is below every threshold"
        self.asked += len(pictures)
        return [self._look(np.asarray(picture)) for picture in pictures]

    def _look(self, picture: Any) -> Boxes:
        rows: list[tuple[float, float, float, float, int, float]] = [(10, 10, 30, 30, BIN, 0.8)]
        if picture.mean() > 100:
            rows.append((60, 10, 80, 30, BIN, 0.3))
        return Boxes.of(rows)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Twenty pictures with a bin, half of them bright, and four quiet ones, dark and bright."""
    for folder in ("data/bins/images", "data/bins/labels", "data/quiet", "datasets"):
        (tmp_path / folder).mkdir(parents=True)
    for number in range(20):
        picture = np.full((100, 100, 3), 150 * (number % 2), dtype=np.uint8)
        cv2.imwrite(str(tmp_path / f"data/bins/images/{number:02d}.png"), picture)
        label = tmp_path / f"data/bins/labels/{number:02d}.txt"
        label.write_text("0 0.2 0.2 0.2 0.2\n", encoding="utf-8")
    for number in range(4):
        picture = np.full((100, 100, 3), 150 * (number % 2), dtype=np.uint8)
        cv2.imwrite(str(tmp_path / f"data/quiet/q{number}.png"), picture)
    sources = {
        "bins": {"labelled": True, "classes": {0: "garbage_bin"}},
        "quiet": {"labelled": False, "classes": {}},
    }
    for name, fields in sources.items():
        source = {"name": name, "folders": [name], "split": {"by": "all", "side": "val"}, **fields}
        (tmp_path / "datasets" / f"{name}.yaml").write_text(yaml.safe_dump(source))
    return tmp_path


def plan(*parts: dict[str, Any], **more: Any) -> Plan:
    return Plan.model_validate({"measured_on": "tests", "parts": parts, **more})


PART = {"model": "release", "source": "bins", "classes": ["garbage_bin"]}


def measured(root: Path, wanted: Plan, seer: Seer) -> Any:
    return measure(
        wanted, root, root / "datasets", root / "data", lambda _: cast("Model", seer)
    ).classes


def test_the_threshold_parts_what_is_right_from_what_is_not(root: Path) -> None:
    found = measured(root, plan(PART), Seer())["garbage_bin"]
    assert found.why == "precision"
    assert found.precision == 1.0
    assert found.recall == 1.0
    assert found.labels == 20


def test_pictures_without_the_class_count_against_it(root: Path) -> None:
    quiet = {"model": "release", "source": "quiet", "classes": ["garbage_bin"]}
    alone = measured(root, plan(PART), Seer())["garbage_bin"]
    both = measured(root, plan(PART, quiet), Seer())["garbage_bin"]
    assert both.labels == alone.labels
    assert both.boxes == alone.boxes + 6


def test_a_picture_is_looked_at_once_for_all_parts_of_a_model(root: Path) -> None:
    seer = Seer()
    measured(root, plan(PART, {**PART, "quiet": True, "classes": ["garbage_pile"]}), seer)
    assert seer.asked == 20


def test_only_what_matches_is_measured(root: Path) -> None:
    found = measured(root, plan({**PART, "only": "bins/bins/0*"}), Seer())["garbage_bin"]
    assert found.labels == 10


def test_a_threshold_given_by_hand_stays(root: Path) -> None:
    found = measured(root, plan(PART, given={"car": 0.42}), Seer())["car"]
    assert (found.threshold, found.why) == (0.42, "given")


def test_a_part_without_pictures_is_refused(root: Path) -> None:
    with pytest.raises(DataError, match="release on bins has no pictures"):
        measured(root, plan({**PART, "only": "bins/none/*"}), Seer())


def test_a_class_that_is_none_is_refused() -> None:
    with pytest.raises(ValidationError, match="unicorn"):
        plan({**PART, "classes": ["unicorn"]})


def test_a_model_that_no_plan_can_name_is_refused(root: Path) -> None:
    path = root / "plan.yaml"
    path.write_text(yaml.safe_dump({"measured_on": "x", "parts": [{**PART, "model": "fold_a"}]}))
    request = CalibrateRequest(
        plan=path,
        weights=root / "none.pt",
        out=root / "numbers.yaml",
        places=Places(root / "data", root, root / "cache"),
        datasets=root / "datasets",
        input_size=512,
    )
    with pytest.raises(DataError, match="'fold_a' is no model of a plan"):
        run(request)
    assert not request.out.exists()
