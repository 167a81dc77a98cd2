"""What is judged: a class of the taxonomy, or several that count as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detector.looks import Boxes
from detector.model.candidates import suppress
from detector.taxonomy import TAXONOMY, Kind
from training.errors import DataError

# What is wrong wherever it stands; vehicles are a violation only where and while they stand.
VIOLATIONS = tuple(
    sorted(
        frozenset[int]().union(
            *(
                TAXONOMY.class_ids_of(kind)
                for kind in (
                    Kind.STALL_ENCROACHMENT,
                    Kind.GARBAGE_OVERFLOW,
                    Kind.EXPOSED_GARBAGE,
                    Kind.EXPOSED_CABLE,
                )
            )
        )
    )
)
# Two boxes of merged classes that overlap more than this are one thing, as within a class.
SAME_THING_IOU = 0.6


@dataclass(frozen=True, slots=True)
class Target:
    """Class ids of the taxonomy that are judged as one, the smallest first."""

    ids: tuple[int, ...]

    @property
    def id(self) -> int:
        """The class id that boxes of all its classes get."""
        return self.ids[0]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its classes."""
        return tuple(TAXONOMY.class_names[class_id] for class_id in self.ids)

    @property
    def name(self) -> str:
        """The names of its classes as one."""
        return "+".join(self.names)

    @property
    def violation(self) -> bool:
        """Whether it is wrong wherever it stands."""
        return frozenset(self.ids) <= frozenset(VIOLATIONS)

    @property
    def zh(self) -> str:
        """Its Chinese name."""
        return "＋".join(TAXONOMY.classes[class_id].zh for class_id in self.ids)

    @property
    def en(self) -> str:
        """Its English name."""
        return " + ".join(TAXONOMY.classes[class_id].en for class_id in self.ids)

    @property
    def colour(self) -> str:
        """The drawing colour, #rrggbb."""
        return TAXONOMY.classes[self.id].colour


def targets_of(classes: Sequence[int], merge: Sequence[Sequence[int]] = ()) -> tuple[Target, ...]:
    """The targets of the classes that count, in the order of their ids.

    `merge` lists groups of class ids; members of a group that do not count are left out.
    DataError where a class stands in two groups.
    """
    merged = [class_id for group in merge for class_id in group]
    twice = sorted({class_id for class_id in merged if merged.count(class_id) > 1})
    if twice:
        names = ", ".join(TAXONOMY.class_names[class_id] for class_id in twice)
        raise DataError(f"{names} cannot be merged twice: name each class in one group only")
    groups = [tuple(sorted(set(group) & set(classes))) for group in merge]
    alone = [(class_id,) for class_id in set(classes) - set(merged)]
    return tuple(Target(ids) for ids in sorted([*filter(None, groups), *alone]))


def alarming_of(targets: Sequence[Target]) -> tuple[Target, ...]:
    """Every violation: as in `targets` where it is part of one, else alone."""
    judged = [target for target in targets if target.violation]
    alone = set(VIOLATIONS).difference(*(target.ids for target in judged))
    return tuple(sorted([*judged, *(Target((it,)) for it in alone)], key=lambda it: it.ids))


def as_targets(boxes: Boxes, targets: Sequence[Target], *, once: bool) -> Boxes:
    """Only the boxes of the targets, their class ids those of their target, strongest first.

    With `once` a thing that was found as several classes of one target is kept once.
    """
    number = np.full(len(TAXONOMY.class_names), -1, dtype=np.int64)
    for target in targets:
        number[list(target.ids)] = target.id
    kept = np.flatnonzero(number[boxes.class_id] >= 0)
    kept = kept[np.argsort(-boxes.confidence[kept], kind="stable")]
    mine = Boxes(boxes.xyxy[kept], number[boxes.class_id[kept]], boxes.confidence[kept])
    merged = [target.id for target in targets if len(target.ids) > 1]
    if not once or not merged:
        return mine
    of_merged = np.isin(mine.class_id, merged)
    rows = np.flatnonzero(of_merged)
    survivors = rows[
        suppress(mine.xyxy[rows].astype(np.float64), mine.class_id[rows], SAME_THING_IOU)
    ]
    order = np.sort(np.concatenate([np.flatnonzero(~of_merged), survivors]))
    return Boxes(mine.xyxy[order], mine.class_id[order], mine.confidence[order])
