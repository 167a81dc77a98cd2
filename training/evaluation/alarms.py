"""False alarms on pictures without a class, and how well a class tells pictures apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from training.evaluation.bootstrap import Drawn, Floats, divided, gathered, ratio
from training.evaluation.result import AlarmFigures, Estimate
from training.evaluation.scene import Scene, SceneSet
from training.evaluation.target import Target

ANY = "any"


def alarm_figures(
    pictures: SceneSet, targets: Sequence[Target]
) -> list[tuple[AlarmFigures, Drawn]]:
    """Alarms of each target on the pictures without it, then of any on pictures without all.

    Beside each the share of pictures that raise it, as drawn.
    """
    scenes = pictures.scenes
    figures = []
    for name, ids in [*((t.name, [t.id]) for t in targets), (ANY, [t.id for t in targets])]:
        clear = np.array([not np.isin(scene.truth.class_id, ids).any() for scene in scenes])
        if ids and clear.any():
            boxes = np.array([_false(scene, ids) for scene in scenes])
            figures.append(_figures(pictures.name, name, boxes[clear], pictures.weights[:, clear]))
    return figures


def _false(scene: Scene, ids: Sequence[int]) -> int:
    return int((np.isin(scene.released.class_id, ids) & scene.false).sum())


def _figures(
    set_name: str, name: str, boxes: NDArray[np.int64], weights: Floats
) -> tuple[AlarmFigures, Drawn]:
    pictures = np.ones_like(boxes)
    share = ratio((boxes > 0).astype(np.int64), pictures, weights)
    per_100 = _times_100(share.estimate())
    each = Drawn(float(boxes.mean()), divided(weights @ boxes, weights @ pictures))
    boxes_per_100 = _times_100(each.estimate())
    if boxes_per_100.high is not None and per_100.high is not None:
        # None seen is not none ever: at least as many boxes as pictures that may raise one.
        high = max(boxes_per_100.high, per_100.high)
        boxes_per_100 = boxes_per_100.model_copy(update={"high": high})
    figures = AlarmFigures(
        set=set_name,
        class_name=name,
        pictures=len(boxes),
        raised=int((boxes > 0).sum()),
        boxes=int(boxes.sum()),
        per_100=per_100,
        boxes_per_100=boxes_per_100,
    )
    return figures, share


def _times_100(share: Estimate) -> Estimate:
    return Estimate(
        **{key: None if part is None else 100 * part for key, part in share.model_dump().items()}
    )


def picture_auc(scenes: Sequence[Scene], target: Target, weights: Floats) -> Drawn | None:
    """The chance that a picture with the class has a more confident box of it than one without.

    Mann and Whitney's rank formula, ties half; a picture without a box scores 0. None where all
    pictures or none hold the class.
    """
    holds = np.array([bool((scene.truth.class_id == target.id).any()) for scene in scenes])
    if holds.all() or not holds.any():
        return None
    scores = np.array([_most_confident(scene, target) for scene in scenes])
    value = rank_auc(scores, holds, np.ones((1, len(scenes))))[0]
    return Drawn(float(value), rank_auc(scores, holds, weights))


def _most_confident(scene: Scene, target: Target) -> float:
    mine = scene.found.confidence[scene.found.class_id == target.id]
    return float(mine.max()) if len(mine) else 0.0


def rank_auc(scores: NDArray[np.float64], holds: NDArray[np.bool_], weights: Floats) -> Floats:
    """AUC (b,) of scores (p,) for `holds` (p,) under weights (b, p); NaN where a side is empty."""
    _, level = np.unique(scores, return_inverse=True)
    pictures = np.arange(len(scores))
    with_it = gathered(weights * holds, pictures, level)
    without = gathered(weights * ~holds, pictures, level)
    below = np.cumsum(without, axis=1) - without
    won = (with_it * (below + without / 2)).sum(axis=1)
    return divided(won, with_it.sum(axis=1) * without.sum(axis=1))
