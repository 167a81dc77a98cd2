"""Letting a model look at picture files: the slow part, done once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from detector.looks import Boxes, Pixels, Size
from training.errors import DataError
from training.pictures import read_picture

if TYPE_CHECKING:
    from detector.model import Model

# Pictures in memory at once.
CHUNK = 16


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture file, the sha256 of its bytes, and all boxes found in it, in taxonomy classes."""

    picture: Path
    sha256: str
    size: Size
    found: Boxes


@dataclass(frozen=True, slots=True)
class Looks:
    """What a model saw; `detect_s` are wall seconds of detection alone."""

    seen: tuple[Seen, ...]
    detect_s: float


def look_at(
    model: Model,
    pictures: Sequence[Path],
    *,
    min_confidence: float,
    slices: bool = False,
    advance: Callable[[int], None] | None = None,
) -> Looks:
    """Every picture through the model, few at a time in memory; `advance` hears how many more.

    DataError names a picture that cannot be read.
    """
    seen: list[Seen] = []
    detect_s = 0.0
    for start in range(0, len(pictures), CHUNK):
        paths = pictures[start : start + CHUNK]
        images = [picture(path) for path in paths]
        begun = perf_counter()
        answers = model.detect_boxes(images, min_confidence, slices)
        detect_s += perf_counter() - begun
        seen += [
            Seen(path, sha256(path.read_bytes()).hexdigest(), _size(image), boxes)
            for path, image, boxes in zip(paths, images, answers, strict=True)
        ]
        if advance is not None:
            advance(len(paths))
    return Looks(tuple(seen), detect_s)


def picture(path: Path) -> Pixels:
    """A picture file as (h, w, 3) BGR; DataError names it where it cannot be read."""
    try:
        return read_picture(path)
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read as a picture: mend it or take it out") from error


def _size(image: Pixels) -> Size:
    return Size(image.shape[1], image.shape[0])
