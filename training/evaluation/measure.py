"""One model on labelled pictures: every figure of an evaluation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from training import coco
from training.evaluation import bootstrap, facts
from training.evaluation.alarms import alarm_figures
from training.evaluation.bootstrap import Drawn
from training.evaluation.confusion import confusion
from training.evaluation.figures import Judged, judged
from training.evaluation.look import Looks, look_at
from training.evaluation.result import AlarmFigures, Evaluation
from training.evaluation.scene import SceneSet, scene_of
from training.evaluation.target import Target, alarming_of
from training.evaluation.task import MIN_CONFIDENCE, Task
from training.labelled import Collection
from training.labels import LabelBox

if TYPE_CHECKING:
    from detector.model import Model

MEAN = "mean"


@dataclass(frozen=True)
class Measurement:
    """An evaluation, with what a page and a comparison need beside it.

    `drawn` are by class (or "mean", or set and class of alarms) and name of the figure; `sets`
    are the labelled pictures, then the quiet sets.
    """

    task: Task
    evaluation: Evaluation
    drawn: Mapping[tuple[str, str], Drawn]
    sets: tuple[SceneSet, ...]


def evaluate_collection(
    model: Model,
    collection: Collection,
    classes: Sequence[int],
    *,
    name: str = "pictures",
    iou: float = 0.5,
    groups: Sequence[str] | None = None,
    quiet: Mapping[str, Sequence[Path]] | None = None,
    merge: Sequence[Sequence[int]] = (),
    min_width_px: float = 0.0,
    min_confidence: float = MIN_CONFIDENCE,
    slices: bool = False,
) -> Evaluation:
    """The figures of a model on a collection; `Task` explains the arguments. Raises DataError."""
    task = Task(
        name=name,
        collection=collection,
        classes=tuple(classes),
        groups=groups,
        quiet=quiet or {},
        merge=merge,
        iou=iou,
        min_width_px=min_width_px,
        min_confidence=min_confidence,
        slices=slices,
    )
    return measure(model, task).evaluation


def measure(model: Model, task: Task, advance: Callable[[int], None] | None = None) -> Measurement:
    """Let the model look at every picture of a task once, and work out all figures.

    `advance` hears how many more pictures are done. DataError where nothing is labelled, the
    groups do not fit, a picture cannot be read, or faster-coco-eval is not installed.
    """
    coco.require()
    labels, groups = task.labels(), task.groups_or_pictures()
    look = partial(
        look_at, model, min_confidence=task.min_confidence, slices=task.slices, advance=advance
    )
    looks = look(task.files)
    quiet_looks = {name: look(files) for name, files in task.quiet.items()}
    known = frozenset(model.thresholds)
    targets = tuple(it for it in task.targets if known.intersection(it.names))
    alarming = tuple(it for it in alarming_of(task.targets) if known.intersection(it.names))
    own = _set(model, task, task.name, looks, labels, targets, bootstrap.resampled(groups))
    quiet = [
        _quiet_set(model, task, name, its, alarming, place)
        for place, (name, its) in enumerate(quiet_looks.items())
    ]
    classes = judged(own, quiet, targets, task, model.thresholds)
    alarms = alarm_figures(own, [it for it in targets if it.violation])
    alarms += [row for it in quiet for row in alarm_figures(it, alarming)]
    drawn = _all_drawn(classes, alarms)
    evaluation = Evaluation(
        measured_on=facts.today(),
        machine=facts.machine(),
        model=facts.model_facts(model, slices=task.slices, looks=[looks, *quiet_looks.values()]),
        data=facts.data_facts(task, looks, labels, quiet_looks, len(set(groups))),
        classes={name: it.figures for name, it in classes.items()},
        mean_ap=drawn[MEAN, "ap"].estimate(),
        mean_ap_50_95=drawn[MEAN, "ap_50_95"].estimate() if (MEAN, "ap_50_95") in drawn else None,
        curves={name: it.curve for name, it in classes.items()},
        alarms=tuple(row for row, _ in alarms),
        confusion=confusion(own.scenes, targets),
        widths={name: it.widths for name, it in classes.items()},
        unknown=tuple(it.name for it in task.targets if it not in targets),
        notes=tuple(facts.notes(task.targets, classes, groups)),
    )
    return Measurement(task, evaluation, drawn, (own, *quiet))


def _all_drawn(
    classes: Mapping[str, Judged], alarms: Sequence[tuple[AlarmFigures, Drawn]]
) -> dict[tuple[str, str], Drawn]:
    drawn = {(name, key): it for name, one in classes.items() for key, it in one.drawn.items()}
    for key in ("ap", "ap_50_95"):
        known = [one.drawn[key] for one in classes.values() if key in one.drawn]
        if known or key == "ap":
            drawn[MEAN, key] = bootstrap.mean(known)
    for row, share in alarms:
        drawn[f"{row.set}: {row.class_name}", "alarms"] = share
    return drawn


def _set(
    model: Model,
    task: Task,
    name: str,
    looks: Looks,
    labels: Sequence[Sequence[LabelBox]],
    targets: Sequence[Target],
    weights: NDArray[np.float64],
) -> SceneSet:
    scenes = tuple(
        scene_of(
            seen,
            boxes,
            targets,
            model.thresholds,
            set_name=name,
            iou=task.iou,
            min_width_px=task.min_width_px,
        )
        for seen, boxes in zip(looks.seen, labels, strict=True)
    )
    return SceneSet(name, scenes, weights)


def _quiet_set(
    model: Model, task: Task, name: str, looks: Looks, targets: Sequence[Target], place: int
) -> SceneSet:
    """Each quiet set has a seed of its own: sets are drawn independently of each other."""
    pictures = [str(k) for k in range(len(looks.seen))]
    weights = bootstrap.resampled(pictures, seed=bootstrap.SEED + 1 + place)
    return _set(model, task, name, looks, [()] * len(pictures), targets, weights)
