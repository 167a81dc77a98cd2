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

from detector.looks import Boxes, Size
from detector.model.views import BORDER_PX, Tile, one_answer

# A picture that the whole look shrinks by less than this gains nothing from tiles.
CLEARLY_LARGER = 1.5
# Of a tile's side: what is smaller lies whole in one tile at least.
OVERLAP = 0.2
# A tile may be this much larger than the input where fewer then do: 2 instead of 6 for 960 x 540
# at 512 px. At 1.19 a 1080p picture would take 8 instead of 15, but the smallest things are lost.
STRETCHES = (1.0, 1 + 1 / 32, 1 + 1 / 16)
# A 4K picture at 512 px takes 60; beyond this the tiles grow instead, in whole multiples.
MAX_TILES = 64
# A thing longer than this share of a tile is judged by the look at the whole picture.
LARGE = 0.5


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
        first = np.zeros(sum(map(len, views)), dtype=np.bool_)
        first[: len(whole)] = self._large(whole.xyxy)
        return one_answer(views, first, released)

    def _moved(self, tile: Tile, seen: Boxes) -> Boxes:
        """The boxes of a tile that no inner border cuts, in pixels of the picture."""
        offset = np.array([tile.left, tile.top] * 2, dtype=np.float32)
        moved = Boxes(seen.xyxy + offset, seen.class_id, seen.confidence)
        return tile.uncut(moved, self.picture, BORDER_PX * self.zoom_out)

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
