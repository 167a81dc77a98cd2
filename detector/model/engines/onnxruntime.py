"""ONNX Runtime: runs everywhere, and is the reference for the other engines.

One session, one thread a call: calls from several threads run side by side.
"""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from detector.looks import Pixels
from detector.model.engines.base import Blob, EngineName, Precision, Raw


class OnnxRuntimeEngine:
    """Computes in f32. `onnx` is the content of a model file."""

    name: EngineName = "onnxruntime"
    precision: Precision = "f32"

    def __init__(self, onnx: bytes, streams: int) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self.streams = streams
        self._session = onnxruntime.InferenceSession(
            onnx, options, providers=["CPUExecutionProvider"]
        )
        self._input = self._session.get_inputs()[0].name
        self._slots = threading.Semaphore(streams)
        self._own = threading.local()

    def blob(self, canvas: Pixels) -> Blob:
        """(1, 3, h, w) float32 RGB, 0..1."""
        height, width = canvas.shape[:2]
        blob = self._memory(3 * height * width).reshape(1, 3, height, width)
        # A channel at a time into memory that is kept: half the time of cv2.dnn.blobFromImage.
        for channel in range(3):
            np.multiply(canvas[..., 2 - channel], np.float32(1 / 255), out=blob[0, channel])
        return blob

    def infer(self, blob: Blob) -> Raw:
        """See `Engine.infer`; `blob` is (1, 3, h, w) float32 RGB, 0..1."""
        with self._slots:
            head = self._session.run(None, {self._input: blob})[0]
        return np.asarray(head[0], dtype=np.float32)

    def _memory(self, size: int) -> NDArray[np.float32]:
        kept: NDArray[np.float32] | None = getattr(self._own, "memory", None)
        if kept is None or kept.size < size:
            kept = self._own.memory = np.empty(size, dtype=np.float32)
        return kept[:size]
