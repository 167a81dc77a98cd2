"""From trained weights to a release: the ONNX file, its model card and the weights to go on from.

All is checked before anything is written; what was there stays until then.
"""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from detector.files import cannot_write, make_folder, write_bytes
from detector.model.card import METADATA_KEY, Card, card_from_metadata
from detector.taxonomy import TAXONOMY
from training.errors import DataError
from training.evaluation.result import Evaluation
from training.exporting import card_file
from training.exporting.checkpoint import strip_checkpoint
from training.exporting.graph import file_content, onnx_graph
from training.exporting.parity import Parity, compare
from training.extra import need
from training.formats.schema import read_json
from training.labelled import Collection
from training.model_card import Exported, model_card
from training.precision import fastest
from training.release import Precisions, Release
from training.sources import PICTURE_SUFFIXES

CARD_NAME = "CARD.md"


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What `streetwarden export` was asked for.

    `weights` is a trained `.pt`, `out` the ONNX file; CARD.md is written beside it. `card` is the
    release card (YAML), `recipe` the settings of the training, `pictures` a folder of at least 8
    real pictures on which file and weights must agree. `dataset` is the built dataset, for its
    digest. `labelled` are pictures to choose the precision on, `labelled_name` what they are
    called. `evaluations` are files of `streetwarden evaluate`, in the order of the model card.
    `checkpoint` is where the stripped weights go; without, `weights` are exported as they are.
    """

    weights: Path
    out: Path
    card: Path
    recipe: Path
    pictures: Path
    dataset: Path | None = None
    labelled: Collection | None = None
    labelled_name: str = ""
    evaluations: tuple[Path, ...] = ()
    checkpoint: Path | None = None


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What was written, and what the checks found; `size` in bytes."""

    onnx: Path
    card: Path
    checkpoint: Path | None
    size: int
    sha256: str
    parity: Parity
    precision: Precisions


def run(request: ExportRequest, tell: Callable[[str], None] = lambda _: None) -> ExportResult:
    """Exports, checks and writes; `tell` hears of each step.

    DataError, ModelError or OutputError name what is wrong; nothing is then written or replaced.
    Needs the train extra, and runs code from `weights`, see the detector's Ultralytics engine.
    """
    card, numbers = card_file.load_card(request.card)
    recipe = card_file.read_recipe(request.recipe)
    pictures = _pictures(request.pictures)
    evaluations = tuple(read_json(path, Evaluation) for path in request.evaluations)
    with tempfile.TemporaryDirectory() as folder:
        weights = _kept_weights(request, Path(folder), tell)
        tell("making the graph")
        graph = onnx_graph(weights, card.input_size, TAXONOMY.class_names)
        precision = card.precision or Precisions()
        release = card_file.release_of(card, numbers, weights, recipe, request.dataset, precision)
        content = file_content(graph, release)
        tell("comparing the file with the weights")
        parity = compare(weights, content, _run_time_card(release, request.out), pictures)
        if request.labelled is not None:
            tell("measuring bf16 beside f32")
            draft = Path(folder) / "draft.onnx"
            draft.write_bytes(content)
            precision = fastest(draft, request.labelled, request.labelled_name)
            release = release.model_copy(update={"precision": precision})
            content = file_content(graph, release)
        kept = weights.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    text = model_card(
        Exported(
            file=request.out.name,
            size=len(content),
            sha256=sha256,
            release=release,
            parity=parity,
            words=card.words,
            evaluations=evaluations,
            checkpoint=(request.checkpoint or request.weights).name,
        )
    )
    beside = request.out.with_name(CARD_NAME)
    files = {request.out: content, beside: text.encode()}
    if request.checkpoint is not None:
        files[request.checkpoint] = kept
    publish(files)
    return ExportResult(
        request.out, beside, request.checkpoint, len(content), sha256, parity, precision
    )


def _kept_weights(request: ExportRequest, folder: Path, tell: Callable[[str], None]) -> Path:
    """The weights that will lie beside the release: the ONNX file is made from these."""
    if not request.weights.is_file():
        raise DataError(f"no weights at {request.weights}: name the .pt file of a training")
    need("torch", "ultralytics", "onnx", "onnxslim")
    if request.checkpoint is None:
        return request.weights
    tell("stripping the weights")
    stripped = folder / request.checkpoint.name
    strip_checkpoint(request.weights, stripped)
    return stripped


def _run_time_card(release: Release, out: Path) -> Card:
    """What the run time will read; ModelError where it would refuse the file."""
    return card_from_metadata({METADATA_KEY: release.to_json()}, str(out))


def publish(files: Mapping[Path, bytes]) -> None:
    """Writes all of the files or none: first as neighbours, then renamed. OutputError."""
    staged = {path: path.with_name(f".{path.name}.new") for path in files}
    try:
        for path, neighbour in staged.items():
            make_folder(path.parent)
            write_bytes(neighbour, [files[path]])
        for path, neighbour in staged.items():
            _rename(neighbour, path)
    finally:
        for neighbour in staged.values():
            with contextlib.suppress(OSError):
                neighbour.unlink()


def _rename(file: Path, path: Path) -> None:
    try:
        file.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error


def _pictures(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise DataError(f"there is no folder {folder}: give one with at least 8 street pictures")
    return sorted(it for it in folder.iterdir() if it.suffix.lower() in PICTURE_SUFFIXES)
