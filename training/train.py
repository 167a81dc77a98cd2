"""Trains the detector as a recipe says; a run can be killed and goes on where it was."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detector.files import make_folder, write_bytes
from training.curve import Curve
from training.dataset.write import DATA_FILE
from training.errors import DataError
from training.extra import need
from training.formats.folder import read_bytes
from training.places import Places
from training.recipe import Recipe, TrainPart, load_recipe
from training.ultra import load_yolo, prepare, use_threads
from training.weights import find_weights

RECIPE_COPY = "recipe.yaml"
CHECKPOINT = "checkpoint.pt"
FINISHED = f"finished_{CHECKPOINT}"
# Ultralytics' settings that are not a recipe's to make.
_GIVEN = frozenset({"model", "data", "device", "project", "name", "exist_ok", "resume", "workers"})


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
    """Trains; returns the run's folder with weights/best.pt, weights/last.pt and checkpoint.pt.

    DataError or OutputError where it cannot begin or a disk fills up: what an earlier piece has
    learned stays. Needs the train extra.
    """
    recipe = load_recipe(request.recipe)
    need("torch", "ultralytics")
    _check_settings(recipe.train, request.device)
    dataset = request.places.dataset(recipe)
    if not (dataset / DATA_FILE).is_file():
        raise DataError(
            f"there is no dataset at {dataset}: "
            f"run `streetwarden data build {request.recipe} --data DATA` first"
        )
    folder = request.places.run(recipe.name)
    start, resume = _start(request, recipe, folder)
    make_folder(folder)
    if request.keep:
        # Known now rather than after hours.
        make_folder(request.keep.parent)
    write_bytes(folder / RECIPE_COPY, [read_bytes(request.recipe)])
    use_threads(recipe.train.threads)
    try:
        _learn(request, recipe, start, resume, dataset, folder)
    except OSError as error:
        raise DataError(
            f"the training stopped: {error}; mend that, then go on with --resume"
        ) from error
    if request.keep and (folder / CHECKPOINT).exists():
        from training.checkpoint import write_small

        write_small(folder / CHECKPOINT, request.keep)
    return folder


def _check_settings(part: TrainPart, device: str) -> None:
    """DataError for settings that Ultralytics does not have, or a device that is not there."""
    prepare()
    import torch
    from ultralytics.cfg import DEFAULT_CFG_DICT, check_cfg

    settings = dict(part.ultralytics)
    if given := sorted(settings.keys() & _GIVEN):
        raise DataError(f"train.ultralytics.{given[0]} is not for a recipe to say: remove it")
    if unknown := sorted(settings.keys() - DEFAULT_CFG_DICT.keys()):
        raise DataError(f"train.ultralytics.{unknown[0]} is no setting of Ultralytics: mend it")
    try:
        check_cfg(settings)
    except (TypeError, ValueError) as error:
        raise DataError(f"train.ultralytics: {error}".replace("\n", " ")) from error
    numbers = device.split(",")
    if device != "cpu" and not all(number.isdecimal() for number in numbers):
        raise DataError(f"--device {device}: give cpu, or the number of a GPU")
    if device != "cpu" and max(map(int, numbers)) >= torch.cuda.device_count():
        raise DataError(
            f"--device {device}: there are {torch.cuda.device_count()} GPUs here that torch can "
            "use; --device cpu always works"
        )


def _start(request: TrainRequest, recipe: Recipe, folder: Path) -> tuple[Path, bool]:
    if not request.resume and request.from_checkpoint is None:
        if (folder / CHECKPOINT).exists():
            raise DataError(
                f"{folder} holds an unfinished run: go on with --resume, or remove the folder"
            )
        if (folder / FINISHED).exists():
            raise DataError(
                f"{folder} holds a finished run: give the recipe another name, or remove the folder"
            )
        return find_weights(recipe.start, request.places), False
    checkpoint = request.from_checkpoint or folder / CHECKPOINT
    if not checkpoint.is_file() and (folder / FINISHED).exists() and request.resume:
        raise DataError(f"the run in {folder} is finished: there is nothing to go on with")
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
    model.add_callback("on_train_start", curve.on_train_start)
    model.add_callback("on_train_batch_end", curve.on_train_batch_end)
    model.add_callback("on_fit_epoch_end", curve.on_fit_epoch_end)
    model.add_callback("on_model_save", lambda trainer: _keep_checkpoint(trainer, folder))
    model.add_callback("on_train_end", lambda trainer: _drop_if_whole(trainer, folder))
    options: dict[str, Any] = dict(recipe.train.ultralytics) | {
        "data": str(dataset / DATA_FILE),
        "device": request.device,
        "project": str(folder.parent),
        "name": folder.name,
        "save_dir": str(folder),
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
    if trainer.epoch + 1 >= trainer.epochs and (folder / CHECKPOINT).exists():
        (folder / CHECKPOINT).rename(folder / FINISHED)
