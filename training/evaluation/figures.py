"""All figures of one class on one set of pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from training import coco
from training.evaluation.alarms import picture_auc
from training.evaluation.bootstrap import (
    Drawn,
    average_precision,
    average_precision_50_95,
    ratio,
)
from training.evaluation.causes import FALSE, MISSES, why_false, why_missed
from training.evaluation.curves import curve
from training.evaluation.matching import Matched, match
from training.evaluation.result import ClassFigures, Curve, WidthFigures
from training.evaluation.scene import Scene, SceneSet
from training.evaluation.target import Target
from training.evaluation.task import Task
from training.evaluation.widths import width_figures


@dataclass(frozen=True)
class Judged:
    """A class judged: `drawn` by the name of the figure (ap, ap_50_95, precision, recall, auc)."""

    figures: ClassFigures
    curve: Curve
    widths: tuple[WidthFigures, ...]
    drawn: Mapping[str, Drawn]
    labels: NDArray[np.int64]


def judged(
    own: SceneSet,
    quiet: Sequence[SceneSet],
    targets: Sequence[Target],
    task: Task,
    thresholds: Mapping[str, float],
) -> dict[str, Judged]:
    """Every target by name; `quiet` sets tell apart only what is a violation by itself.

    Average precision is faster-coco-eval's; its resamples are those of bootstrap.py.
    """
    truth, found = [it.truth for it in own.scenes], [it.found for it in own.scenes]
    one = None if len(task.overlaps) > 1 else task.iou
    scores = coco.score(truth, found, [it.id for it in targets], one, task.min_width_px)
    result = {}
    for target in targets:
        matched = match(truth, found, target.id, task.overlaps, task.min_width_px)
        drawn = _drawn(own, target, matched, scores.get(target.id))
        auc = _auc(own, quiet if target.violation else (), target)
        drawn |= {} if auc is None else {"auc": auc}
        result[target.name] = Judged(
            _figures(own.scenes, target, matched, drawn, thresholds),
            curve(matched),
            width_figures(own, target),
            drawn,
            matched.labels,
        )
    return result


def _drawn(
    own: SceneSet, target: Target, matched: Matched, score: coco.ClassScore | None
) -> dict[str, Drawn]:
    hits = _count(own.scenes, target, [it.hit for it in own.scenes])
    wrong = _count(own.scenes, target, [it.false for it in own.scenes])
    drawn = {
        "ap": average_precision(matched, own.weights),
        "precision": ratio(hits, hits + wrong, own.weights),
        "recall": ratio(hits, matched.labels, own.weights),
    }
    if len(matched.hit) > 1:
        drawn["ap_50_95"] = average_precision_50_95(matched, own.weights)
    if score is not None:
        drawn["ap"] = replace(drawn["ap"], value=score.ap50)
    if score is not None and score.ap is not None:
        drawn["ap_50_95"] = replace(drawn["ap_50_95"], value=score.ap)
    return drawn


def _auc(own: SceneSet, quiet: Sequence[SceneSet], target: Target) -> Drawn | None:
    sets = [own, *quiet]
    scenes = [scene for it in sets for scene in it.scenes]
    return picture_auc(scenes, target, np.concatenate([it.weights for it in sets], axis=1))


def _figures(
    scenes: Sequence[Scene],
    target: Target,
    matched: Matched,
    drawn: Mapping[str, Drawn],
    thresholds: Mapping[str, float],
) -> ClassFigures:
    hits, found = drawn["precision"].counts or (0, 0)
    return ClassFigures(
        zh=target.zh,
        en=target.en,
        colour=target.colour,
        labels=int(matched.labels.sum()),
        pictures=int((matched.labels > 0).sum()),
        found=found,
        hits=hits,
        thresholds={name: thresholds[name] for name in target.names if name in thresholds},
        ap=drawn["ap"].estimate(),
        ap_50_95=drawn["ap_50_95"].estimate() if "ap_50_95" in drawn else None,
        precision=drawn["precision"].estimate(),
        recall=drawn["recall"].estimate(),
        auc=drawn["auc"].estimate() if "auc" in drawn else None,
        misses=_misses(scenes, target),
        false=_false(scenes, target),
    )


def _count(
    scenes: Sequence[Scene], target: Target, masks: Sequence[NDArray[np.bool_]]
) -> NDArray[np.int64]:
    """How many released boxes (p,) of a target each mask holds."""
    return np.array(
        [
            int((mask & (scene.released.class_id == target.id)).sum())
            for mask, scene in zip(masks, scenes, strict=True)
        ],
        dtype=np.int64,
    )


def _misses(scenes: Sequence[Scene], target: Target) -> dict[str, int]:
    counted = Counter(
        why_missed(scene, int(label)).name
        for scene in scenes
        for label in np.flatnonzero(scene.missed & (scene.truth.class_id == target.id))
    )
    return {cause: counted[cause] for cause in MISSES}


def _false(scenes: Sequence[Scene], target: Target) -> dict[str, int]:
    counted = Counter(
        why_false(scene, int(box)).name
        for scene in scenes
        for box in np.flatnonzero(scene.false & (scene.released.class_id == target.id))
    )
    return {cause: counted[cause] for cause in FALSE}
