"""The `.pt` that a city fine-tunes: weights in half precision and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from training.errors import DataError
from training.ultra import load_yolo

if TYPE_CHECKING:
    from ultralytics.nn.tasks import DetectionModel

MAX_BYTES = 12 * 1024 * 1024
# What Ultralytics reads back from a checkpoint; its other settings name files of one machine.
KEPT_SETTINGS = ("task", "imgsz", "single_cls")


def strip_checkpoint(weights: Path, out: Path) -> None:
    """Writes the weights of a `.pt` in half precision, without optimizer, one-to-one head and paths
    of the machine; the averaged weights where there are such.

    DataError where the file is missing or `out` would be more than 12 MB. Runs code from the file,
    see detector/model/engines/ultralytics.py.
    """
    if not weights.is_file():
        raise DataError(f"no weights at {weights}: name the .pt file of a training")
    from training.heads import keep_one_to_many

    model = load_yolo(weights).model
    keep_one_to_many(model)
    save(model, out)


def save(model: DetectionModel, out: Path) -> None:
    """Writes a half-precision checkpoint with nothing but the model and what loading it needs.

    DataError where it would be more than 12 MB; an older file then stays.
    """
    import torch

    settings = vars(model.args) if hasattr(model.args, "__dict__") else dict(model.args)
    kept = {name: settings[name] for name in KEPT_SETTINGS if name in settings}
    model.args = kept
    model.pt_path = out.name
    model.criterion = None
    out.parent.mkdir(parents=True, exist_ok=True)
    unfinished = out.with_name(f".{out.name}.part")
    torch.save({"model": model.half(), "train_args": kept}, unfinished)
    size = unfinished.stat().st_size
    if size > MAX_BYTES:
        unfinished.unlink()
        raise DataError(f"{out} would have {size} bytes, more than {MAX_BYTES}: use a smaller size")
    unfinished.replace(out)
