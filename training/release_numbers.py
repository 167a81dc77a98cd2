"""Curves and thresholds of a release, from boxes on pictures that training did not see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import yaml

from detector.files import write_lines
from detector.looks import Boxes
from detector.model.calibration import Curve
from detector.model.engines.onnxruntime import OnnxRuntimeEngine
from detector.model.model import Model, Source
from detector.model.onnx_file import read_onnx
from detector.taxonomy import TAXONOMY
from training.calibrate import Fitted, fit
from training.errors import DataError
from training.formats.schema import read_yaml
from training.release import ClassNumbers, ReleaseNumbers
from training.sources import class_id
from training.thresholds import (
    MOST_ALARMS,
    PRECISION,
    Choice,
    Judged,
    Pair,
    alarms_per_100,
    at,
    choose,
    judge,
    quietened,
)

_Seen = TypeVar("_Seen")
_NONE: Mapping[str, float] = MappingProxyType({})
_HEADER = "# Written by training.release_numbers from measurements; not by hand.\n"


def calibrate_and_choose(
    pairs: Mapping[str, Sequence[Pair]],
    quiet: Mapping[str, Sequence[Boxes]],
    measured_on: str,
    *,
    precision: float = PRECISION,
    most_alarms: float = MOST_ALARMS,
    given: Mapping[str, float] = _NONE,
) -> ReleaseNumbers:
    """A curve and a threshold for every class of the taxonomy.

    `pairs`: by class name, (labels, found) of one picture each, where that class is labelled;
    boxes may come from several models, each on pictures that it was not trained on. `quiet`: by
    name of a class that alarms, the boxes found in pictures without a violation. Found boxes carry
    raw confidences (a model without curves) and go down to 0.01 or lower; `pairs` should hold
    pictures without the class too, or the curve will promise too much in a street. `given`:
    thresholds that are set by hand, in calibrated units, for classes whose labels are incomplete:
    leave such classes out of `pairs`. `most_alarms` is in 100 quiet pictures, all classes together.

    DataError for a class that is not in the taxonomy.
    """
    by_hand = {_id(name): threshold for name, threshold in given.items()}
    looked, seen = _by_id(pairs), _by_id(quiet)
    raw = {c: judge(looked.get(c, ()), c) for c in range(len(TAXONOMY.class_names))}
    fitted = {c: fit(judged) for c, judged in raw.items()}
    judged = {c: calibrated(raw[c], fitted[c].curve) for c in raw}
    choices = {
        c: at(it, by_hand[c], "given") if c in by_hand else choose(it, precision)
        for c, it in judged.items()
    }
    silent = {
        c: [calibrated_boxes(boxes, c, fitted[c].curve) for boxes in found]
        for c, found in seen.items()
    }
    raised = quietened({c: choice.threshold for c, choice in choices.items()}, silent, most_alarms)
    for c, threshold in raised.items():
        if threshold > choices[c].threshold:
            choices[c] = at(judged[c], threshold, "quiet streets")
    classes = {
        TAXONOMY.class_names[c]: _numbers(choices[c], fitted[c], raw[c].labels, silent.get(c), c)
        for c in raw
    }
    return ReleaseNumbers(precision=precision, measured_on=measured_on, classes=classes)


def raw_model(onnx: Path, streams: int = 1) -> Model:
    """The model of a file with raw scores for confidences, whatever curves the file has."""
    file = read_onnx(onnx)
    card = replace(file.card, curves={})
    source = Source(file.path, file.sha256, card, card.input_size_px, file.fixed)
    return Model(source, OnnxRuntimeEngine(file.content, streams))


def calibrated(judged: Judged, curve: Curve) -> Judged:
    """The same boxes with probabilities for confidences."""
    return Judged(
        curve.probabilities(judged.confidence),
        judged.hit,
        judged.picture,
        judged.labels,
        judged.pictures,
    )


def calibrated_boxes(boxes: Boxes, class_id: int, curve: Curve) -> Boxes:
    """The boxes of one class with probabilities for confidences."""
    mine = boxes.of_classes(frozenset((class_id,)))
    likely = curve.probabilities(mine.confidence).astype(mine.confidence.dtype)
    return Boxes(mine.xyxy, mine.class_id, likely)


def write_numbers(numbers: ReleaseNumbers, path: Path) -> None:
    """Writes the YAML file that a release card names under `numbers`."""
    data = numbers.model_dump(mode="json", exclude_defaults=True)
    # One number in a line of its own would make a thousand lines of the knots.
    text = yaml.safe_dump(data, sort_keys=False, width=100, default_flow_style=None)
    write_lines(path, [_HEADER, text])


def load_numbers(path: Path) -> ReleaseNumbers:
    """Reads such a file; DataError names it and the fault."""
    return read_yaml(path, ReleaseNumbers)


def _by_id(named: Mapping[str, Sequence[_Seen]]) -> dict[int, list[_Seen]]:
    """By class id: a class may stand there under its name and its aliases."""
    gathered: dict[int, list[_Seen]] = {}
    for name, seen in named.items():
        gathered.setdefault(_id(name), []).extend(seen)
    return gathered


def _id(name: str) -> int:
    try:
        return class_id(name)
    except ValueError as error:
        raise DataError(str(error)) from error


def _numbers(
    choice: Choice, fitted: Fitted, labels: int, quiet: Sequence[Boxes] | None, class_id: int
) -> ClassNumbers:
    alarms = None if quiet is None else alarms_per_100(quiet, class_id, choice.threshold)
    return ClassNumbers(
        threshold=choice.threshold,
        why=choice.why,
        precision=_short(choice.precision),
        recall=_short(choice.recall),
        labels=labels,
        alarms_per_100=_short(alarms),
        method=fitted.method,
        boxes=fitted.boxes,
        hits=fitted.hits,
        error_before=_short(fitted.error_before),
        error_after=_short(fitted.error_after),
        knots=fitted.curve.knots,
    )


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
