"""Which pictures go into a dataset, on which side."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.errors import DataError
from training.recipe import DataPart
from training.sources import Sample, Side, Source, orphans, samples_of
from training.splits import sides_of, thinned


@dataclass(frozen=True, slots=True)
class Chosen:
    """A picture that goes into the dataset, with its side and how often it is listed."""

    source: Source
    sample: Sample
    side: Side
    times: int = 1


def wanted(sources: Iterable[Source], part: DataPart) -> tuple[Source, ...]:
    """The sources that a recipe names, all where it names none; DataError for an unknown name."""
    by_name = {source.name: source for source in sources}
    drawn = [name for it in (part.cables, part.stalls) if it for name in it.backgrounds]
    named = {*part.sources, *part.repeat, *part.every, *drawn}
    unknown = sorted(named - by_name.keys())
    if unknown:
        raise DataError(
            f"the recipe names {', '.join(unknown)}, which is no source: "
            f"there are {', '.join(sorted(by_name))}"
        )
    return tuple(by_name[name] for name in part.sources or sorted(by_name))


def choose(sources: Iterable[Source], root: Path, part: DataPart) -> tuple[Chosen, ...]:
    """The pictures that train or are val, thinned and repeated as asked; no `check` pictures.

    DataError where labels have no picture, a pattern leaves out nothing, or a side stays empty.
    """
    chosen: list[Chosen] = []
    addresses: list[str] = []
    for source in wanted(sources, part):
        if lone := orphans(source, root):
            raise DataError(
                f"{len(lone)} label files of source {source.name} have no picture, first "
                f"{lone[0]}: bring the pictures or remove the labels"
            )
        samples = samples_of(source, root)
        addresses += [sample.address for sample in samples]
        sides = sides_of(source, samples, root)
        kept = [sample for sample in samples if not left_out(sample, part)]
        train = [sample for sample in kept if sides[sample.key] == "train"]
        every = part.every.get(source.name, source.train_every)
        times = part.repeat.get(source.name, source.repeat)
        chosen += [Chosen(source, sample, "train", times) for sample in thinned(train, every)]
        chosen += [Chosen(source, sample, "val") for sample in kept if sides[sample.key] == "val"]
    _refuse_idle(part, addresses)
    for side in ("train", "val"):
        if not any(item.side == side for item in chosen):
            raise DataError(
                f"no picture is on the side {side!r}: a training needs pictures on both, name "
                "more sources in the recipe or leave out less"
            )
    return tuple(chosen)


def _refuse_idle(part: DataPart, addresses: Sequence[str]) -> None:
    """A pattern with a slip of the pen would let in what a figure is measured on later."""
    for pattern in part.leave_out:
        if not fnmatch.filter(addresses, pattern):
            raise DataError(f"leave_out {pattern!r} matches no picture: mend the recipe")


def left_out(sample: Sample, part: DataPart) -> bool:
    """Whether a pattern of the recipe matches the picture."""
    return any(fnmatch.fnmatchcase(sample.address, pattern) for pattern in part.leave_out)
