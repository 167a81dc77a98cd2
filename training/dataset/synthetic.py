"""Synthetic pictures of what is scarce, drawn over the pictures that train."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector.taxonomy import TAXONOMY
from training import labels
from training.dataset.choose import Chosen
from training.dataset.fill import Filled
from training.errors import DataError
from training.labelled import Labelled
from training.labels import LabelBox
from training.pictures import read_picture, write_jpeg
from training.recipe import SyntheticPart
from training.sources import class_id
from training.synthetic.cables import draw_cables
from training.synthetic.drawn import Drawn
from training.synthetic.stalls import cut_out_stalls, place_stalls

# A thing that what was drawn hides by more than this share is no longer labelled.
HIDDEN = 0.6
# Pictures that are tried until one has room for a stall.
MOST_TRIES = 4


@dataclass(frozen=True, slots=True)
class Ground:
    """A picture to draw over: its file and its labels."""

    key: str
    picture: Path
    filled: Filled


@dataclass(frozen=True, slots=True)
class Made:
    """A synthetic picture: its key and its labels."""

    key: str
    filled: Filled


Tell = Callable[[int, int], None]
Draw = Callable[[NDArray[np.uint8], Ground, np.random.Generator], Drawn]


def cables(
    grounds: Sequence[Ground], part: SyntheticPart, seed: int, out: Path, tell: Tell
) -> list[Made]:
    """Pictures with drawn cables, as OUT/KEY.jpg."""

    def draw(picture: NDArray[np.uint8], _: Ground, rng: np.random.Generator) -> Drawn:
        return draw_cables(picture, rng)

    return _make("cables", "exposed_cable", grounds, part, (seed, 1), out, tell, draw, False)


def stalls(
    grounds: Sequence[Ground],
    part: SyntheticPart,
    seed: int,
    out: Path,
    tell: Tell,
    pictures: Sequence[Labelled],
) -> list[Made]:
    """Pictures with stalls cut out of `pictures`, as OUT/KEY.jpg."""
    cut_outs = cut_out_stalls(p for p in pictures if p.picture.stem not in part.without)

    def draw(picture: NDArray[np.uint8], ground: Ground, rng: np.random.Generator) -> Drawn:
        return place_stalls(picture, _things(ground, picture), cut_outs, rng)

    return _make("stalls", "stall", grounds, part, (seed, 2), out, tell, draw, True)


def stall_pictures(chosen: Sequence[Chosen]) -> list[Labelled]:
    """The training pictures that show labelled stalls, with these boxes alone."""
    stall = class_id("stall")
    found: list[Labelled] = []
    for item in chosen:
        if item.side != "train" or item.sample.labels is None:
            continue
        own, _ = labels.mapped(labels.read(item.sample.labels), item.source.class_map())
        boxes = tuple(box for box in own if box.class_id == stall)
        if boxes:
            found.append(Labelled(item.sample.picture, boxes))
    return found


def _make(
    kind: str,
    class_name: str,
    grounds: Sequence[Ground],
    part: SyntheticPart,
    seed: tuple[int, int],
    out: Path,
    tell: Tell,
    draw: Draw,
    must_show: bool,
) -> list[Made]:
    if not grounds:
        raise DataError(f"no pictures to draw {kind} over: name other backgrounds in the recipe")
    order = np.random.default_rng(seed)
    made: list[Made] = []
    for number in range(part.count):
        for attempt in range(MOST_TRIES):
            ground = grounds[int(order.integers(len(grounds)))]
            rng = np.random.default_rng((*seed, number, attempt))
            drawn = draw(read_picture(ground.picture), ground, rng)
            if drawn.boxes or not must_show:
                break
        key = f"synthetic__{kind}__{number:05d}"
        write_jpeg(out / f"{key}.jpg", drawn.picture)
        made.append(Made(key, _with(ground.filled, _boxes(drawn, class_id(class_name)))))
        tell(number + 1, part.count)
    return made


def _boxes(drawn: Drawn, number: int) -> tuple[LabelBox, ...]:
    height, width = drawn.picture.shape[:2]
    return tuple(
        labels.from_xyxy(number, x1 / width, y1 / height, x2 / width, y2 / height)
        for x1, y1, x2, y2 in drawn.boxes
    )


def _with(filled: Filled, new: tuple[LabelBox, ...]) -> Filled:
    """The labels of the ground, but for stalls' victims, and the new ones."""
    kind = {box.class_id for box in new}
    hides = kind == {class_id("stall")}

    def seen(box: LabelBox) -> bool:
        return not hides or all(labels.covered(box, other) < HIDDEN for other in new)

    return Filled(
        own=(*filter(seen, filled.own), *new),
        added=tuple(filter(seen, filled.added)),
        ignored=filled.ignored,
    )


def _things(
    ground: Ground, picture: NDArray[np.uint8]
) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Class name and xyxy in pixels of what stands in the picture already."""
    height, width = picture.shape[:2]
    things: list[tuple[str, tuple[float, float, float, float]]] = []
    for box in (*ground.filled.own, *ground.filled.added):
        x1, y1, x2, y2 = box.xyxy()
        things.append(
            (
                TAXONOMY.class_names[box.class_id],
                (x1 * width, y1 * height, x2 * width, y2 * height),
            )
        )
    return things
