"""Two models on the same pictures: differences on the same resamples."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan

from training.evaluation.alarms import ANY
from training.evaluation.bootstrap import Drawn
from training.evaluation.measure import MEAN, Measurement
from training.evaluation.result import Comparison, Difference, Estimate, Verdict

LESS_IS_BETTER = frozenset({"alarms"})
# Figures over all classes that a model knows; those of alarms are named "set: class".
OVER_CLASSES = (MEAN, f": {ANY}")


def compared(first: Measurement, second: Measurement) -> Comparison:
    """The second beside the first; both were measured on the same pictures.

    Each resample draws the same pictures for both, so what is hard for both cancels out. Where
    one knows a class that the other does not, no figure over all classes is compared.
    """
    return Comparison(
        model=second.evaluation.model,
        differences=tuple(_differences(first, second)),
        widths=second.evaluation.widths,
    )


def _differences(first: Measurement, second: Measurement) -> Iterator[Difference]:
    alike = first.evaluation.unknown == second.evaluation.unknown
    for key, mine in first.drawn.items():
        name, figure = key
        other = second.drawn.get(key)
        if other is None or isnan(mine.value) or isnan(other.value):
            continue
        if not alike and name.endswith(OVER_CLASSES):
            continue
        difference = Drawn(other.value - mine.value, other.draws - mine.draws).estimate()
        yield Difference(
            class_name=name,
            figure=figure,
            first=mine.value,
            second=other.value,
            difference=difference,
            verdict=verdict(difference, less_is_better=figure in LESS_IS_BETTER),
        )


def verdict(difference: Estimate, *, less_is_better: bool = False) -> Verdict:
    """Whether the interval of a difference leaves out zero, and on which side."""
    low, high = difference.low, difference.high
    if low is None or high is None or low <= 0 <= high:
        return "no difference shown"
    return "better" if (low > 0) != less_is_better else "worse"
