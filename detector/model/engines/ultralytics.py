"""Ultralytics: a `.pt` file in torch, for training and comparing. Needs the `train` extra.

A `.pt` file is a pickle: loading it runs whatever code its author put there. Load only files that
you made yourself, never one that came by upload or from the network; no service loads them.
"""

from __future__ import annotations

import importlib.util
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from detector.errors import ModelError
from detector.looks import Pixels
from detector.model.engines.base import Blob, EngineName, Precision, Raw

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module


def ultralytics_installed() -> bool:
    """Whether torch and Ultralytics are there."""
    return all(importlib.util.find_spec(name) for name in ("torch", "ultralytics"))


class UltralyticsEngine:
    """The one-to-many head of a `.pt` file in f32, one picture at a time on torch's threads.

    Executes code from the file, see the module's text. ModelError where the file is no detector.
    """

    name: EngineName = "ultralytics"
    precision: Precision = "f32"
    streams = 1

    def __init__(self, path: Path) -> None:
        # Read at import: no installs and no look-ups in the network.
        os.environ.setdefault("YOLO_AUTOINSTALL", "False")
        os.environ.setdefault("YOLO_OFFLINE", "True")
        # The head keeps the grid of the last shape, so only one thread may be in it.
        self._lock = threading.Lock()
        self._module, self.names = _load(path)

    def blob(self, canvas: Pixels) -> Blob:
        """(1, 3, h, w) float32 RGB, 0..1."""
        planar = canvas[..., ::-1].transpose(2, 0, 1)[np.newaxis]
        return np.ascontiguousarray(planar, dtype=np.float32) * np.float32(1 / 255)

    def infer(self, blob: Blob) -> Raw:
        """See `Engine.infer`; `blob` is (1, 3, h, w) float32 RGB, 0..1."""
        import torch

        with self._lock, torch.inference_mode():
            head: Tensor = self._module(torch.from_numpy(blob))[0]
        return np.asarray(head[0].numpy(), dtype=np.float32)


def _load(path: Path) -> tuple[Module, dict[int, str]]:
    from ultralytics import YOLO

    try:
        module = YOLO(str(path), task="detect").model
        head = module.model[-1]
        # Before fusing, which throws away the head that is not chosen.
        head.end2end = False
        names = {int(index): str(name) for index, name in module.names.items()}
        return module.float().eval().fuse(verbose=False), names
    except Exception as error:
        raise ModelError(
            f"{path} is not a YOLO detector that Ultralytics can load ({error}): "
            "give a .pt file from `python -m training.train`"
        ) from error
