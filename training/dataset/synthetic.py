"""Synthetic pictures of what is scarce, drawn over the pictures that train."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector.taxonomy import TAXONOMY
from training import labels
from training.dataset.choose import Chosen
from training.dataset.fill import Filled
from training.errors import DataError
from training.label_files import boxes_of
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


@dataclass(frozen=True, slots=True)
class Painter:
    """What draws one class over a picture, with its part of the seed.

    `hides`: what it draws is solid, so that things behind it are no longer labelled; cables let
    them be seen. `needs_room`: where it found none it is given another picture.
    """

    kind: str
    class_name: str
    seed: int
    draw: Draw
    hides: bool
    needs_room: bool


def cables(
    grounds: Sequence[Ground], part: SyntheticPart, seed: int, out: Path, tell: Tell
) -> list[Made]:
    """Pictures with drawn cables, as OUT/KEY.jpg."""

    def draw(picture: NDArray[np.uint8], _: Ground, rng: np.random.Generator) -> Drawn:
        return draw_cables(picture, rng)

    painter = Painter("cables", "exposed_cable", 1, draw, hides=False, needs_room=False)
    return _make(painter, grounds, part.count, seed, out, tell)


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

    painter = Painter("stalls", "stall", 2, draw, hides=True, needs_room=True)
    return _make(painter, grounds, part.count, seed, out, tell)


def stall_pictures(chosen: Sequence[Chosen]) -> list[Labelled]:
    """The training pictures that show labelled stalls, with these boxes alone."""
    stall = class_id("stall")
    found: list[Labelled] = []
    for item in chosen:
        if item.side != "train":
            continue
        own, _ = boxes_of(item.source, item.sample)
        boxes = tuple(box for box in own if box.class_id == stall)
        if boxes:
            found.append(Labelled(item.sample.picture, boxes))
    return found


def _make(
    painter: Painter, grounds: Sequence[Ground], count: int, seed: int, out: Path, tell: Tell
) -> list[Made]:
    if not grounds:
        raise DataError(
            f"no pictures to draw {painter.kind} over: name other backgrounds in the recipe"
        )
    order = np.random.default_rng((seed, painter.seed))
    made: list[Made] = []
    for number in range(count):
        for attempt in range(MOST_TRIES):
            ground = grounds[int(order.integers(len(grounds)))]
            rng = np.random.default_rng((seed, painter.seed, number, attempt))
            drawn = painter.draw(read_picture(ground.picture), ground, rng)
            if drawn.boxes or not painter.needs_room:
                break
        key = f"synthetic__{painter.kind}__{number:05d}"
        write_jpeg(out / f"{key}.jpg", drawn.picture)
        new = _boxes(drawn, class_id(painter.class_name))
        behind = _unhidden(ground.filled, new) if painter.hides else ground.filled
        made.append(Made(key, replace(behind, own=(*behind.own, *new))))
        tell(number + 1, count)
    return made


def _boxes(drawn: Drawn, number: int) -> tuple[LabelBox, ...]:
    height, width = drawn.picture.shape[:2]
    return tuple(
        labels.from_xyxy(number, x1 / width, y1 / height, x2 / width, y2 / height)
        for x1, y1, x2, y2 in drawn.boxes
    )


def _unhidden(filled: Filled, new: Sequence[LabelBox]) -> Filled:
    """The labels without those of things that one of the new boxes hides."""

    def seen(box: LabelBox) -> bool:
        return all(labels.covered(box, cover) < HIDDEN for cover in new)

    return replace(
        filled, own=tuple(filter(seen, filled.own)), added=tuple(filter(seen, filled.added))
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
