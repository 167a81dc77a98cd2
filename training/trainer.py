"""Ultralytics' trainer with our classes, losses and cameras. Needs the train extra."""

from __future__ import annotations

import random
import time
from typing import Any

import numpy as np
import torch
from ultralytics.models.yolo.detect import DetectionTrainer
from ultralytics.nn.tasks import DetectionModel
from ultralytics.utils.loss import E2ELoss
from ultralytics.utils.torch_utils import strip_optimizer, unwrap_model

from detector.taxonomy import TAXONOMY
from training.camera_look import another_camera
from training.checkpoint import completed
from training.heads import keep_one_to_many
from training.ignore import IGNORED_FROM
from training.ignore_loss import IgnoringLoss
from training.recipe import CameraPart, TrainPart
from training.wide_angle import bent, bent_boxes

MOST_BENT = 0.45


class AnotherCamera:
    """A transform of Ultralytics' kind: the picture as from another camera, boxes with it."""

    def __init__(self, part: CameraPart) -> None:
        self.part = part

    def __call__(self, sample: dict[str, Any]) -> dict[str, Any]:
        """`sample` has `img` (H, W, 3) uint8 BGR and `instances` with the boxes."""
        # Ultralytics seeds `random` in each of its workers.
        rng = np.random.default_rng(random.getrandbits(64))
        if rng.random() < self.part.wide_angle:
            self._bend(sample, float(rng.uniform(0.05, MOST_BENT)))
        sample["img"] = another_camera(sample["img"], self.part, rng)
        return sample

    def _bend(self, sample: dict[str, Any], k: float) -> None:
        height, width = sample["img"].shape[:2]
        boxes = sample["instances"]
        boxes.convert_bbox("xyxy")
        boxes.denormalize(width, height)
        moved = bent_boxes(boxes.bboxes.astype(np.float64), width, height, k)
        boxes._bboxes.bboxes = moved.astype(np.float32)
        sample["img"] = bent(sample["img"], k)


class StreetTrainer(DetectionTrainer):  # type: ignore[misc]  # Ultralytics is untyped
    """Trains as `part` says; after `minutes` it stops at the end of an epoch, to be resumed."""

    part: TrainPart
    minutes: float | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.add_callback("on_train_start", _use_ignoring_loss)
        self.add_callback("on_fit_epoch_end", _stop_in_time)

    def get_model(
        self, cfg: str | None = None, weights: object = None, verbose: bool = True
    ) -> DetectionModel:
        """A model of our classes alone: the dataset lists regions to ignore as well."""
        model = DetectionModel(cfg, nc=IGNORED_FROM, ch=self.data["channels"], verbose=verbose)
        model.names = dict(enumerate(TAXONOMY.class_names))
        if weights:
            model.load(weights)
        # Ultralytics sets none on a CPU: cores then wait while pictures are made.
        self.args.workers = self.part.workers
        if not self.part.one_to_one_head:
            keep_one_to_many(model)
        # Measured about a tenth faster on two CPU cores.
        return model.to(memory_format=torch.channels_last)

    def set_model_attributes(self) -> None:
        """Names and number of our classes alone."""
        self.model.nc = IGNORED_FROM
        self.model.names = dict(enumerate(TAXONOMY.class_names))
        self.model.args = self.args

    def build_dataset(self, img_path: str, mode: str = "train", batch: int | None = None) -> Any:
        """Ultralytics' dataset, seen through other cameras where it trains."""
        dataset = super().build_dataset(img_path, mode, batch)
        if mode == "train":
            _add_camera(dataset, self.part.camera)
        return dataset

    def _close_dataloader_mosaic(self) -> None:
        super()._close_dataloader_mosaic()
        _add_camera(self.train_loader.dataset, self.part.camera)

    def final_eval(self) -> None:
        """Takes the optimizer out of the weights; `streetwarden evaluate` measures them."""
        for weights in (self.last, self.best):
            if weights.exists():
                strip_optimizer(weights)

    def _load_checkpoint_state(self, ckpt: dict[str, Any]) -> None:
        super()._load_checkpoint_state(completed(ckpt))


def trainer_class(part: TrainPart, minutes: float | None) -> type[StreetTrainer]:
    """The trainer of a recipe, as Ultralytics wants it: a class."""
    return type("RecipeTrainer", (StreetTrainer,), {"part": part, "minutes": minutes})


def _use_ignoring_loss(trainer: StreetTrainer) -> None:
    model = unwrap_model(trainer.model)
    two_heads = trainer.part.one_to_one_head
    model.criterion = E2ELoss(model, IgnoringLoss) if two_heads else IgnoringLoss(model)


def _stop_in_time(trainer: StreetTrainer) -> None:
    taken_s = time.time() - trainer.train_time_start
    if trainer.minutes is not None and taken_s + trainer.epoch_time > trainer.minutes * 60:
        trainer.stop = True


def _add_camera(dataset: Any, part: CameraPart) -> None:
    """Before the last step, which makes a tensor of the picture."""
    steps = dataset.transforms.transforms
    steps.insert(len(steps) - 1, AnotherCamera(part))
