"""Parts of a picture at native resolution, packed together into few small inputs of the network.

A zone is a small part of a camera's picture, and what lies in it is lost where the whole picture
is shrunk to the network's input. So regions are cut out and laid side by side on grey canvases
without shrinking them, as long as they fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detector.looks import Boxes, Picture, Planes, Size
from detector.model.crops import GAP_PX, Crop, drawn_size, even_tiles, pieces_of
from detector.model.letterbox import PADDING, canvas_for
from detector.model.packing import Packing, pack
from detector.model.slices import CLEARLY_LARGER, LARGE
from detector.model.views import BORDER_PX, Tile, one_answer

# Beyond this share of the picture a region is better seen with the whole picture.
WHOLE_SHARE = 0.5
# From one scale that is tried to the next.
STEP = 0.97
GREY_CHROMA = 128


@dataclass(frozen=True, slots=True)
class Mosaic:
    """How a picture is looked at: the `crops` on their canvases, and before them the `whole`.

    `canvases` are the network's inputs, the one of the whole picture first where there is one.
    `scale` is how many pixels of a canvas a crop has for one of the picture.
    """

    picture: Size
    canvases: tuple[Size, ...]
    crops: tuple[Crop, ...]
    scale: float
    whole: Size | None
    # The input that the picture as a whole would have, and the largest canvas.
    _shrunk: Size
    _limit: Size

    @classmethod
    def of(
        cls,
        picture: Size,
        regions: ArrayLike,
        input_px: int,
        fixed: Size | None,
        most: int = 2,
        enlarge: float = 1.0,
    ) -> Mosaic:
        """A mosaic of `regions` (r, 4) xyxy of the picture, on at most `most` canvases.

        `input_px` is the longest side of a canvas; `fixed` is the only input of a network that
        has but one. Regions are enlarged to even pixels; one that is longer than a canvas is
        cut into overlapping pieces. What does not fit at native resolution is shrunk, all by the
        same scale. The whole picture alone is looked at where it is not clearly larger than the
        input, where a region covers more than half of it, where there is none, and where the
        regions would have to shrink nearly as far as the whole.

        `enlarge`, 1 or more, is for things that are small in a small picture too: regions are
        drawn up to so many times larger, whatever share of the picture they cover.
        """
        shrunk = fixed or canvas_for(picture, input_px)
        limit = fixed or Size(input_px, input_px)
        whole = cls(picture, (shrunk,), (), 1.0, shrunk, shrunk, limit)
        least = CLEARLY_LARGER * min(limit.width / picture.width, limit.height / picture.height)
        tiles = even_tiles(picture, regions)
        largest = max((it.size.width * it.size.height for it in tiles), default=0)
        large = largest > WHOLE_SHARE * picture.width * picture.height
        if least > enlarge or not tiles or (large and enlarge == 1):
            return whole
        fitted = _fitted(tiles, limit, Scales(enlarge, least), most, fixed is not None)
        if fitted is None:
            return whole
        scale, pieces, packing = fitted
        crops = tuple(
            Crop(piece, spot.canvas, spot.left, spot.top, drawn_size(piece, scale, limit))
            for piece, spot in zip(pieces, packing.spots, strict=True)
        )
        return cls(picture, packing.canvases, crops, scale, None, shrunk, limit)

    def with_whole(self) -> Mosaic:
        """The same with a look at the whole picture before the crops, for the full look."""
        if self.whole is not None:
            return self
        return replace(self, canvases=(self._shrunk, *self.canvases), whole=self._shrunk)

    @property
    def regions(self) -> NDArray[np.float32]:
        """The parts (r, 4) of the picture that are examined: a thing that lies whole in one of
        them is reported; of any other, nothing is said.
        """
        if self.whole is not None:
            return np.array([[0, 0, *self.picture]], dtype=np.float32)
        margin = BORDER_PX / self.scale
        return np.stack([crop.tile.inner(self.picture, margin) for crop in self.crops])

    def cut(self, picture: Picture) -> list[Picture]:
        """What the network sees, in the order of the canvases; planes stay planes.

        The whole picture is given as it is, each canvas is drawn anew.
        """
        start = 0 if self.whole is None else 1
        drawn = [_grey(size, picture.planes is not None) for size in self.canvases[start:]]
        for crop in self.crops:
            crop.draw(picture, drawn[crop.canvas])
        return [picture] * start + drawn

    def merge(self, parts: Sequence[Boxes], released: NDArray[np.float32] | None = None) -> Boxes:
        """One answer in pixels of the picture from the boxes of each view, by falling confidence.

        `parts` are as `cut` gives the views: the whole in pixels of the picture, the others in
        pixels of their canvas. What an inner border of a crop cuts goes: this look does not judge
        it. Boxes of different views are made one as slices are, at most 300; where the whole was
        looked at, its box of what is longer than half a canvas comes first. `released` as for
        slices.
        """
        start = 0 if self.whole is None else 1
        if not self.crops:
            return parts[0]
        views = [*parts[:start], *(self._moved(it, parts[start + it.canvas]) for it in self.crops)]
        first = np.zeros(sum(map(len, views)), dtype=np.bool_)
        if start:
            sides = parts[0].xyxy[:, 2:] - parts[0].xyxy[:, :2]
            first[: len(sides)] = (sides > np.array(self._limit) * (LARGE / self.scale)).any(axis=1)
        return one_answer(views, first, released)

    def _moved(self, crop: Crop, seen: Boxes) -> Boxes:
        """The boxes of a crop that no inner border cuts, in pixels of the picture."""
        own = crop.own(seen)
        xyxy = crop.to_picture(own.xyxy).clip(0, [*self.picture] * 2).astype(np.float32)
        moved = Boxes(xyxy, own.class_id, own.confidence)
        return crop.tile.uncut(moved, self.picture, BORDER_PX / self.scale)


class Scales(NamedTuple):
    """The largest and the least scale to try."""

    largest: float
    least: float


def _fitted(
    tiles: Sequence[Tile], limit: Size, scales: Scales, most: int, fixed: bool
) -> tuple[float, list[Tile], Packing] | None:
    """The largest scale tried at which all fits, and how."""
    scale = scales.largest
    while scale >= scales.least:
        pieces = [piece for tile in tiles for piece in pieces_of(tile, limit, scale)]
        drawn = [drawn_size(piece, scale, limit) for piece in pieces]
        packing = pack(drawn, limit, most, GAP_PX, fixed)
        if packing is not None:
            return scale, pieces, packing
        scale *= STEP
    return None


def _grey(size: Size, planes: bool) -> Picture:
    """An empty canvas. Luma and BGR of this grey have the same value."""
    width, height = size
    if not planes:
        bgr = np.full((height, width, 3), PADDING, dtype=np.uint8)
        return Picture(_bgr=bgr, for_model=True)
    half = (height // 2, width // 2)
    return Picture(
        planes=Planes(
            np.full((height, width), PADDING, dtype=np.uint8),
            np.full(half, GREY_CHROMA, dtype=np.uint8),
            np.full(half, GREY_CHROMA, dtype=np.uint8),
        ),
        for_model=True,
    )
