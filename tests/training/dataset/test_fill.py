"""What a picture is labelled with."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.dataset.fill import Opinion, fill
from training.labels import LabelBox
from training.recipe import TeacherPart
from training.sources import Sample, Source
from training.teacher import Guess

CAR, TRUCK, BIN = 3, 5, 7
RICKSHAW = 6  # a class of the source that we do not have


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    label = tmp_path / "a.txt"
    label.write_text(f"0 0.5 0.5 0.2 0.2\n{RICKSHAW} 0.2 0.2 0.1 0.1\n", encoding="utf-8")
    return Sample(source="made", picture=tmp_path / "images" / "a.jpg", labels=label)


SOURCE = Source.model_validate(
    {
        "name": "made",
        "folders": ["made"],
        "labelled": True,
        "classes": {0: "car"},
        "split": {"by": "all", "side": "train"},
        "fill": ["car", "truck"],
    }
)
TEACHER = TeacherPart(weights="t.pt", classes=("car", "truck"), sure=0.5, unsure=0.2)


@pytest.mark.parametrize(
    ("guessed", "confidence", "added", "ignored"),
    [
        pytest.param(LabelBox(CAR, 0.8, 0.8, 0.1, 0.1), 0.9, 1, 0, id="a car nobody labelled"),
        pytest.param(LabelBox(CAR, 0.8, 0.8, 0.1, 0.1), 0.5, 1, 0, id="just sure"),
        pytest.param(LabelBox(CAR, 0.8, 0.8, 0.1, 0.1), 0.49, 0, 1, id="just not sure"),
        pytest.param(LabelBox(CAR, 0.8, 0.8, 0.1, 0.1), 0.19, 0, 0, id="too faint to matter"),
        pytest.param(LabelBox(CAR, 0.5, 0.5, 0.2, 0.2), 0.9, 0, 0, id="the labelled car again"),
        pytest.param(LabelBox(TRUCK, 0.5, 0.5, 0.2, 0.2), 0.9, 0, 0, id="the car as a truck"),
        pytest.param(LabelBox(CAR, 0.2, 0.2, 0.1, 0.1), 0.9, 0, 0, id="a rickshaw we leave out"),
        pytest.param(LabelBox(BIN, 0.8, 0.8, 0.1, 0.1), 0.9, 0, 0, id="not what it is asked for"),
    ],
)
def test_a_teacher_adds_what_is_new_and_sure(
    sample: Sample, guessed: LabelBox, confidence: float, added: int, ignored: int
) -> None:
    filled = fill(SOURCE, sample, [Opinion(TEACHER, (Guess(guessed, confidence),))])
    assert filled.own == (LabelBox(CAR, 0.5, 0.5, 0.2, 0.2),)
    assert (len(filled.added), len(filled.ignored)) == (added, ignored)


def test_a_second_teacher_does_not_add_what_the_first_added(sample: Sample) -> None:
    guess = Guess(LabelBox(CAR, 0.8, 0.8, 0.1, 0.1), 0.9)
    filled = fill(SOURCE, sample, [Opinion(TEACHER, (guess,)), Opinion(TEACHER, (guess,))])
    assert len(filled.added) == 1


def test_areas_without_labels_are_ignored_in_every_picture(sample: Sample) -> None:
    area = {"classes": ["bus", "car"], "xyxy": [0.0, 0.5, 0.5, 1.0]}
    source = SOURCE.model_copy(
        update={"ignore": Source.model_validate(SOURCE.model_dump() | {"ignore": [area]}).ignore}
    )
    filled = fill(source, sample, [])
    assert [box.class_id for box in filled.ignored] == [4, CAR]
    assert filled.ignored[0].xyxy() == pytest.approx((0.0, 0.5, 0.5, 1.0))
