"""The model card says what was measured, on which model, and what was not."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

import pytest

from detector.taxonomy import TAXONOMY
from training.evaluation.result import (
    AlarmFigures,
    ClassFigures,
    DataFacts,
    Estimate,
    Evaluation,
    ModelFacts,
    Note,
)
from training.exporting.card_file import Failure, Words
from training.exporting.parity import Parity
from training.model_card import Exported, model_card
from training.release import Chosen, Precisions, Recipe, Release, Stage, Trained

NAMES = TAXONOMY.class_names
SHA256 = "ab" * 32
UNKNOWN = Estimate(value=None, low=None, high=None)


def evaluation(sha256: str = SHA256) -> Evaluation:
    figures = ClassFigures(
        zh="垃圾桶",
        en="bin",
        colour="#000000",
        labels=120,
        pictures=80,
        found=110,
        hits=100,
        thresholds={"garbage_bin": 0.4},
        ap=Estimate(value=0.923, low=0.881, high=0.957),
        ap_50_95=None,
        precision=Estimate(value=0.9, low=0.85, high=0.94),
        recall=UNKNOWN,
        auc=None,
        misses={},
        false={},
    )
    alarms = AlarmFigures(
        set="negatives",
        class_name="garbage_pile",
        pictures=258,
        raised=4,
        boxes=5,
        per_100=Estimate(value=1.6, low=0.4, high=3.9),
        boxes_per_100=Estimate(value=1.9, low=0.5, high=4.2),
    )
    return Evaluation(
        measured_on="2026-11-21",
        machine="two cores",
        model=ModelFacts(
            file="fold.onnx",
            version="0.0.1",
            sha256=sha256,
            engine="openvino",
            precision="f32",
            input_size_px=512,
            slices=True,
            thresholds={},
            seconds_per_picture=0.05,
        ),
        data=DataFacts(
            name="garbage val",
            pictures=163,
            groups=40,
            classes=("garbage_bin",),
            quiet={},
            digest="0" * 64,
            iou=0.5,
            min_width_px=0,
        ),
        classes={"garbage_bin": figures},
        mean_ap=UNKNOWN,
        mean_ap_50_95=None,
        curves={},
        alarms=(alarms,),
        confusion=None,
        widths={},
        unknown=(),
        notes=(Note(zh="小", en="Labels are loose."),),
    )


@pytest.fixture
def exported() -> Exported:
    chosen = {name: Chosen(why="not measured") for name in NAMES} | {
        "garbage_bin": Chosen(
            why="precision",
            precision=0.871,
            recall=0.9,
            labels=120,
            method="isotonic",
            boxes=400,
            hits=110,
            error_before=0.08,
            error_after=0.02,
        ),
        "stall": Chosen(why="best F1", precision=0.6, recall=0.5, labels=30),
    }
    digest = "0123456789abcdef" * 4
    release = Release(
        version="0.2.0",
        names=NAMES,
        input_size=512,
        nms_iou=0.6,
        stated_precision=0.85,
        measured_on="unseen scenes",
        thresholds=dict.fromkeys(NAMES, 0.35),
        calibration=dict.fromkeys(NAMES, ((0.0, 0.0), (1.0, 1.0))),
        chosen=chosen,
        precision=Precisions(openvino="bf16", ap_f32=0.6554, ap_bf16=0.6549, measured_on="val"),
        trained=Trained(
            stages=(Stage(start="start.pt", epochs=9, input_size=640, note="on a GPU"),),
            data="all sources",
            data_sha256=digest,
            pt_sha256=digest,
            recipe=Recipe(name="city", sha256=digest, text="name: city"),
        ),
    )
    return Exported(
        file="street11n.onnx",
        size=9_660_000,
        sha256=SHA256,
        release=release,
        parity=Parity(pictures=12, px=0.0011, score=0.0000085, boxes=52),
        words=Words(
            data="Pictures | of streets.",
            elsewhere="Expect less.",
            failures=(Failure(text="Planters pass for bins.", picture="images/planter.jpg"),),
        ),
        evaluations=(evaluation(),),
        checkpoint="street11n.pt",
    )


def test_each_class_has_its_threshold_with_the_reason(exported: Exported) -> None:
    text = model_card(exported)
    assert "| garbage_bin | 垃圾桶 | 0.35 | 0.87 | 0.90 | 120 | least that reaches" in text
    assert re.search(r"\| stall .*\*\*the stated precision is not reached\*\*", text)
    assert re.search(r"\| exposed_cable .* - \| - \| 0 \| \*\*not measured\*\*", text)


def test_figures_come_with_intervals_and_what_is_unknown_is_a_dash(exported: Exported) -> None:
    text = model_card(exported)
    assert "| garbage_bin | 120 | 0.923 (0.88 to 0.96) | - | 0.900 (0.85 to 0.94) | - |" in text
    assert "| garbage_pile | negatives | 258 | 1.9 (0.5 to 4.2) | 1.6 (0.4 to 3.9) |" in text
    assert "512 px in slices" in text
    assert "- Labels are loose." in text


def test_figures_of_another_model_say_so(exported: Exported) -> None:
    assert "Another model" not in model_card(exported)
    other = replace(exported, evaluations=(evaluation("cd" * 32),))
    assert "**Another model than this one**" in model_card(other)
    assert "`cdcdcdcdcdcd`" in model_card(other)


def test_without_figures_the_card_says_so(exported: Exported) -> None:
    assert "None were given" in model_card(replace(exported, evaluations=()))


def test_the_rest_of_what_a_user_asks_for_is_there(exported: Exported) -> None:
    text = model_card(exported)
    for said in (
        "AGPL-3.0-or-later",
        "(1, 15, N)",
        SHA256,
        "9.7 MB",
        "| garbage_bin | isotonic | 400 | 110 | 0.080 | 0.020 |",
        "![Planters pass for bins.](images/planter.jpg)",
        "## What to expect elsewhere",
        "| start.pt | 9 | 640 | on a GPU |",
        "`0123456789ab`",
        "| bf16 | - | 0.6549 |",
        "0.0011 px",
        "streetwarden train",
    ):
        assert said in text


def test_the_card_is_sound_markdown(exported: Exported) -> None:
    lines = model_card(exported).splitlines()
    assert max(len(line) for line in lines if not line.startswith(("|", "-", " "))) <= 120
    for before, line in itertools.pairwise(lines):
        if before.startswith("|") and line.startswith("|"):
            assert before.count("|") == line.count("|")
    assert sum(line.startswith("# ") for line in lines) == 1
