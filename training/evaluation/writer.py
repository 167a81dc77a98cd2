"""Writes the page: template, style, scripts, data and pictures in one file that needs no network.

Scripts and style are allowed by their hashes alone; data travels as JSON, which no browser runs.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import asdict
from importlib import resources
from pathlib import Path
from string import Template

from detector.files import write_lines
from detector.report.data import inert_json
from detector.report.policy import content_policy, script_elements
from detector.taxonomy import TAXONOMY
from training.evaluation.examples import Example, worst
from training.evaluation.measure import Measurement
from training.evaluation.result import Evaluation
from training.evaluation.target import Target

# In the order in which they need each other.
SCRIPTS = ("words.js", "parts.js", "tables.js", "charts.js", "gallery.js", "page.js")


def write_page(path: Path, measured: Measurement, evaluation: Evaluation) -> None:
    """Write the page of a measurement whole or not at all; OutputError where it cannot be.

    `evaluation` is that of the measurement, with a comparison where there is one.
    """
    write_lines(path, [render(measured, evaluation)])


def render(measured: Measurement, evaluation: Evaluation) -> str:
    """The page as HTML."""
    scripts = [_source(name) for name in SCRIPTS]
    style = _source("page.css")
    return Template(_source("page.html")).substitute(
        policy=html.escape(content_policy(scripts, style, "img-src data:")),
        title=html.escape(f"{evaluation.data.name}: {evaluation.model.file}"),
        style=style,
        data=inert_json(_data(measured, evaluation)),
        scripts=script_elements(scripts),
    )


def _data(measured: Measurement, evaluation: Evaluation) -> dict[str, object]:
    targets = measured.task.targets
    scenes = [scene for it in measured.sets for scene in it.scenes]
    return {
        "evaluation": evaluation.model_dump(mode="json", by_alias=True),
        "names": {it.name: _names(it) for it in _all_targets(targets)},
        "misses": [_example(it, targets) for it in worst(measured.sets, "miss")],
        "false": [_example(it, targets) for it in worst(measured.sets, "alarm")],
        "counts": {
            "misses": sum(int(scene.missed.sum()) for scene in scenes),
            "false": sum(int(scene.false.sum()) for scene in scenes),
        },
    }


def _all_targets(targets: Iterable[Target]) -> list[Target]:
    return [*(Target((entry.id,)) for entry in TAXONOMY.classes), *targets]


def _names(target: Target) -> dict[str, str]:
    return {"zh": target.zh, "en": target.en, "colour": target.colour}


def _example(example: Example, targets: Iterable[Target]) -> dict[str, object]:
    """An example with the names of its targets in place of their ids."""
    names = {it.id: it.name for it in _all_targets(targets)}
    boxes = [
        {**asdict(box), "class_name": names[box.class_id], "class_id": None}
        for box in example.boxes
    ]
    cause = example.cause
    return {
        **asdict(example),
        "class_name": names[example.class_id],
        "cause": cause.name,
        "cause_class": None if cause.class_id is None else names[cause.class_id],
        "cause_confidence": cause.confidence,
        "boxes": boxes,
    }


def _source(name: str) -> str:
    return resources.files("training.evaluation").joinpath("page", name).read_text(encoding="utf-8")
