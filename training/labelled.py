"""Labelled pictures, wherever they came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from detector.taxonomy import TAXONOMY
from training.labels import LabelBox


@dataclass(frozen=True, slots=True)
class Labelled:
    """A picture and its boxes; class ids count in the collection's `class_names`."""

    picture: Path
    boxes: tuple[LabelBox, ...]


def _every_class() -> frozenset[int]:
    return frozenset(range(len(TAXONOMY.class_names)))


@dataclass(frozen=True, slots=True)
class Collection:
    """Labelled pictures that share one list of classes.

    A picture without boxes is one on which none of the `labelled_classes` is in sight. Of a class
    that is not among them nothing is known: things of it may stand in any picture without a box.
    """

    class_names: tuple[str, ...]
    pictures: tuple[Labelled, ...]
    labelled_classes: frozenset[int] = field(default_factory=_every_class)
