"""What the command line offers to choose from."""

from __future__ import annotations

from enum import StrEnum


class Engine(StrEnum):
    """What runs the model."""

    AUTO = "auto"
    OPENVINO = "openvino"
    ONNXRUNTIME = "onnxruntime"
    ULTRALYTICS = "ultralytics"


class Precision(StrEnum):
    """How exactly the model computes."""

    AUTO = "auto"
    F32 = "f32"
    BF16 = "bf16"
