"""Recall by the width of what was to be found."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from training.evaluation.bootstrap import ratio
from training.evaluation.matching import widths
from training.evaluation.result import WidthFigures
from training.evaluation.scene import Scene, SceneSet
from training.evaluation.target import Target

# Pixels of the full picture; the last bin is open.
EDGES_PX = (0.0, 16.0, 32.0, 64.0, 128.0)


def width_figures(own: SceneSet, target: Target) -> tuple[WidthFigures, ...]:
    """Recall at the released thresholds for each bin that holds labels."""
    figures = []
    for low, high in zip(EDGES_PX, (*EDGES_PX[1:], None), strict=True):
        of_bin = [_in_bin(scene, target, low, high) for scene in own.scenes]
        labels = np.array([int(mask.sum()) for mask in of_bin])
        found = np.array(
            [int((m & it.recalled).sum()) for m, it in zip(of_bin, own.scenes, strict=True)]
        )
        if labels.any():
            recall = ratio(found, labels, own.weights).estimate()
            figures.append(
                WidthFigures(from_px=low, to_px=high, labels=int(labels.sum()), recall=recall)
            )
    return tuple(figures)


def _in_bin(scene: Scene, target: Target, low: float, high: float | None) -> NDArray[np.bool_]:
    wide = widths(scene.truth)
    mine = (scene.truth.class_id == target.id) & scene.counts & (wide >= low)
    return np.asarray(mine if high is None else mine & (wide < high), dtype=np.bool_)
