"""Pictures with known boxes to measure on: what each set labels, and what its figures are worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training import labels
from training.pictures import read_picture
from training.sources import Sample, Side, Source, class_id, load_source, samples_of
from training.splits import sides_of

DATASETS = Path(__file__).resolve().parent.parent / "datasets"


@dataclass(frozen=True)
class Truth:
    """A picture and its boxes in our classes, as shares of the picture (see labels.py)."""

    sample: Sample
    boxes: tuple[labels.LabelBox, ...]

    def read(self) -> tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.int64]]:
        """The picture (H, W, 3) BGR, boxes (N, 4) xyxy in its pixels, class ids (N,)."""
        picture = read_picture(self.sample.picture)
        height, width = picture.shape[:2]
        shares = np.array([box.xyxy() for box in self.boxes], dtype=np.float32).reshape(-1, 4)
        scale = np.array([width, height, width, height], dtype=np.float32)
        return (
            picture,
            shares * scale,
            np.array([box.class_id for box in self.boxes], dtype=np.int64),
        )


@dataclass(frozen=True)
class CheckSet:
    """Pictures to measure on; `classes` are the only ones that count there.

    `iou` is the overlap at which a heap of loose outline counts as found, None for COCO's ten.
    """

    name: str
    truths: tuple[Truth, ...]
    classes: tuple[int, ...]
    iou: float | None
    note: str


def check_sets(root: Path, datasets: Path = DATASETS) -> Iterator[CheckSet]:
    """Every set that the project measures on, from the data root."""
    garbage = load_source(datasets / "garbage.yaml")
    yield CheckSet(
        "garbage val",
        _side(garbage, root, "val"),
        _ids(garbage),
        None,
        "scenes that training did not see",
    )
    camera = load_source(datasets / "traffic_camera.yaml")
    yield CheckSet(
        "traffic camera, last 30 %",
        _side(camera, root, "val"),
        _ids(camera),
        None,
        "training's camera at later times; parked and far vehicles are often unlabelled",
    )
    elsewhere = load_source(datasets / "garbage_elsewhere.yaml")
    pile = (class_id("garbage_pile"),)
    for folder, note in (
        ("containers", "another continent, pictures stretched and strongly equalised; loose boxes"),
        ("korea_bags", "single bags close up against boxes of whole heaps: low by construction"),
    ):
        part = elsewhere.model_copy(update={"folders": (f"garbage_elsewhere/{folder}",)})
        yield CheckSet(folder, _side(part, root, "check"), pile, 0.4, note)


def _ids(source: Source) -> tuple[int, ...]:
    return tuple(sorted(set(source.class_map().values())))


def _side(source: Source, root: Path, side: Side) -> tuple[Truth, ...]:
    samples = samples_of(source, root)
    sides = sides_of(source, samples, root)
    return tuple(_truth(source, sample) for sample in samples if sides[sample.key] == side)


def _truth(source: Source, sample: Sample) -> Truth:
    own = labels.read(sample.labels) if sample.labels else ()
    return Truth(sample, labels.mapped(own, source.class_map())[0])
