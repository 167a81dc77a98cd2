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

from pydantic import BaseModel, ConfigDict, Field

from detector.looks import Boxes
from detector.model.model import Model
from training.dataset.choose import left_out
from training.errors import DataError
from training.evaluation.look import Seen, look_at
from training.evaluation.scene import in_pixels
from training.label_files import boxes_of
from training.progress import Tell, counter
from training.recipe import load_recipe
from training.release import ReleaseNumbers
from training.release_numbers import calibrate_and_choose
from training.sources import ClassName, Sample, Source, load_source, samples_of
from training.splits import sides_of
from training.thresholds import MOST_ALARMS, Pair

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
    """`given` are thresholds set by hand, in calibrated units, for classes labelled in part.

    Those of a class that has quiet pictures may still be raised. `most_alarms` is in 100 of these,
    all classes together; ask for fewer where the model has trained on them.
    """

    measured_on: str
    parts: tuple[Part, ...] = Field(min_length=1)
    given: dict[ClassName, float] = {}
    most_alarms: float = Field(default=MOST_ALARMS, ge=0)


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
    looked: dict[tuple[str, Path], Seen] = {}
    for part in plan.parts:
        source = load_source(datasets / f"{part.source}.yaml")
        samples = _samples(part, source, beside, data)
        seen = _seen(part, samples, model_of, looked, tell)
        for name in part.classes:
            if part.quiet:
                quiet.setdefault(name, []).extend(it.found for it in seen)
            else:
                pairs.setdefault(name, []).extend(
                    (in_pixels(boxes_of(source, sample)[0], it.size), it.found)
                    for sample, it in zip(samples, seen, strict=True)
                )
    return calibrate_and_choose(
        pairs, quiet, plan.measured_on, given=plan.given, most_alarms=plan.most_alarms
    )


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


def _seen(
    part: Part,
    samples: Sequence[Sample],
    model_of: Callable[[str], Model],
    looked: dict[tuple[str, Path], Seen],
    tell: Tell,
) -> list[Seen]:
    todo = [it.picture for it in samples if (part.model, it.picture) not in looked]
    if todo:
        model = model_of(part.model)
        advance = counter(tell, f"{part.model} on {part.source}", len(todo))
        looks = look_at(model, todo, min_confidence=MIN_CONFIDENCE, advance=advance)
        looked.update({(part.model, it.picture): it for it in looks.seen})
    return [looked[part.model, sample.picture] for sample in samples]
