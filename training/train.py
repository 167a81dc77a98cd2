"""Trains the detector as a recipe says; a run can be killed and goes on where it was."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detector.files import make_folder
from training.curve import Curve
from training.errors import DataError
from training.places import Places
from training.recipe import Recipe, load_recipe
from training.ultra import load_yolo, prepare, use_threads
from training.weights import find_weights

RECIPE_COPY = "recipe.yaml"
CHECKPOINT = "checkpoint.pt"


@dataclass(frozen=True, slots=True)
class TrainRequest:
    """What `streetwarden train` was asked for.

    `minutes` ends a piece of the training at the end of an epoch; `resume` goes on from the run's
    own checkpoint, `from_checkpoint` from another. `keep` is where a small checkpoint of an
    unfinished run goes. `device` is as Ultralytics has it: cpu, 0, ...
    """

    recipe: Path
    places: Places
    device: str = "cpu"
    minutes: float | None = None
    resume: bool = False
    from_checkpoint: Path | None = None
    keep: Path | None = None


def train(request: TrainRequest) -> Path:
    """Trains; returns the run's folder with weights/best.pt, weights/last.pt and checkpoint.pt."""
    recipe = load_recipe(request.recipe)
    dataset = request.places.dataset(recipe)
    if not (dataset / "data.yaml").is_file():
        raise DataError(
            f"there is no dataset at {dataset}: "
            f"run `streetwarden data build {request.recipe}` first"
        )
    folder = request.places.run(recipe.name)
    start, resume = _start(request, recipe, folder)
    make_folder(folder)
    shutil.copyfile(request.recipe, folder / RECIPE_COPY)
    use_threads(recipe.train.threads)
    prepare()
    _learn(request, recipe, start, resume, dataset, folder)
    if request.keep and (folder / CHECKPOINT).exists():
        from training.checkpoint import write_small

        write_small(folder / CHECKPOINT, request.keep)
    return folder


def _start(request: TrainRequest, recipe: Recipe, folder: Path) -> tuple[Path, bool]:
    if not request.resume and request.from_checkpoint is None:
        if (folder / CHECKPOINT).exists():
            raise DataError(
                f"{folder} holds an unfinished run: go on with --resume, or remove the folder"
            )
        return find_weights(recipe.start, request.places), False
    checkpoint = request.from_checkpoint or folder / CHECKPOINT
    if not checkpoint.is_file():
        raise DataError(f"no checkpoint at {checkpoint}: start without --resume")
    copy = folder / RECIPE_COPY
    if copy.exists() and load_recipe(copy) != recipe:
        raise DataError(
            f"{request.recipe} is not the recipe that the run in {folder} began with: "
            "give it another name, or restore it"
        )
    return checkpoint, True


def _learn(
    request: TrainRequest, recipe: Recipe, start: Path, resume: bool, dataset: Path, folder: Path
) -> None:
    from training.trainer import trainer_class

    model = load_yolo(start)
    curve = Curve(folder, recipe.name)
    model.add_callback("on_train_batch_end", curve.on_train_batch_end)
    model.add_callback("on_fit_epoch_end", curve.on_fit_epoch_end)
    model.add_callback("on_model_save", lambda trainer: _keep_checkpoint(trainer, folder))
    model.add_callback("on_train_end", lambda trainer: _drop_if_whole(trainer, folder))
    options: dict[str, Any] = dict(recipe.train.ultralytics) | {
        "data": str(dataset / "data.yaml"),
        "device": request.device,
        "project": str(folder.parent),
        "name": folder.name,
        "exist_ok": True,
        "resume": str(start) if resume else False,
    }
    model.train(trainer=trainer_class(recipe.train, request.minutes), **options)


def _keep_checkpoint(trainer: Any, folder: Path) -> None:
    """Ultralytics takes the optimizer out of last.pt when it ends; this copy keeps it."""
    part = folder / f".{CHECKPOINT}.part"
    shutil.copyfile(trainer.last, part)
    part.replace(folder / CHECKPOINT)


def _drop_if_whole(trainer: Any, folder: Path) -> None:
    """A run that has had all its epochs has nothing to go on with."""
    if trainer.epoch + 1 >= trainer.epochs:
        (folder / CHECKPOINT).rename(folder / f"finished_{CHECKPOINT}")
