"""OpenVINO: the fast engine on x86-64.

Measured with the first network at 640 x 384 in f32: a graph for any shape needs 1.10 times what a
graph for one shape needs, and a graph for one shape costs 0.3 s and about 60 MB. So a graph for any
shape starts, and a shape that comes often gets one of its own. Both give the same bits in f32. Byte
to float, BGR to RGB and the order of the axes are part of the graph, where they cost nothing
measurable; outside they cost 0.5 to 1 ms a picture.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from typing import TYPE_CHECKING

import numpy as np

from detector.looks import Pixels
from detector.model.engines.base import Blob, EngineName, Precision, Raw

if TYPE_CHECKING:
    from openvino import CompiledModel, Core, InferRequest
    from openvino import Model as Graph

# Where a graph of one's own pays for its compilation: 0.3 s / (0.1 x 31 ms).
OWN_GRAPH_AFTER = 96
MAX_OWN_GRAPHS = 4
WARM_UP_PX = (64, 64)


def bf16_offered() -> bool:
    """Whether this processor computes in bfloat16 itself."""
    import openvino

    return "BF16" in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def settings(precision: Precision, streams: int) -> dict[str, str]:
    """How a graph is compiled: `streams` pictures at once, one thread each."""
    # The precision is always said: left alone, OpenVINO takes bf16 where it can.
    return {
        "INFERENCE_PRECISION_HINT": precision,
        "PERFORMANCE_HINT": "THROUGHPUT",
        "NUM_STREAMS": str(streams),
        "INFERENCE_NUM_THREADS": str(streams),
    }


class OpenVinoEngine:
    """One thread a stream, several streams. `onnx` is the content of a model file."""

    name: EngineName = "openvino"

    def __init__(self, onnx: bytes, precision: Precision, streams: int) -> None:
        import openvino

        self.precision: Precision = precision
        self.streams = streams
        self._core: Core = openvino.Core()
        self._onnx = onnx
        self._slots = threading.Semaphore(streams)
        self._lock = threading.Lock()
        self._seen: Counter[tuple[int, int]] = Counter()
        self._own: dict[tuple[int, int], _Network] = {}
        graph = self._graph()
        self._fixed = not graph.is_dynamic()
        self._any = self._compile(graph)
        # OpenVINO's binding makes its type tables at their first use, holding a lock of its own
        # while it asks for the interpreter's: two first calls at once can wait for each other for
        # ever. So the first call is made here, by one thread.
        size = tuple(graph.input(0).shape) if self._fixed else (1, *WARM_UP_PX, 3)
        self._any.run(np.zeros(size, dtype=np.uint8))

    def blob(self, canvas: Pixels) -> Blob:
        """(1, h, w, 3) uint8 BGR: the letterboxed picture itself."""
        return canvas[np.newaxis]

    def infer(self, blob: Blob) -> Raw:
        """See `Engine.infer`; `blob` is (1, h, w, 3) uint8 BGR."""
        network = self._network(blob.shape[1], blob.shape[2])
        with self._slots:
            return network.run(blob)

    def _network(self, height: int, width: int) -> _Network:
        shape = (height, width)
        own = self._own.get(shape)
        if own is not None or self._fixed:
            return own or self._any
        with self._lock:
            self._seen[shape] += 1
            due = self._seen[shape] == OWN_GRAPH_AFTER and len(self._own) < MAX_OWN_GRAPHS
            if due:
                self._own[shape] = self._any
        if due:
            # Outside the lock: other threads go on with the graph for any shape.
            self._own[shape] = self._compile_for(height, width)
        return self._own.get(shape, self._any)

    def _compile_for(self, height: int, width: int) -> _Network:
        graph = self._graph()
        graph.reshape([1, height, width, 3])
        return self._compile(graph)

    def _graph(self) -> Graph:
        """The network with an input (1, h, w, 3) uint8 BGR."""
        from openvino import Layout, Type
        from openvino.preprocess import ColorFormat, PrePostProcessor

        steps = PrePostProcessor(self._core.read_model(self._onnx))
        picture = steps.input()
        picture.tensor().set_element_type(Type.u8).set_layout(Layout("NHWC")).set_color_format(
            ColorFormat.BGR
        )
        picture.preprocess().convert_element_type(Type.f32).convert_color(ColorFormat.RGB)
        picture.preprocess().scale(255.0)
        picture.model().set_layout(Layout("NCHW"))
        return steps.build()

    def _compile(self, graph: Graph) -> _Network:
        how = settings(self.precision, self.streams)
        return _Network(self._core.compile_model(graph, "CPU", how))


class _Network:
    """A compiled graph and its idle requests."""

    def __init__(self, compiled: CompiledModel) -> None:
        self._compiled = compiled
        self._idle: deque[InferRequest] = deque()

    def run(self, blob: Blob) -> Raw:
        request = self._take()
        try:
            head = request.infer([blob], share_inputs=True)[0]
            return np.asarray(head[0], dtype=np.float32)
        finally:
            self._idle.append(request)

    def _take(self) -> InferRequest:
        try:
            return self._idle.pop()
        except IndexError:
            return self._compiled.create_infer_request()
