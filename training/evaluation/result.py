"""What a measurement says, as data: written as JSON, read back, shown by table and page."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Verdict = Literal["better", "worse", "no difference shown"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Estimate(_Frozen):
    """A figure with its 95 % interval; None where it cannot be told."""

    value: float | None
    low: float | None
    high: float | None


class ModelFacts(_Frozen):
    """What was measured. `seconds_per_picture` is detection alone, reading not counted."""

    file: str
    version: str
    sha256: str
    engine: str
    precision: str
    input_size_px: int
    slices: bool
    thresholds: dict[str, float]
    seconds_per_picture: float


class DataFacts(_Frozen):
    """What it was measured on; `digest` is over names, picture bytes and labels.

    `groups` is how many groups were resampled, the pictures themselves where none were given;
    `classes` are those that counted.
    """

    name: str
    pictures: int
    groups: int
    classes: tuple[str, ...]
    quiet: dict[str, int]
    digest: str
    iou: float
    min_width_px: float


class ClassFigures(_Frozen):
    """One class. `ap` is COCO's average precision at the overlap of the data facts, `ap_50_95` the
    mean over 0.50 to 0.95, None at another overlap; precision and recall are at the released
    thresholds, where `found` boxes came out and `hits` of them were right; `auc` is that of the
    most confident box of a picture telling pictures with the class from those without.
    """

    zh: str
    en: str
    colour: str
    labels: int
    pictures: int
    found: int
    hits: int
    thresholds: dict[str, float]
    ap: Estimate
    ap_50_95: Estimate | None
    precision: Estimate
    recall: Estimate
    auc: Estimate | None
    misses: dict[str, int]
    false: dict[str, int]


class Curve(_Frozen):
    """Precision after each hit, by falling confidence; thinned, not smoothed."""

    recall: tuple[float, ...]
    precision: tuple[float, ...]
    confidence: tuple[float, ...]


class AlarmFigures(_Frozen):
    """Pictures without a class that raise it nevertheless.

    `raised` of `pictures` raise `boxes` alarms; `per_100` is alarmed pictures, `boxes_per_100`
    alarms, in 100 pictures.
    """

    set: str
    class_name: str
    pictures: int
    raised: int
    boxes: int
    per_100: Estimate
    boxes_per_100: Estimate


class Confusion(_Frozen):
    """Counts of labels (rows) by what they were found as (columns).

    The last column is what was missed, the last row what was found where nothing is labelled.
    """

    classes: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


class WidthFigures(_Frozen):
    """Recall of labels at least `from_px` and less than `to_px` wide, in the full picture."""

    from_px: float
    to_px: float | None
    labels: int
    recall: Estimate


class Note(_Frozen):
    """Something to mind when reading the figures."""

    zh: str
    en: str


class Difference(_Frozen):
    """Second model minus first on the same resamples; `verdict` is about the second."""

    class_name: str
    figure: str
    first: float
    second: float
    difference: Estimate
    verdict: Verdict


class Comparison(_Frozen):
    """A second model on the same pictures."""

    model: ModelFacts
    differences: tuple[Difference, ...]
    widths: dict[str, tuple[WidthFigures, ...]]


class Evaluation(_Frozen):
    """One model on one set of labelled pictures; `unknown` are counted classes it cannot see."""

    schema_: Literal[1] = Field(default=1, alias="schema")
    measured_on: str
    machine: str
    model: ModelFacts
    data: DataFacts
    classes: dict[str, ClassFigures]
    mean_ap: Estimate
    mean_ap_50_95: Estimate | None
    curves: dict[str, Curve]
    alarms: tuple[AlarmFigures, ...]
    confusion: Confusion | None
    widths: dict[str, tuple[WidthFigures, ...]]
    unknown: tuple[str, ...]
    notes: tuple[Note, ...]
    comparison: Comparison | None = None

    def to_json(self) -> str:
        """The file's text."""
        return self.model_dump_json(indent=1, by_alias=True) + "\n"
