"""Which pictures say how sure a release may be of each class, and which model looks at them.

The released model has seen every stall and cable; what it is worth on new ones is told by models
that left whole sources out of their training. A plan names, for each class, such a model and the
pictures that it never saw.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from detector.looks import Boxes
from detector.model.model import Model
from training.dataset.choose import left_out
from training.errors import DataError
from training.evaluation.look import look_at
from training.label_files import boxes_of
from training.progress import Tell, counter
from training.recipe import load_recipe
from training.release import ReleaseNumbers
from training.release_numbers import calibrate_and_choose
from training.sources import ClassName, Sample, Source, load_source, samples_of
from training.splits import sides_of
from training.thresholds import Pair

MIN_CONFIDENCE = 0.005
RELEASE = "release"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Part(_Frozen):
    """Pictures of a source, and the model that never saw them: `release`, or `run:NAME`.

    They are those on `side`, or those that the recipe `left_out` (beside the plan) leaves out, and
    of these the ones that match `only` (source/folder/picture). With `quiet` they show no
    violation and count for the alarms of `classes`; otherwise as labelled, or as pictures without
    these classes where the source labels none.
    """

    model: str
    source: str
    side: Literal["train", "val", "check"] = "val"
    left_out: str | None = None
    only: str = "*"
    classes: tuple[ClassName, ...] = Field(min_length=1)
    quiet: bool = False


class Plan(_Frozen):
    """`given` are thresholds set by hand, in calibrated units, for classes labelled in part."""

    measured_on: str
    parts: tuple[Part, ...] = Field(min_length=1)
    given: dict[ClassName, float] = {}


def measure(
    plan: Plan,
    beside: Path,
    datasets: Path,
    data: Path,
    model_of: Callable[[str], Model],
    tell: Tell = lambda *_: None,
) -> ReleaseNumbers:
    """Curves and thresholds of a release; `model_of` gives the model of a part by its name.

    `beside` is the folder of the plan. Models must give raw scores. Raises DataError.
    """
    pairs: dict[str, list[Pair]] = {}
    quiet: dict[str, list[Boxes]] = {}
    seen: dict[tuple[str, Path], Boxes] = {}
    for part in plan.parts:
        source = load_source(datasets / f"{part.source}.yaml")
        samples = _samples(part, source, beside, data)
        found = _found(part, samples, model_of, seen, tell)
        for name in part.classes:
            if part.quiet:
                quiet.setdefault(name, []).extend(found)
            else:
                truth = (_truth(source, sample) for sample in samples)
                pairs.setdefault(name, []).extend(zip(truth, found, strict=True))
    return calibrate_and_choose(pairs, quiet, plan.measured_on, given=plan.given)


def _samples(part: Part, source: Source, beside: Path, data: Path) -> list[Sample]:
    samples = samples_of(source, data)
    if part.left_out is not None:
        recipe = load_recipe(beside / part.left_out)
        samples = tuple(sample for sample in samples if left_out(sample, recipe.data))
    else:
        sides = sides_of(source, samples, data)
        samples = tuple(sample for sample in samples if sides[sample.key] == part.side)
    kept = [sample for sample in samples if fnmatchcase(sample.address, part.only)]
    if not kept:
        raise DataError(f"the plan's part {part.model} on {part.source} has no pictures: mend it")
    return kept


def _found(
    part: Part,
    samples: Sequence[Sample],
    model_of: Callable[[str], Model],
    seen: dict[tuple[str, Path], Boxes],
    tell: Tell,
) -> list[Boxes]:
    todo = [it.picture for it in samples if (part.model, it.picture) not in seen]
    if todo:
        model = model_of(part.model)
        advance = counter(tell, f"{part.model} on {part.source}", len(todo))
        looks = look_at(model, todo, min_confidence=MIN_CONFIDENCE, advance=advance)
        seen.update({(part.model, it.picture): it.found for it in looks.seen})
    return [seen[part.model, sample.picture] for sample in samples]


def _truth(source: Source, sample: Sample) -> Boxes:
    """The labels of a picture in its pixels, with confidence 1."""
    from training.pictures import read_picture

    boxes, _ = boxes_of(source, sample)
    height, width = read_picture(sample.picture).shape[:2]
    scale = np.array([width, height, width, height], dtype=np.float32)
    shares = np.array([box.xyxy() for box in boxes], dtype=np.float32).reshape(-1, 4)
    ids = np.array([box.class_id for box in boxes], dtype=np.int64)
    return Boxes(shares * scale, ids, np.ones(len(ids), dtype=np.float32))
