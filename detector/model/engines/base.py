"""What every engine can do."""

from __future__ import annotations

from typing import Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from detector.looks import Pixels

EngineName: TypeAlias = Literal["openvino", "onnxruntime", "ultralytics"]
Precision: TypeAlias = Literal["f32", "bf16"]
Blob: TypeAlias = NDArray[np.uint8] | NDArray[np.float32]
Raw: TypeAlias = NDArray[np.float32]


class Engine(Protocol):
    """A network that several threads may ask at once; `streams` pictures run in parallel."""

    @property
    def name(self) -> EngineName:
        """Which engine this is."""

    @property
    def precision(self) -> Precision:
        """What it computes in."""

    @property
    def streams(self) -> int:
        """How many pictures it works on at once, each on one thread."""

    def blob(self, canvas: Pixels) -> Blob:
        """The network's input from a letterboxed picture (h, w, 3) uint8 BGR.

        It may share the picture's memory and belongs to the calling thread until that thread
        asks for the next one.
        """

    def infer(self, blob: Blob) -> Raw:
        """The raw head (4 + classes, n) float32: x, y, width, height of the box's centre and size
        in pixels of the canvas, then scores 0..1. The caller owns the answer.
        """
