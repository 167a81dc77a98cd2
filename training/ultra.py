"""The one door to Ultralytics: loaded late, offline, with its settings inside the project."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from training.errors import DataError
from training.extra import need

if TYPE_CHECKING:
    from ultralytics import YOLO

PROJECT = Path(__file__).resolve().parent.parent
CACHE = PROJECT / ".cache"


def prepare() -> None:
    """Sets what Ultralytics and OpenMP read at import: offline, no installs, passive waiting."""
    settings = CACHE / "ultralytics"
    settings.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("YOLO_CONFIG_DIR", str(settings))
    os.environ.setdefault("YOLO_AUTOINSTALL", "False")
    os.environ.setdefault("YOLO_OFFLINE", "True")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def load_yolo(weights: Path) -> YOLO:
    """A YOLO model from a `.pt` or `.onnx` file; DataError where it or the train extra is missing.

    Runs code from the file, see detector/model/engines/ultralytics.py.
    """
    if not weights.is_file():
        raise DataError(f"no weights at {weights}: check the path")
    need("torch", "ultralytics")
    prepare()
    from ultralytics import YOLO

    return YOLO(str(weights), task="detect")


def use_threads(count: int) -> None:
    """Threads to train with: Ultralytics would take one core fewer than there are."""
    prepare()
    import torch
    from ultralytics.utils import torch_utils

    torch_utils.NUM_THREADS = count
    torch.set_num_threads(count)
