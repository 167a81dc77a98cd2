"""Every figure on pictures whose answer is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from detector.looks import Size
from tests.training.evaluation.scenes import TableModel, collection, grey_picture, ident
from training.errors import DataError
from training.evaluation import Evaluation, Task, evaluate_collection, measure
from training.evaluation.alarms import rank_auc
from training.evaluation.compare import compared, verdict
from training.evaluation.examples import region_around, worst
from training.evaluation.result import Estimate
from training.evaluation.target import targets_of
from training.evaluation.task import MIN_CONFIDENCE
from training.labelled import Collection

pytest.importorskip("faster_coco_eval")

THING = (20.0, 20.0, 80.0, 80.0)
ELSEWHERE = (120.0, 120.0, 180.0, 180.0)
BIN, OVERFLOW, PILE = (ident(n) for n in ("garbage_bin", "garbage_overflow", "garbage_pile"))
LABELS = {
    10: [(*THING, "garbage_bin")],
    20: [(*THING, "garbage_overflow")],
    30: [],
    40: [(*THING, "garbage_pile")],
}
ANSWERS = {
    10: [(*THING, "garbage_bin", 0.9), (*ELSEWHERE, "car", 0.9)],
    20: [(*THING, "garbage_bin", 0.8), (*THING, "garbage_overflow", 0.3)],
    30: [(*ELSEWHERE, "garbage_pile", 0.7)],
    50: [(*THING, "stall", 0.9), (*ELSEWHERE, "stall", 0.8)],
}


@pytest.fixture
def evaluation(tmp_path: Path) -> Evaluation:
    return evaluate_collection(
        TableModel(ANSWERS),
        collection(tmp_path, LABELS),
        (BIN, OVERFLOW, PILE),
        quiet={"quiet": [grey_picture(tmp_path / f"q{k}.png", 50 + k) for k in range(2)]},
    )


def test_precision_and_recall_are_those_of_the_released_thresholds(evaluation: Evaluation) -> None:
    found = evaluation.classes["garbage_bin"]
    assert (found.labels, found.found, found.hits) == (1, 2, 1)
    assert found.precision.value == 0.5
    assert found.recall.value == 1.0
    assert evaluation.classes["garbage_overflow"].recall.value == 0.0
    # Below the threshold it is found all the same, and average precision counts that.
    assert evaluation.classes["garbage_overflow"].ap.value == pytest.approx(1.0)
    assert evaluation.mean_ap.value == pytest.approx(2 / 3)


def test_classes_that_do_not_count_are_not_judged(evaluation: Evaluation) -> None:
    assert set(evaluation.classes) == {"garbage_bin", "garbage_overflow", "garbage_pile"}


def test_each_fault_has_its_cause(evaluation: Evaluation) -> None:
    classes = evaluation.classes
    assert classes["garbage_overflow"].misses["other_class"] == 1
    assert classes["garbage_pile"].misses["unseen"] == 1
    assert classes["garbage_bin"].false["other_class"] == 1
    assert classes["garbage_pile"].false["background"] == 1


def test_alarms_are_counted_on_pictures_without_the_class(evaluation: Evaluation) -> None:
    rows = {(it.set, it.class_name): it for it in evaluation.alarms}
    pile = rows["pictures", "garbage_pile"]
    assert (pile.pictures, pile.raised, pile.boxes) == (3, 1, 1)
    any_ = rows["pictures", "any"]
    assert (any_.pictures, any_.raised) == (2, 1)
    stall = rows["quiet", "stall"]
    assert (stall.pictures, stall.raised, stall.boxes) == (2, 1, 2)
    assert stall.per_100.value == 50
    assert stall.boxes_per_100.value == 100
    never = rows["quiet", "exposed_cable"].boxes_per_100
    assert never.value == 0
    assert never.high is not None
    assert never.high > 50


def test_bins_taken_for_overflowing_ones_are_shown(evaluation: Evaluation) -> None:
    assert evaluation.confusion is not None
    assert evaluation.confusion.counts == ((1, 0, 0), (1, 0, 0), (0, 0, 0))


def test_recall_is_told_by_width(evaluation: Evaluation) -> None:
    (bin_,) = evaluation.widths["garbage_bin"]
    assert (bin_.from_px, bin_.to_px, bin_.labels, bin_.recall.value) == (32, 64, 1, 1.0)


def test_few_pictures_are_warned_of(evaluation: Evaluation) -> None:
    assert any("only 1 groups" in note.en for note in evaluation.notes)


def test_the_result_reads_back(evaluation: Evaluation) -> None:
    again = Evaluation.model_validate_json(evaluation.to_json())
    assert again == evaluation
    assert '"schema": 1' in evaluation.to_json()


def test_the_digest_hangs_on_labels_and_not_on_order(tmp_path: Path) -> None:
    model, whole = TableModel(ANSWERS), collection(tmp_path, LABELS)
    turned = replace(whole, pictures=whole.pictures[::-1])
    moved = collection(tmp_path, LABELS | {10: [(*ELSEWHERE, "garbage_bin")]})
    first, again, other = (
        evaluate_collection(model, it, (BIN,)).data.digest for it in (whole, turned, moved)
    )
    assert first == again
    assert first != other


def test_a_mix_up_among_merged_classes_does_not_count(tmp_path: Path) -> None:
    cars = collection(tmp_path, {10: [(*THING, "car")], 20: [(*THING, "truck")]})
    both = [(*THING, "truck", 0.9), (*THING, "car", 0.8)]
    model = TableModel({10: both, 20: both})
    ids = (ident("car"), ident("truck"))
    (it,) = evaluate_collection(model, cars, ids, merge=[ids]).classes.values()
    assert (it.labels, it.found, it.hits) == (2, 2, 2)
    assert it.ap.value == pytest.approx(1.0)


def test_narrow_labels_and_what_is_found_on_them_are_left_out(tmp_path: Path) -> None:
    narrow, tiny = (20.0, 20.0, 40.0, 80.0), (150.0, 20.0, 160.0, 30.0)
    cars = collection(tmp_path, {10: [(*narrow, "car"), (*ELSEWHERE, "car")]})
    model = TableModel({10: [(*narrow, "car", 0.9), (*tiny, "car", 0.9), (*ELSEWHERE, "car", 0.8)]})
    it = evaluate_collection(model, cars, (3,), min_width_px=32).classes["car"]
    assert (it.labels, it.found, it.hits) == (1, 1, 1)
    assert it.ap.value == pytest.approx(1.0)


def test_loose_boxes_count_at_a_lower_overlap(tmp_path: Path) -> None:
    piles = collection(tmp_path, {40: LABELS[40]})
    model = TableModel({40: [(20.0, 20.0, 80.0, 47.0, "garbage_pile", 0.9)]})
    strict = evaluate_collection(model, piles, (PILE,))
    loose = evaluate_collection(model, piles, (PILE,), iou=0.4)
    assert strict.classes["garbage_pile"].misses["loose"] == 1
    assert strict.classes["garbage_pile"].ap.value == 0
    assert loose.classes["garbage_pile"].ap.value == pytest.approx(1.0)
    assert loose.mean_ap_50_95 is None


def test_a_class_that_the_model_does_not_know_is_said(tmp_path: Path) -> None:
    model = TableModel(ANSWERS, {"garbage_bin": 0.5})
    evaluation = evaluate_collection(model, collection(tmp_path, LABELS), (BIN, PILE))
    assert evaluation.unknown == ("garbage_pile",)
    assert set(evaluation.classes) == {"garbage_bin"}
    assert any("does not know" in note.en for note in evaluation.notes)


def test_slices_are_asked_for_only_when_wanted(tmp_path: Path) -> None:
    model, bins = TableModel(ANSWERS), collection(tmp_path, {10: LABELS[10]})
    evaluate_collection(model, bins, (BIN,))
    evaluate_collection(model, bins, (BIN,), slices=True)
    assert model.asked == [(MIN_CONFIDENCE, False), (MIN_CONFIDENCE, True)]


def test_merged_violations_are_one_on_quiet_pictures_too(tmp_path: Path) -> None:
    heaps = collection(tmp_path, {10: [(*THING, "garbage_overflow")]})
    model = TableModel(
        {10: [(*THING, "garbage_overflow", 0.6)], 50: [(*THING, "garbage_pile", 0.9)]}
    )
    evaluation = evaluate_collection(
        model,
        heaps,
        (OVERFLOW, PILE),
        merge=[(OVERFLOW, PILE)],
        quiet={"quiet": [grey_picture(tmp_path / "q.png", 50)]},
    )
    merged = evaluation.classes["garbage_overflow+garbage_pile"]
    assert merged.auc is not None
    assert merged.auc.value == 0
    raised = {it.class_name: it.raised for it in evaluation.alarms if it.set == "quiet"}
    assert raised["garbage_overflow+garbage_pile"] == raised["any"] == 1


def test_means_over_other_classes_are_not_compared(tmp_path: Path) -> None:
    task = Task(
        "all",
        collection(tmp_path, LABELS),
        (BIN, PILE),
        quiet={"quiet": [grey_picture(tmp_path / "q.png", 50)]},
    )
    whole, part = (
        measure(TableModel(ANSWERS, thresholds), task)
        for thresholds in (None, {"garbage_bin": 0.5})
    )
    names = {it.class_name for it in compared(whole, part).differences}
    assert names == {"garbage_bin"}
    assert {"mean", "quiet: any"} <= {it.class_name for it in compared(whole, whole).differences}


def test_a_folder_without_labels_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no picture of pictures has a label of garbage_pile"):
        evaluate_collection(TableModel({}), collection(tmp_path, {10: LABELS[10]}), (PILE,))


def test_groups_must_fit(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="1 pictures but 2 groups"):
        evaluate_collection(
            TableModel({}), collection(tmp_path, {10: LABELS[10]}), (BIN,), groups=["a", "b"]
        )


def test_a_picture_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    bins: Collection = collection(tmp_path, {10: LABELS[10]})
    (tmp_path / "p10.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"p10\.png"):
        evaluate_collection(TableModel({}), bins, (BIN,))


def test_a_class_is_merged_once() -> None:
    with pytest.raises(DataError, match="car cannot be merged twice"):
        targets_of((3, 4, 5), [(3, 4), (3, 5)])


def test_the_better_of_two_models_is_named(tmp_path: Path) -> None:
    labels = {level: [(*THING, "garbage_bin")] for level in range(10, 210, 10)}
    good = {level: [(*THING, "garbage_bin", 0.9)] for level in labels}
    half = {level: rows if level % 20 else [] for level, rows in good.items()}
    task = Task("bins", collection(tmp_path, labels), (BIN,))
    first, second = (measure(TableModel(answers), task) for answers in (half, good))
    by_figure = {
        it.figure: it for it in compared(first, second).differences if it.class_name != "mean"
    }
    recall = by_figure["recall"]
    assert recall.difference.value == 0.5
    assert recall.verdict == "better"
    assert by_figure["precision"].verdict == "no difference shown"
    back = {it.figure: it.verdict for it in compared(second, first).differences}
    assert back["recall"] == "worse"
    same = compared(first, first).differences
    assert {it.verdict for it in same} == {"no difference shown"}


def test_fewer_alarms_are_better() -> None:
    lower = Estimate(value=-0.2, low=-0.3, high=-0.1)
    assert verdict(lower, less_is_better=True) == "better"
    assert verdict(lower) == "worse"


def test_rank_auc_counts_pairs() -> None:
    rng = np.random.default_rng(3)
    scores, holds = rng.integers(0, 5, 40) / 4, rng.random(40) < 0.4
    pairs = [(a > b) + (a == b) / 2 for a in scores[holds] for b in scores[~holds]]
    assert rank_auc(scores, holds, np.ones((1, 40)))[0] == pytest.approx(np.mean(pairs))


def test_the_worst_come_first_and_once_a_picture(tmp_path: Path) -> None:
    task = Task("all", collection(tmp_path, LABELS), (BIN, OVERFLOW, PILE))
    measured = measure(TableModel(ANSWERS), task)
    misses, alarms = worst(measured.sets, "miss"), worst(measured.sets, "alarm")
    assert [(it.class_id, it.cause.name) for it in misses] == [
        (OVERFLOW, "other_class"),
        (PILE, "unseen"),
    ]
    assert [(it.file, it.confidence) for it in alarms] == [
        ("p20.png", pytest.approx(0.8)),
        ("p30.png", pytest.approx(0.7)),
    ]
    assert all(it.image.startswith("data:image/jpeg;base64,") for it in misses)
    (main,) = (box for box in misses[0].boxes if box.main)
    assert (main.x, main.width) == pytest.approx((0.1, 0.3))


@pytest.mark.parametrize(
    ("box", "size"),
    [
        pytest.param((0, 0, 10, 10), Size(1920, 1080), id="a corner"),
        pytest.param((0, 0, 1920, 1080), Size(1920, 1080), id="everything"),
        pytest.param((1900, 500, 1920, 1000), Size(1920, 1080), id="the rim"),
        pytest.param((5, 5, 20, 20), Size(40, 30), id="a tiny picture"),
    ],
)
def test_the_region_shown_holds_the_box_and_lies_in_the_picture(
    box: tuple[int, int, int, int], size: Size
) -> None:
    left, top, right, bottom = region_around(box, size)
    assert 0 <= left <= box[0]
    assert box[2] <= right <= size.width
    assert 0 <= top <= box[1]
    assert box[3] <= bottom <= size.height
