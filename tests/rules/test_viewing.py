from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from detector.looks import LookBoxes
from detector.rules.rulebook import Rulebook
from detector.rules.viewing import SHIFTS
from tests.rules.scenes import car, kerb, look


class Eye:
    """An appearance: all parts have `like` in common with what it showed at first."""

    def __init__(self) -> None:
        self.like = 1.0
        self.asked = 0

    def __call__(self, boxes: NDArray[np.float64]) -> NDArray[np.float32]:
        self.asked += len(boxes)
        view = (self.like, np.sqrt(1 - self.like**2))
        return np.tile(np.array(view, dtype=np.float32), (len(boxes), 1))


@pytest.mark.parametrize(
    ("stood_looks", "like", "views"),
    [(10, 0.1, 1), (10, 0.4, len(SHIFTS)), (10, 0.9, 1), (1, 0.4, 1)],
    ids=["clearly gone", "in question", "clearly there", "seen but once"],
)
def test_only_what_has_stood_and_is_in_question_is_looked_for_about(
    stood_looks: int, like: float, views: int
) -> None:
    eye, rules = Eye(), Rulebook([kerb(60)], fixed_camera=True, least_looks=2)

    def seen(t_s: float, *, there: bool) -> LookBoxes:
        return look(t_s, [car()] if there else [], appearance=eye)

    for t_s in range(stood_looks):
        rules.see(seen(t_s, there=True))
    eye.like, eye.asked = like, 0
    rules.see(seen(stood_looks, there=False))
    assert eye.asked == views
