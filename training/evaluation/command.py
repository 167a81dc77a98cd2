"""The command `streetwarden evaluate`: measure, tell, and write the result and its page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rich.console import Console
from rich.text import Text

from detector.files import make_folder, write_lines
from training.errors import DataError
from training.evaluation.compare import compared
from training.evaluation.measure import measure
from training.evaluation.result import Evaluation
from training.evaluation.subject import (
    Subject,
    class_ids,
    folder_subject,
    quiet_pictures,
    quiet_sources,
    source_subject,
)
from training.evaluation.table import show
from training.evaluation.task import Task
from training.evaluation.writer import write_page
from training.extra import need
from training.formats.yolo import DATA_FILES
from training.progress import Teller, counter
from training.recipe import DataPart, load_recipe

if TYPE_CHECKING:
    from detector.model import Model

RESULT, PAGE = "evaluation.json", "index.html"
EVERYTHING = ("*",)
Slices = Literal["no", "yes", "both"]


@dataclass(frozen=True, slots=True)
class EvaluateRequest:
    """What `streetwarden evaluate` was asked for.

    `subject` is a labelled folder, or a source file (YAML) of `datasets/` whose pictures lie under
    `data` and of which one `side` is measured, or, with the recipe `left_out`, what that leaves
    out; in both cases the pictures that match one of `only`. `quiet` are folders or source files
    without a violation. Without `model` the released one is measured.
    `merge` are lists of class names joined by commas. `slices` "both" compares without and with.
    """

    subject: Path
    out: Path
    model: Path | None = None
    against: Path | None = None
    class_map: Path | None = None
    data: Path | None = None
    side: Literal["train", "val", "check", "all"] = "val"
    left_out: Path | None = None
    only: tuple[str, ...] = EVERYTHING
    classes: tuple[str, ...] = ()
    groups: Path | None = None
    quiet: tuple[Path, ...] = ()
    iou: float = 0.5
    merge: tuple[str, ...] = ()
    min_width_px: float = 0.0
    slices: Slices = "no"
    engine: Literal["auto", "openvino", "onnxruntime", "ultralytics"] = "auto"
    precision: Literal["auto", "f32", "bf16"] = "auto"
    input_size: int | None = None


def run(request: EvaluateRequest, console: Console) -> Evaluation:
    """Measure, print the tables, write `evaluation.json` and `index.html` into `out`.

    Raises DataError, ModelError or OutputError; no result is written then.
    """
    if request.against is not None and request.slices == "both":
        raise DataError("--against compares two models and --slices both one with itself: use one")
    need("faster_coco_eval")
    task = task_of(request)
    first = _load(request, request.model)
    second = _second(request, first)
    # Before the long work, so that a path that cannot be written is known at once.
    make_folder(request.out)
    rounds = 1 if second is None else 2
    with Teller() as teller:
        advance = counter(teller.tell, "looking 检测", task.pictures() * rounds)
        measured = measure(first, task, advance)
        evaluation = measured.evaluation
        if second is not None:
            again = replace(task, slices=task.slices or request.slices == "both")
            comparison = compared(measured, measure(second, again, advance))
            evaluation = evaluation.model_copy(update={"comparison": comparison})
    write_page(request.out / PAGE, measured, evaluation)
    write_lines(request.out / RESULT, [evaluation.to_json()])
    show(console, evaluation)
    console.print(Text(f"Page 页面: {request.out / PAGE}"), soft_wrap=True)
    return evaluation


def task_of(request: EvaluateRequest) -> Task:
    """The task that a request describes; DataError where it does not fit the files."""
    subject = _subject(request)
    quiet = _quiet(request)
    if subject.name in quiet:
        raise DataError("two sets of pictures have the same name: rename one of the folders")
    return Task(
        name=subject.name,
        collection=subject.collection,
        classes=subject.classes,
        groups=subject.groups,
        quiet=quiet,
        merge=[class_ids(names.split(",")) for names in request.merge],
        iou=request.iou,
        min_width_px=request.min_width_px,
        slices=request.slices == "yes",
    )


def _quiet(request: EvaluateRequest) -> dict[str, tuple[Path, ...]]:
    sets: dict[str, tuple[Path, ...]] = {}
    for path in request.quiet:
        if path.suffix == ".yaml" and request.data is not None:
            found = quiet_sources(path, request.data, _left_out(request))
        else:
            found = {_set_name(path): quiet_pictures(path)}
        if found.keys() & sets.keys():
            raise DataError("two sets of pictures have the same name: rename one of the folders")
        sets |= found
    return sets


def _left_out(request: EvaluateRequest) -> DataPart | None:
    return None if request.left_out is None else load_recipe(request.left_out).data


def _subject(request: EvaluateRequest) -> Subject:
    if not request.subject.exists():
        raise DataError(f"there is nothing at {request.subject}: check the path")
    if request.data is None:
        if request.left_out:
            raise DataError("--left-out is for a source file: give --data too")
        if request.only != EVERYTHING:
            raise DataError("--only is for a source file: give --data too")
        if request.subject.suffix == ".yaml" and request.subject.name not in DATA_FILES:
            raise DataError(
                f"{request.subject} is a source file: give --data, where its folders lie"
            )
        return folder_subject(request.subject, request.class_map, request.classes, request.groups)
    if request.class_map or request.groups:
        raise DataError("--classes and --groups are for folders: a source file says both")
    return source_subject(
        request.subject,
        request.data,
        request.side,
        request.classes,
        _left_out(request),
        request.only,
    )


def _set_name(folder: Path) -> str:
    return folder.resolve().name


def _load(request: EvaluateRequest, path: Path | None) -> Model:
    from detector.model import load_model

    return load_model(
        path, engine=request.engine, precision=request.precision, input_size=request.input_size
    )


def _second(request: EvaluateRequest, first: Model) -> Model | None:
    if request.against is not None:
        return _load(request, request.against)
    return first if request.slices == "both" else None
