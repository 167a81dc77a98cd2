"""What a released model says about itself: one JSON object among its ONNX metadata.

Schema 2. The run time reads a part of it, see detector/model/card.py; confidences everywhere,
thresholds among them, are calibrated probabilities.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from detector.model.calibration import Curve
from training.calibrate import Method
from training.thresholds import PRECISION, Why

Knots = tuple[tuple[float, float], ...]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Chosen(_Frozen):
    """How the threshold and the curve of a class came about.

    `precision` and `recall` are those reached at the threshold, on pictures with `labels` labels;
    `alarms_per_100` false boxes in 100 pictures without a violation. The curve was fitted on
    `boxes` found boxes with `hits` right ones; its expected calibration error is given before, and
    after on pictures that the curve had no part in. All shares 0..1, None where unknown.
    """

    why: Why
    precision: float | None = None
    recall: float | None = None
    labels: int = 0
    alarms_per_100: float | None = None
    method: Method = "none"
    boxes: int = 0
    hits: int = 0
    error_before: float | None = None
    error_after: float | None = None


class ClassNumbers(Chosen):
    """A threshold and a curve, with how they came about."""

    threshold: float = Field(ge=0, le=1)
    knots: Knots = ((0.0, 0.0), (1.0, 1.0))

    @model_validator(mode="after")
    def _rising(self) -> Self:
        Curve.of(self.knots)
        return self

    def chosen(self) -> Chosen:
        """How they came about, alone."""
        return Chosen(**self.model_dump(include=set(Chosen.model_fields)))


class ReleaseNumbers(_Frozen):
    """What was measured for a release, by class name; `precision` is the one that was asked for."""

    precision: float = Field(default=PRECISION, gt=0, lt=1)
    measured_on: str
    classes: dict[str, ClassNumbers]


class Precisions(_Frozen):
    """The fastest precision of each engine that loses at most 0.005 of mean AP, and both means.

    AP is COCO's over IoU 0.50 to 0.95, 0..1; None where it was not measured.
    """

    openvino: Literal["f32", "bf16"] = "f32"
    onnxruntime: Literal["f32"] = "f32"
    ap50_f32: float | None = None
    ap_f32: float | None = None
    ap50_bf16: float | None = None
    ap_bf16: float | None = None
    measured_on: str = ""


class Stage(_Frozen):
    """One training on the way to the weights; `input_size` is the longer side in pixels."""

    start: str
    epochs: int = Field(ge=0)
    input_size: int = Field(ge=32)
    note: str = ""


class Recipe(_Frozen):
    """The settings of the last training: the file's text and its digest."""

    name: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    text: str


class Trained(_Frozen):
    """Where the weights come from; `data_sha256` is that of `training.build.digest`."""

    stages: tuple[Stage, ...] = Field(min_length=1)
    data: str
    data_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    pt_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    recipe: Recipe


class Release(_Frozen):
    """The `streetwarden` entry of an ONNX file's metadata.

    `head` is what the graph answers with: (1, 4 + classes, N), centre x, centre y, width, height in
    input pixels, then raw scores. `input_size` is the default longer side in pixels.
    """

    schema_: Literal[2] = Field(default=2, alias="schema")
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    licence: Literal["AGPL-3.0-or-later"] = "AGPL-3.0-or-later"
    head: Literal["one-to-many"] = "one-to-many"
    names: tuple[str, ...] = Field(min_length=1)
    input_size: int = Field(ge=32, multiple_of=32)
    nms_iou: float = Field(gt=0, lt=1)
    stated_precision: float = Field(gt=0, lt=1)
    measured_on: str
    thresholds: dict[str, float]
    calibration: dict[str, Knots]
    chosen: dict[str, Chosen]
    precision: Precisions
    trained: Trained

    @model_validator(mode="after")
    def _every_class_once(self) -> Self:
        for field in ("thresholds", "calibration", "chosen"):
            if set(getattr(self, field)) != set(self.names):
                raise ValueError(f"{field} must name every class once")
        return self

    def to_json(self) -> str:
        """The text that goes into the file."""
        return self.model_dump_json(by_alias=True)
