"""What a released model says about itself: one JSON object among its ONNX metadata."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

METADATA_KEY = "streetwarden"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Precision(_Frozen):
    """What the model loses in bfloat16 on the garbage val split; AP is COCO's, 0..1."""

    default: Literal["f32", "bf16"]
    ap50_f32: float | None = None
    ap_f32: float | None = None
    ap50_bf16: float | None = None
    ap_bf16: float | None = None
    measured_on: str = ""


class Trained(_Frozen):
    """Where the weights come from."""

    start: str
    epochs: int = Field(ge=0)
    data: str
    pt_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Release(_Frozen):
    """The `streetwarden` entry of an ONNX file's metadata.

    `input_size` is the default longer side in pixels; `thresholds` are confidences by class name.
    """

    schema_: Literal[1] = Field(default=1, alias="schema")
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    names: tuple[str, ...] = Field(min_length=1)
    input_size: int = Field(ge=32, multiple_of=32)
    thresholds: dict[str, float]
    nms_iou: float = Field(gt=0, lt=1)
    precision: Precision
    trained: Trained

    @model_validator(mode="after")
    def _one_threshold_a_class(self) -> Self:
        if set(self.thresholds) != set(self.names):
            raise ValueError("thresholds must name every class once")
        return self

    def to_json(self) -> str:
        """The text that goes into the file."""
        return self.model_dump_json(by_alias=True)


def read_release(onnx_file: Path) -> Release:
    """The entry of an ONNX file; KeyError where it has none. Needs the train extra."""
    import onnx

    model = onnx.load(str(onnx_file), load_external_data=False)
    for entry in model.metadata_props:
        if entry.key == METADATA_KEY:
            return Release.model_validate_json(entry.value)
    raise KeyError(f"{onnx_file} carries no {METADATA_KEY} metadata")


def sha256_of(path: Path) -> str:
    """Hex digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
