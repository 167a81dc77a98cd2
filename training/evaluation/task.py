"""What to measure on, and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from detector.taxonomy import TAXONOMY
from training import coco
from training.errors import DataError
from training.evaluation.target import Target, targets_of
from training.labelled import Collection
from training.labels import LabelBox

# Calibrated: a raw score of 0.001 may stand for a far smaller probability.
MIN_CONFIDENCE = 0.0001


@dataclass(frozen=True)
class Task:
    """Labelled pictures and the rules of judging them.

    `classes` are the ids of the taxonomy that count in `collection`; others are not judged.
    `groups` names for each picture what belongs together (a scene, a camera), resampled as one.
    `quiet` are pictures without any violation, by the name of their set. `merge` lists class ids
    whose mix-ups do not count. Labels narrower than `min_width_px` pixels of the full picture are
    neither counted nor false. `iou` is the overlap, 0..1, that makes a box right. `slices` lets
    the model look at large pictures in slices.
    """

    name: str
    collection: Collection
    classes: tuple[int, ...]
    groups: Sequence[str] | None = None
    quiet: Mapping[str, Sequence[Path]] = field(default_factory=dict)
    merge: Sequence[Sequence[int]] = ()
    iou: float = 0.5
    min_width_px: float = 0.0
    min_confidence: float = MIN_CONFIDENCE
    slices: bool = False

    @property
    def files(self) -> list[Path]:
        """The labelled pictures."""
        return [it.picture for it in self.collection.pictures]

    @property
    def targets(self) -> tuple[Target, ...]:
        """What is judged."""
        return targets_of(self.classes, self.merge)

    @property
    def overlaps(self) -> tuple[float, ...]:
        """COCO's ten overlaps, or the only one where another than 0.5 was asked."""
        return coco.IOUS if self.iou == coco.IOUS[0] else (self.iou,)

    def pictures(self) -> int:
        """How many pictures the model has to look at."""
        return len(self.files) + sum(map(len, self.quiet.values()))

    def groups_or_pictures(self) -> list[str]:
        """The group of each picture, its own where none were given; DataError: not one each."""
        if self.groups is None:
            return [str(place) for place in range(len(self.files))]
        if len(self.groups) != len(self.files):
            raise DataError(
                f"{self.name} has {len(self.files)} pictures but {len(self.groups)} groups: "
                "give one group for each picture"
            )
        return list(self.groups)

    def labels(self) -> list[tuple[LabelBox, ...]]:
        """The labels of each picture in ids of the taxonomy, those of the counted classes alone.

        DataError where no picture has any.
        """
        ids = [TAXONOMY.class_id(name) for name in self.collection.class_names]
        counted = frozenset(self.classes)
        labels = [
            tuple(
                LabelBox(class_id, box.x, box.y, box.width, box.height)
                for box in it.boxes
                if (class_id := ids[box.class_id]) is not None and class_id in counted
            )
            for it in self.collection.pictures
        ]
        if not any(labels):
            named = ", ".join(TAXONOMY.class_names[c] for c in sorted(counted)) or "any class"
            raise DataError(
                f"no picture of {self.name} has a label of {named}: "
                "check the folder and the class map"
            )
        return labels
