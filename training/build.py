"""Merges the sources into one dataset, as a recipe says.

Pictures, teachers' guesses and synthetic pictures are kept in a cache that all recipes share, so
that a second build costs little.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from detector.files import file_sha256, make_folder, write_lines
from training.dataset import synthetic
from training.dataset.choose import Chosen, choose
from training.dataset.fill import Filled, Opinion, fill
from training.dataset.pictures import converted
from training.dataset.synthetic import Ground, Made
from training.dataset.write import DATA_FILE, Counts, Listed, write
from training.formats.output import new_folder
from training.places import Places
from training.progress import Tell
from training.recipe import DataPart, Recipe, TeacherPart
from training.sources import Source
from training.teacher import Guess, Teacher, forget, guesses_by_key, load_teacher
from training.weights import find_weights


def build(
    recipe: Recipe,
    sources: Sequence[Source],
    places: Places,
    tell: Tell = lambda *_: None,
    load: Callable[[Path, int], Teacher] = load_teacher,
) -> Counts:
    """Writes the dataset of a recipe; returns counts of pictures and boxes by side.

    `tell` hears of each stage how far it is. An earlier dataset of the recipe is replaced once all
    is written; a kill, a full disk or an error (StreetwardenError) leaves it as it was.
    """
    part = recipe.data
    chosen = choose(sources, places.data, part)
    pictures = converted(
        chosen,
        places.cache / "pictures",
        partial(forget, places.cache / "teachers"),
        partial(tell, "pictures"),
    )
    opinions = [
        (teacher, _guesses(teacher, chosen, pictures, places, load, tell))
        for teacher in part.teachers
    ]
    filled = {
        item.sample.key: fill(
            item.source,
            item.sample,
            [Opinion(teacher, guesses.get(item.sample.key, ())) for teacher, guesses in opinions],
        )
        for item in chosen
    }
    with new_folder(places.dataset(recipe), replaces=DATA_FILE) as out:
        listed = [
            Listed(
                item.source.name,
                item.sample.key,
                pictures[item.sample.key],
                item.side,
                filled[item.sample.key],
                item.times,
            )
            for item in chosen
        ]
        listed += _synthetic(part, chosen, pictures, filled, out / "synthetic", tell)
        counts = write(listed, out)
        write_lines(out / "counts.json", [json.dumps(counts, indent=1), "\n"])
    return counts


def _guesses(
    teacher: TeacherPart,
    chosen: Iterable[Chosen],
    pictures: Mapping[str, Path],
    places: Places,
    load: Callable[[Path, int], Teacher],
    tell: Tell,
) -> Mapping[str, tuple[Guess, ...]]:
    weights = find_weights(teacher.weights, places)
    folder = places.cache / "teachers"
    make_folder(folder)
    asked = [(item.sample.key, pictures[item.sample.key]) for item in chosen if item.source.fill]
    return guesses_by_key(
        asked,
        partial(load, weights, teacher.input_px),
        folder / f"{file_sha256(weights)[:16]}_{teacher.input_px}.json",
        partial(tell, f"guesses of {weights.stem}"),
    )


def _synthetic(
    part: DataPart,
    chosen: Sequence[Chosen],
    pictures: Mapping[str, Path],
    filled: Mapping[str, Filled],
    out: Path,
    tell: Tell,
) -> list[Listed]:
    make_folder(out)
    made: list[Made] = []
    if part.cables:
        made += synthetic.cables(
            _grounds(part.cables.backgrounds, chosen, pictures, filled),
            part.cables,
            part.seed,
            out,
            partial(tell, "cables"),
        )
    if part.stalls:
        made += synthetic.stalls(
            _grounds(part.stalls.backgrounds, chosen, pictures, filled),
            part.stalls,
            part.seed,
            out,
            partial(tell, "stalls"),
            synthetic.stall_pictures(chosen),
        )
    return [
        Listed("synthetic", item.key, out / f"{item.key}.jpg", "train", item.filled)
        for item in made
    ]


def _grounds(
    names: Sequence[str],
    chosen: Iterable[Chosen],
    pictures: Mapping[str, Path],
    filled: Mapping[str, Filled],
) -> list[Ground]:
    return [
        Ground(item.sample.key, pictures[item.sample.key], filled[item.sample.key])
        for item in chosen
        if item.side == "train" and item.source.name in names
    ]


def digest(dataset: Path) -> str:
    """The SHA-256 over the names, pictures and labels of what trains, as hex digits."""
    total = hashlib.sha256()
    for line in (dataset / "train.txt").read_text(encoding="utf-8").split():
        name = Path(line).stem
        picture = dataset / "images" / f"{name}.jpg"
        total.update(name.encode() + bytes.fromhex(file_sha256(picture)))
        total.update((dataset / "labels" / f"{name}.txt").read_bytes())
    return total.hexdigest()
