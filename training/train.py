"""Trains YOLO26n on the built dataset.

    python -m training.train --start START.pt [--settings training/first.yaml] [--data FOLDER]

A half-precision checkpoint is written each epoch; `--resume` goes on from it after a kill.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from pydantic import BaseModel, ConfigDict, Field

from training.ultra import CACHE, PROJECT, load_yolo, use_threads

if TYPE_CHECKING:
    from ultralytics.models.yolo.detect import DetectionTrainer
    from ultralytics.nn.tasks import DetectionModel

Setting = bool | int | float | str


class Settings(BaseModel):
    """One training run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    threads: int = Field(ge=1)
    workers: int = Field(ge=0)
    one_to_one_head: bool
    ultralytics: dict[str, Setting]


def load_settings(path: Path) -> Settings:
    """Reads a settings file."""
    return Settings.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def keep_one_to_many(model: DetectionModel) -> None:
    """Removes the one-to-one head of a YOLO26 model in place; what remains needs NMS."""
    head = model.model[-1]
    head.one2one_cv2 = head.one2one_cv3 = None


def trainer_class(settings: Settings) -> type[DetectionTrainer]:
    """Ultralytics' trainer with the heads that the settings ask for.

    Weights lie channels last in memory: measured about a tenth faster on two CPU cores.
    """
    import torch
    from ultralytics.models.yolo.detect import DetectionTrainer

    class HeadTrainer(DetectionTrainer):  # type: ignore[misc]  # Ultralytics is untyped
        def get_model(
            self, cfg: str | None = None, weights: str | None = None, verbose: bool = True
        ) -> DetectionModel:
            model = super().get_model(cfg, weights, verbose)
            # Ultralytics sets none on a CPU: cores then wait while pictures are made.
            self.args.workers = settings.workers
            if not settings.one_to_one_head:
                keep_one_to_many(model)
            return model.to(memory_format=torch.channels_last)

    return HeadTrainer


def train(start: Path, settings: Settings, data: Path, runs: Path, *, resume: bool) -> Path:
    """Trains and returns the folder with weights/best.pt and weights/last.pt."""
    use_threads(settings.threads)
    folder = runs / settings.name
    model = load_yolo(folder / "weights" / "last.pt" if resume else start)
    options = dict(settings.ultralytics) | {
        "data": str(data / "data.yaml"),
        "device": "cpu",
        "project": str(runs),
        "name": settings.name,
        "exist_ok": True,
        "resume": resume,
    }
    model.train(trainer=trainer_class(settings), **options)
    return folder


def main(argv: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="training.train", description="train the detector")
    parser.add_argument("--start", type=Path, required=True, help="weights (.pt) to start from")
    parser.add_argument("--settings", type=Path, default=PROJECT / "training" / "first.yaml")
    parser.add_argument("--data", type=Path, default=CACHE / "training" / "first")
    parser.add_argument("--runs", type=Path, default=CACHE / "training" / "runs")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    args = parser.parse_args(argv)
    settings = load_settings(args.settings)
    folder = args.runs.resolve() / settings.name
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(args.settings, folder / "settings.yaml")
    train(
        args.start.resolve(), settings, args.data.resolve(), args.runs.resolve(), resume=args.resume
    )


if __name__ == "__main__":
    main()
