"""The detector that the rest of the program holds."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from detector.looks import Boxes, Picture, Pixels, Size
from detector.model.candidates import Sieve, boxes_from
from detector.model.card import Card
from detector.model.engines.base import Engine, EngineName, Precision
from detector.model.letterbox import Easel, Letterbox, canvas_for
from detector.model.slices import Slicing
from detector.model.times import StageClock, StageTimes
from detector.taxonomy import TAXONOMY

if TYPE_CHECKING:
    from supervision import Detections

Image: TypeAlias = Pixels | Picture


@dataclass(frozen=True)
class Source:
    """Where a model came from; `input_size_px` is the longer side, `fixed` its only input."""

    path: Path
    sha256: str
    card: Card
    input_size_px: int
    fixed: Size | None


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one call of the network gave, with its stages' seconds."""

    boxes: Boxes
    prepare_s: float
    engine_s: float
    post_s: float


class Model:
    """Finds the taxonomy's classes in pictures. Made by `load_model`.

    Several threads may ask at once and share the compiled network. It holds threads, so make it in
    the process that uses it: it does not survive `fork`.
    """

    def __init__(self, source: Source, engine: Engine) -> None:
        self._source = source
        self._engine = engine
        self._easel = Easel()
        self._clock = StageClock()
        self._lock = threading.Lock()

    @property
    def names(self) -> list[str]:
        """The names of the classes in class-id order: `names[class_id]`."""
        return list(TAXONOMY.class_names)

    @property
    def version(self) -> str:
        """The version that the model file states."""
        return self._source.card.version

    @property
    def input_size(self) -> int:
        """The longer side in pixels to which pictures are scaled."""
        return self._source.input_size_px

    @property
    def fixed_input(self) -> Size | None:
        """The only input of a network that has but one, else None."""
        return self._source.fixed

    @property
    def thresholds(self) -> dict[str, float]:
        """The least confidence, 0..1, of each class that the model knows."""
        return dict(self._source.card.thresholds)

    @property
    def engine(self) -> EngineName:
        """What runs the network."""
        return self._engine.name

    @property
    def precision(self) -> Precision:
        """What the network computes in."""
        return self._engine.precision

    @property
    def streams(self) -> int:
        """How many pictures are worked on at once."""
        return self._engine.streams

    @property
    def sha256(self) -> str:
        """The hex digest of the model file."""
        return self._source.sha256

    @property
    def path(self) -> Path:
        """The model file."""
        return self._source.path

    @property
    def times(self) -> StageTimes:
        """The stages' times since loading or the last `reset_times`, summed over threads."""
        return self._clock.read()

    def reset_times(self) -> StageTimes:
        """Start the stages' times again at zero; returns those until now."""
        return self._clock.reset()

    def detect(
        self, images: Sequence[Image], min_confidence: float | None = None, slices: bool = False
    ) -> list[Detections]:
        """What is in each picture, by falling confidence, at most 300 boxes a picture.

        `images` are (h, w, 3) uint8 BGR arrays of any sizes, or pictures. `min_confidence`, 0..1,
        replaces the released thresholds of the classes. `slices` looks at pictures clearly larger
        than the network's input a second time, in overlapping tiles at native resolution, for what
        is small; others are answered as without it. Each answer has `xyxy` (n, 4) float32 in
        pixels of the full picture, `confidence` (n,) float32, `class_id` (n,) int and
        `data["class_name"]` (n,). ValueError names the image that is not one.
        """
        from supervision import Detections

        names = np.array(TAXONOMY.class_names)
        return [
            Detections(
                xyxy=boxes.xyxy,
                confidence=boxes.confidence,
                class_id=boxes.class_id,
                data={"class_name": names[boxes.class_id]},
            )
            for boxes in self.detect_boxes(images, min_confidence, slices)
        ]

    def detect_boxes(
        self, pictures: Sequence[Image], min_confidence: float | None = None, slices: bool = False
    ) -> list[Boxes]:
        """As `detect`, with the answers as `Boxes`."""
        checked = [_picture(index, picture) for index, picture in enumerate(pictures)]
        sieve = self._sieve(min_confidence)
        cuts = [self._slicing(picture.size, slices) for picture in checked]
        views = [
            view
            for picture, cut in zip(checked, cuts, strict=True)
            for view in (picture, *(tile.cut(picture) for tile in cut.tiles))
        ]
        seen = iter(self._see_all(views, [self._canvas(view) for view in views], sieve))
        return [self._answer(cut, list(islice(seen, 1 + len(cut.tiles)))) for cut in cuts]

    def _slicing(self, picture: Size, slices: bool) -> Slicing:
        if not slices:
            return Slicing.none(picture)
        return Slicing.of(picture, self._source.fixed or Size(self.input_size, self.input_size))

    def _canvas(self, view: Picture) -> Size:
        if view.for_model:
            return view.size
        return self._source.fixed or canvas_for(view.size, self.input_size)

    def _see_all(
        self, views: Sequence[Picture], canvases: Sequence[Size], sieve: Sieve
    ) -> list[_Seen]:
        see = partial(self._see, sieve=sieve)
        if len(views) < 2 or self.streams == 1:
            return list(map(see, views, canvases))
        return list(self._workers.map(see, views, canvases))

    def _see(self, view: Picture, canvas: Size, sieve: Sieve) -> _Seen:
        started = perf_counter()
        box = Letterbox.fit(view.size, canvas)
        blob = self._engine.blob(self._easel.draw(view, box))
        prepared = perf_counter()
        raw = self._engine.infer(blob)
        answered = perf_counter()
        boxes = boxes_from(raw, box, sieve)
        return _Seen(boxes, prepared - started, answered - prepared, perf_counter() - answered)

    def _answer(self, cut: Slicing, seen: list[_Seen]) -> Boxes:
        """One picture's boxes from those of its views, the whole first."""
        started = perf_counter()
        boxes = cut.merge(seen[0].boxes, [it.boxes for it in seen[1:]], self.released_floors)
        self._count(seen, perf_counter() - started)
        return boxes

    def _count(self, seen: list[_Seen], merge_s: float) -> None:
        """Count one picture's seconds."""
        self._clock.add(
            sum(it.prepare_s for it in seen),
            sum(it.engine_s for it in seen),
            sum(it.post_s for it in seen) + merge_s,
        )

    def _sieve(self, min_confidence: float | None) -> Sieve:
        if min_confidence is None:
            return self._released_sieve
        if not 0 <= min_confidence <= 1:
            raise ValueError(f"min_confidence must be from 0 to 1, not {min_confidence}")
        return Sieve.of(self._source.card, min_confidence)

    @cached_property
    def _released_sieve(self) -> Sieve:
        return Sieve.of(self._source.card)

    @cached_property
    def released_floors(self) -> NDArray[np.float32]:
        """The released thresholds by class id, infinite for classes that the model lacks."""
        floors = np.full(len(TAXONOMY.class_names), np.inf, dtype=np.float32)
        floors[self._released_sieve.class_ids] = self._released_sieve.floors
        return floors

    @property
    def _workers(self) -> ThreadPoolExecutor:
        with self._lock:
            return self._pool

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self.streams, thread_name_prefix="detect")


def _picture(index: int, image: Image) -> Picture:
    """A checked picture; ValueError names the index."""
    if not isinstance(image, Picture):
        _check(index, image)
        return Picture.from_bgr(image)
    if image.planes is None:
        _check(index, image.bgr)
    elif not all(map(_is_plane, vars(image.planes).values())):
        raise ValueError(f"picture {index} has a plane that is not (h, w) uint8, or is empty")
    return image


def _is_plane(plane: Pixels) -> bool:
    return plane.dtype == np.uint8 and plane.ndim == 2 and plane.size > 0


def _check(index: int, image: object) -> None:
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8:
        kind = image.dtype if isinstance(image, np.ndarray) else type(image).__name__
        raise ValueError(f"image {index} is {kind}, not a uint8 array")
    if image.ndim != 3 or image.shape[2] != 3 or not image.size:
        raise ValueError(f"image {index} has shape {image.shape}, not (height, width, 3)")
