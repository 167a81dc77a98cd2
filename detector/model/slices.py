"""Small things in large pictures: overlapping tiles at native resolution beside the whole picture.

supervision's InferenceSlicer was weighed and is the peer in `benchmarks/slices.py`: it has no look
at the whole picture, keeps things that a tile's border cut, and needs BGR, so this is our own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count, product

import numpy as np
from numpy.typing import NDArray

from detector.geometry.boxes import area, intersections
from detector.looks import Boxes, Picture, Planes, Size
from detector.model.candidates import MAX_BOXES
from detector.taxonomy import TAXONOMY

# A picture that the whole look shrinks by less than this gains nothing from tiles.
CLEARLY_LARGER = 1.5
# Of a tile's side: what is smaller lies whole in one tile at least.
OVERLAP = 0.2
# A tile may be this much larger than the input where fewer then do: 2 instead of 6 for 960 x 540
# at 512 px. At 1.19 a 1080p picture would take 8 instead of 15, but the smallest things are lost.
STRETCHES = (1.0, 1 + 1 / 32, 1 + 1 / 16)
# A 4K picture at 512 px takes 60; beyond this the tiles grow instead, in whole multiples.
MAX_TILES = 64
# The network draws the box of a cut thing to within a few pixels of the cut.
BORDER_PX = 4
# A thing longer than this share of a tile is judged by the look at the whole picture.
LARGE = 0.5
# Boxes of one class from different views are one thing above either overlap.
SAME_IOU = 0.5
SAME_SHARE = 0.8
# Above this IoU two views saw one thing and disagree on its class, as on car and truck; only a
# person and what he rides have nearly one box.
ANY_CLASS_IOU = 0.8
PERSON = TAXONOMY.class_id("person")


@dataclass(frozen=True, slots=True)
class Tile:
    """A part of a picture, `size` large, from (`left`, `top`), both even, in pixels."""

    left: int
    top: int
    size: Size

    def cut(self, picture: Picture) -> Picture:
        """The part, sharing the picture's memory; planes stay planes."""
        if picture.planes is None:
            rows, columns = self._slices(1)
            return Picture.from_bgr(picture.bgr[rows, columns])
        (rows, columns), half = self._slices(1), self._slices(2)
        planes = picture.planes
        return Picture(planes=Planes(planes.y[rows, columns], planes.u[half], planes.v[half]))

    def _slices(self, step: int) -> tuple[slice, slice]:
        """Rows and columns in a plane that has one sample for `step` pixels."""
        bottom, right = self.top + self.size.height, self.left + self.size.width
        return slice(self.top // step, bottom // step), slice(self.left // step, right // step)


@dataclass(frozen=True, slots=True)
class _Grid:
    """Tiles of one size, from each of `lefts` and each of `tops`."""

    tile: Size
    zoom_out: float
    lefts: tuple[int, ...]
    tops: tuple[int, ...]

    @classmethod
    def over(cls, picture: Size, look: Size, zoom_out: float) -> _Grid:
        """Tiles of `zoom_out` times the size of `look`."""
        tile = Size(*(2 * round(side * zoom_out / 2) for side in look))
        return cls(
            tile,
            zoom_out,
            _starts(picture.width, tile.width),
            _starts(picture.height, tile.height),
        )

    def tiles(self, picture: Size) -> tuple[Tile, ...]:
        """Row by row; one that would reach beyond the picture ends at its edge."""
        return tuple(
            Tile(
                left, top, Size(*map(min, self.tile, (picture.width - left, picture.height - top)))
            )
            for top, left in product(self.tops, self.lefts)
        )


@dataclass(frozen=True, slots=True)
class Slicing:
    """How a picture is cut: no `tiles` where it is not clearly larger than the network's input.

    `zoom_out` is how many pixels of the picture, on each axis, a tile has for one of the input.
    """

    picture: Size
    tile: Size
    zoom_out: float
    tiles: tuple[Tile, ...]

    @classmethod
    def none(cls, picture: Size) -> Slicing:
        """The whole picture and nothing else."""
        return cls(picture, picture, 1, ())

    @classmethod
    def of(cls, picture: Size, look: Size) -> Slicing:
        """Tiles about as large as the network's input `look`, in rows from the top left corner.

        Neighbours share at least a fifth of a tile; they are evenly spread and the last ends at
        the picture's edge. A tile has up to 1.06 times the input's sides where that saves tiles.
        At most 64: a picture that would take more is cut into tiles of 2, 3 ... times the input.
        """
        if max(picture.width / look.width, picture.height / look.height) < CLEARLY_LARGER:
            return cls.none(picture)
        for multiple in count(1):
            grids = (_Grid.over(picture, look, multiple * stretch) for stretch in STRETCHES)
            fewest = min(grids, key=lambda grid: len(grid.lefts) * len(grid.tops))
            if len(fewest.lefts) * len(fewest.tops) <= MAX_TILES:
                break
        return cls(picture, fewest.tile, fewest.zoom_out, fewest.tiles(picture))

    def merge(
        self, whole: Boxes, parts: Sequence[Boxes], released: NDArray[np.float32] | None = None
    ) -> Boxes:
        """One answer from the boxes of the whole picture and of each tile, by falling confidence.

        `whole` is in pixels of the picture, `parts` each in pixels of its tile. What an inner
        border of a tile cuts goes: it lies whole in another tile, or is for the look at the whole
        picture. Of boxes of one class in different views that overlap by more than 0.5 (IoU) or of
        which one lies to 0.8 in the other, the stronger stays, but first of all what is longer
        than half a tile and was seen in the whole picture; so too above an IoU of 0.8 where the
        classes differ and neither is a person. Boxes of one view are never compared
        here: its own suppression has judged them. At most 300 stay.

        `released` (classes,) are the thresholds of a release by class id. What reaches its own
        comes before all else, so that boxes below never change what a release reports.
        """
        if not self.tiles:
            return whole
        views = [whole, *map(self._moved, self.tiles, parts)]
        xyxy = np.concatenate([view.xyxy for view in views])
        class_id = np.concatenate([view.class_id for view in views])
        confidence = np.concatenate([view.confidence for view in views])
        origin = np.repeat(np.arange(len(views)), [len(view) for view in views])
        first = (origin == 0) & self._large(xyxy)
        floors = 0 if released is None else released[class_id]
        order = np.lexsort((-confidence, ~first, confidence < floors))
        kept = order[_distinct(xyxy[order], class_id[order], origin[order])]
        kept = kept[np.argsort(-confidence[kept], kind="stable")]
        return Boxes(xyxy[kept], class_id[kept], confidence[kept])

    def _moved(self, tile: Tile, seen: Boxes) -> Boxes:
        """The boxes of a tile that no inner border cuts, in pixels of the picture."""
        offset = np.array([tile.left, tile.top] * 2, dtype=np.float32)
        margin = BORDER_PX * self.zoom_out
        start, end = seen.xyxy[:, :2], seen.xyxy[:, 2:]
        opens = np.array([tile.left > 0, tile.top > 0])
        closes = np.array(
            [
                tile.left + tile.size.width < self.picture.width,
                tile.top + tile.size.height < self.picture.height,
            ]
        )
        cut = (opens & (start < margin)) | (closes & (end > np.array(tile.size) - margin))
        clear = ~cut.any(axis=1)
        return Boxes(seen.xyxy[clear] + offset, seen.class_id[clear], seen.confidence[clear])

    def _large(self, xyxy: NDArray[np.float32]) -> NDArray[np.bool_]:
        sides = xyxy[:, 2:] - xyxy[:, :2]
        return np.asarray((sides > np.array(self.tile) * LARGE).any(axis=1), dtype=np.bool_)


def _starts(side_px: int, tile_px: int) -> tuple[int, ...]:
    """Where tiles begin along a side; even, so that halved chroma is cut at whole samples."""
    if side_px <= tile_px:
        return (0,)
    # Two pixels more than asked make up for rounding to even.
    stride = tile_px - math.ceil(tile_px * OVERLAP) - 2
    last = side_px - tile_px
    steps = math.ceil(last / stride)
    return tuple(2 * math.ceil(last * step / steps / 2) for step in range(steps + 1))


def _distinct(
    xyxy: NDArray[np.float32], class_id: NDArray[np.int64], origin: NDArray[np.intp]
) -> NDArray[np.intp]:
    """The rows that stay, at most 300, where an earlier row goes before a later one.

    `xyxy` (n, 4), `class_id` (n,), `origin` (n,): the view that a box comes from.
    """
    sizes = area(xyxy)
    left = np.arange(len(xyxy))
    kept: list[int] = []
    while len(left) and len(kept) < MAX_BOXES:
        chosen, left = int(left[0]), left[1:]
        kept.append(chosen)
        shared = intersections(xyxy[chosen], xyxy[left])[0]
        both = sizes[chosen] + sizes[left] - shared
        smaller = np.minimum(sizes[chosen], sizes[left])
        alike = (shared > SAME_IOU * both) | (shared > SAME_SHARE * smaller)
        alike &= class_id[left] == class_id[chosen]
        if class_id[chosen] != PERSON:
            alike |= (shared > ANY_CLASS_IOU * both) & (class_id[left] != PERSON)
        left = left[~alike | (origin[left] == origin[chosen])]
    return np.array(kept, dtype=np.intp)
