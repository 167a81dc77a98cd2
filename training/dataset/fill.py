"""What a picture is labelled with: its own boxes, what teachers are sure of, and what to ignore."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from training import labels
from training.label_files import boxes_of
from training.labels import SAME_THING_IOU, LabelBox
from training.recipe import TeacherPart
from training.sources import Sample, Source, class_id
from training.teacher import Guess


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one teacher guessed in a picture, and the part of the recipe that it acts under."""

    teacher: TeacherPart
    guesses: Sequence[Guess]


@dataclass(frozen=True, slots=True)
class Filled:
    """Boxes of a picture in our classes.

    `own` were labelled by the source, `added` by a teacher; in `ignored` the class of the box is
    neither background nor found.
    """

    own: tuple[LabelBox, ...]
    added: tuple[LabelBox, ...]
    ignored: tuple[LabelBox, ...]


def fill(source: Source, sample: Sample, opinions: Iterable[Opinion]) -> Filled:
    """The labels of a picture."""
    own, others = boxes_of(source, sample)
    fillable = source.fill_ids()
    added: list[LabelBox] = []
    ignored = [labels.from_xyxy(number, *xyxy) for number, xyxy in source.ignored()]
    for opinion in opinions:
        classes = fillable & {class_id(name) for name in opinion.teacher.classes}
        for guess in opinion.guesses:
            if guess.box.class_id not in classes or guess.confidence < opinion.teacher.unsure:
                continue
            if guess.confidence < opinion.teacher.sure:
                ignored.append(guess.box)
            elif not _covered(guess.box, [*own, *others, *added]):
                added.append(guess.box)
    return Filled(own, tuple(added), tuple(ignored))


def _covered(box: LabelBox, known: Collection[LabelBox]) -> bool:
    return any(labels.iou(box, other) >= SAME_THING_IOU for other in known)
