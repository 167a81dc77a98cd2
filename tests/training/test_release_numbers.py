"""From judged boxes to the numbers of a release, and the file that holds them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from detector.looks import Boxes
from detector.model.calibration import AS_IT_IS, Curve
from detector.taxonomy import TAXONOMY
from training.errors import DataError
from training.release_numbers import calibrate_and_choose, load_numbers, raw_model, write_numbers
from training.sources import class_id
from training.thresholds import Pair

RELEASED = Path(__file__).resolve().parents[2] / "detector" / "weights" / "street11n.onnx"
PILE = class_id("garbage_pile")
SQUARE = (0.0, 0.0, 10.0, 10.0)


def doubtful(seed: int = 1, count: int = 400) -> list[Pair]:
    """Pictures with one heap and one found box each, right more often than its score says."""
    rng = np.random.default_rng(seed)
    pairs = []
    for score in rng.uniform(0.05, 0.99, count):
        away = 0 if rng.uniform() < score**0.5 else 500
        label = Boxes.of([(*SQUARE, PILE, 1)])
        found = Boxes.of([(away, 0, away + 10, 10, PILE, score)])
        pairs.append((label, found))
    return pairs


def quiet(scores: list[float]) -> list[Boxes]:
    return [Boxes.of([(*SQUARE, PILE, score)]) for score in scores] + [Boxes.of([])] * 90


def test_every_class_gets_numbers_and_those_measured_say_so() -> None:
    numbers = calibrate_and_choose({"garbage_pile": doubtful()}, {}, "made up")
    assert set(numbers.classes) == set(TAXONOMY.class_names)
    pile, cable = numbers.classes["garbage_pile"], numbers.classes["exposed_cable"]
    assert (pile.why, pile.method, pile.labels) == ("precision", "isotonic", 400)
    assert pile.precision is not None
    assert pile.precision >= 0.85
    assert pile.error_after is not None
    assert pile.error_before is not None
    assert pile.error_after < pile.error_before
    assert (cable.why, cable.method, cable.precision) == ("not measured", "none", None)
    assert Curve.of(cable.knots) == AS_IT_IS


def test_thresholds_are_in_calibrated_units() -> None:
    pairs = doubtful()
    pile = calibrate_and_choose({"garbage_pile": pairs}, {}, "made up").classes["garbage_pile"]
    raw = Curve.of(pile.knots).least_raw(pile.threshold)
    kept = [(k, f) for k, f in pairs if f.confidence[0] >= raw]
    right = sum(bool(f.xyxy[0, 0] == 0) for _, f in kept)
    assert pile.precision == pytest.approx(right / len(kept), abs=0.01)


def test_loud_streets_raise_the_threshold_and_the_record_says_what_it_costs() -> None:
    pairs = {"garbage_pile": doubtful()}
    before = calibrate_and_choose(pairs, {}, "made up").classes["garbage_pile"]
    loud = quiet([0.97] * 3 + [0.9] * 7)
    after = calibrate_and_choose(pairs, {"garbage_pile": loud}, "x").classes["garbage_pile"]
    assert after.why == "quiet streets"
    assert after.threshold > before.threshold
    assert after.alarms_per_100 is not None
    assert after.alarms_per_100 <= 5
    assert before.recall is not None
    assert after.recall is not None
    assert after.recall < before.recall


def test_a_threshold_that_is_given_stays() -> None:
    numbers = calibrate_and_choose({}, {}, "x", given={"car": 0.3})
    assert (numbers.classes["car"].threshold, numbers.classes["car"].why) == (0.3, "given")


def test_a_class_under_two_names_is_one() -> None:
    pairs = doubtful()
    one = calibrate_and_choose({"garbage_pile": pairs}, {}, "x", given={"pile": 0.3})
    two = calibrate_and_choose(
        {"pile": pairs[:200], "garbage_pile": pairs[200:]}, {}, "x", given={"garbage_pile": 0.3}
    )
    assert one == two
    assert one.classes["garbage_pile"].labels == 400


def test_a_class_that_the_taxonomy_lacks_is_named() -> None:
    with pytest.raises(DataError, match="zebra"):
        calibrate_and_choose({"zebra": []}, {}, "x")


def test_the_file_gives_back_what_was_written(tmp_path: Path) -> None:
    numbers = calibrate_and_choose({"garbage_pile": doubtful()}, {}, "made up")
    write_numbers(numbers, tmp_path / "a.yaml")
    assert load_numbers(tmp_path / "a.yaml") == numbers


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "YAML"),
        ("measured_on: x\nclasses: {car: {why: given, threshold: 3}}", "threshold"),
        (
            "measured_on: x\nclasses: {car: {why: given, threshold: 0.3, knots: [[0, 0], [1, 2]]}}",
            "probability",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"a\.yaml") as caught:
        load_numbers(tmp_path / "a.yaml")
    assert said in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"a\.yaml"):
        load_numbers(tmp_path / "a.yaml")


def test_a_released_model_can_be_asked_for_raw_scores() -> None:
    model = raw_model(RELEASED)
    (found,) = model.detect_boxes([np.full((64, 96, 3), 114, np.uint8)], 0.0)
    assert len(found) == 0 or found.confidence.max() < 0.5
