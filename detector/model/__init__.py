"""Pictures to boxes: a YOLO detector on the processor, by OpenVINO, ONNX Runtime or Ultralytics."""

from __future__ import annotations

from detector.model.load import RELEASED_MODEL, load_model
from detector.model.model import Model
from detector.model.times import StageTimes

__all__ = ["RELEASED_MODEL", "Model", "StageTimes", "load_model"]
