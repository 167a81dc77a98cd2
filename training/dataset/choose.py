"""Which pictures go into a dataset, on which side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from training.errors import DataError
from training.recipe import DataPart
from training.sources import Sample, Side, Source, samples_of
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
    named = {*part.sources, *part.repeat, *part.every}
    unknown = sorted(named - by_name.keys())
    if unknown:
        raise DataError(
            f"the recipe names {', '.join(unknown)}, which is no source: "
            f"there are {', '.join(sorted(by_name))}"
        )
    return tuple(by_name[name] for name in part.sources or sorted(by_name))


def choose(sources: Iterable[Source], root: Path, part: DataPart) -> tuple[Chosen, ...]:
    """The pictures that train or are val, thinned and repeated as asked; no `check` pictures."""
    chosen: list[Chosen] = []
    for source in wanted(sources, part):
        samples = samples_of(source, root)
        sides = sides_of(source, samples, root)
        kept = [sample for sample in samples if not left_out(sample, part)]
        train = [sample for sample in kept if sides[sample.key] == "train"]
        every = part.every.get(source.name, source.train_every)
        times = part.repeat.get(source.name, source.repeat)
        chosen += [Chosen(source, sample, "train", times) for sample in thinned(train, every)]
        chosen += [Chosen(source, sample, "val") for sample in kept if sides[sample.key] == "val"]
    return tuple(chosen)


def left_out(sample: Sample, part: DataPart) -> bool:
    """Whether a pattern of the recipe matches the picture."""
    return any(fnmatchcase(sample.address, pattern) for pattern in part.leave_out)
