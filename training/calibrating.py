"""The command `streetwarden calibrate`: from a plan and weights to the numbers of a release."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from detector.files import make_folder, write_bytes
from detector.model.model import Model
from detector.taxonomy import TAXONOMY
from training.calibration_plan import RELEASE, Plan, measure
from training.errors import DataError
from training.exporting.graph import onnx_graph
from training.formats.schema import read_yaml
from training.places import Places
from training.release import ReleaseNumbers
from training.release_numbers import raw_model, write_numbers
from training.weights import find_weights


@dataclass(frozen=True, slots=True)
class CalibrateRequest:
    """What `streetwarden calibrate` was asked for; `weights` (.pt) are the release's own."""

    plan: Path
    weights: Path
    out: Path
    places: Places
    datasets: Path
    input_size: int


def run(
    request: CalibrateRequest, tell: Callable[[str, int, int], None] = lambda *_: None
) -> ReleaseNumbers:
    """Writes the numbers that a release card names; raises DataError. Needs the train extra."""
    plan = read_yaml(request.plan, Plan)
    # Before the long work, so that a path that cannot be written is known at once.
    make_folder(request.out.parent)
    with tempfile.TemporaryDirectory() as folder:
        loaded: dict[str, Model] = {}

        def model_of(name: str) -> Model:
            if name not in loaded:
                weights = request.weights if name == RELEASE else _run(name, request.places)
                file = Path(folder) / f"{len(loaded)}.onnx"
                graph = onnx_graph(weights, request.input_size, TAXONOMY.class_names)
                write_bytes(file, [graph.SerializeToString()])
                loaded[name] = raw_model(file)
            return loaded[name]

        numbers = measure(
            plan, request.plan.parent, request.datasets, request.places.data, model_of, tell
        )
    write_numbers(numbers, request.out)
    return numbers


def _run(name: str, places: Places) -> Path:
    if not name.startswith("run:"):
        raise DataError(f"{name!r} is no model of a plan: write release or run:NAME")
    return find_weights(name, places)
