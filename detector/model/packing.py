"""Rectangles packed on few small canvases: a skyline that settles each as low as it can.

Skyline packing is described by J. Jylänki, A Thousand Ways to Pack the Bin (2010). Of all widths
of a canvas, and of all ways to part the rectangles among canvases, the cheapest is taken.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from detector.looks import Size

STRIDE_PX = 32
# What a call of the network costs beside its pixels, in pixels: some 2 ms of 0.2 us each.
CALL_PX = 10_000
# Many rectangles are parted among canvases at no more places than this: packing takes
# milliseconds for ten and stays below a second for a hundred.
MAX_CUTS = 10


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a rectangle lies: which canvas, and its top left corner there, even, in pixels."""

    canvas: int
    left: int
    top: int


@dataclass(frozen=True, slots=True)
class Packing:
    """`spots` in the order of the rectangles, and the canvases that they lie on."""

    canvases: tuple[Size, ...]
    spots: tuple[Spot, ...]

    @property
    def cost_px(self) -> int:
        """What the network has to do, in pixels."""
        return _area(self.canvases) + CALL_PX * len(self.canvases)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One canvas: `corners` (left, top) of its rectangles, in their order."""

    canvas: Size
    corners: tuple[tuple[int, int], ...]


def pack(sizes: Sequence[Size], limit: Size, most: int, gap_px: int, fixed: bool) -> Packing | None:
    """The cheapest packing found on at most `most` canvases; None where none is found.

    `sizes` are even, in pixels, and stay `gap_px`, even, apart. Canvases have sides in multiples
    of 32 up to `limit`, or are just as large as `limit` where `fixed`.
    """
    orders = (
        sorted(range(len(sizes)), key=lambda n: (-sizes[n].height, -sizes[n].width, n)),
        sorted(range(len(sizes)), key=lambda n: (-sizes[n].width, -sizes[n].height, n)),
    )
    found = (
        _in_order(order, sizes, limit, most, gap_px, fixed)
        for order in orders
        if _fits([sizes[n] for n in order], limit, most, gap_px)
    )
    return min((it for it in found if it), key=lambda it: it.cost_px, default=None)


def _fits(sizes: Sequence[Size], limit: Size, most: int, gap_px: int) -> bool:
    """Whether these fill at most `most` of the largest canvases, one after the other."""
    if _area(sizes) > most * limit.width * limit.height:
        return False
    left = list(sizes)
    for _ in range(most):
        corners = _settle(left, limit.width + gap_px, gap_px)
        low = zip(left, corners, strict=True)
        held = next((n for n, (it, at) in enumerate(low) if not _holds(limit, it, at)), len(left))
        left = left[held:]
        if not left:
            return True
    return False


def _holds(canvas: Size, size: Size, corner: tuple[int, int]) -> bool:
    return corner[0] + size.width <= canvas.width and corner[1] + size.height <= canvas.height


def _area(sizes: Sequence[Size]) -> int:
    return sum(size.width * size.height for size in sizes)


def _in_order(
    order: list[int], sizes: Sequence[Size], limit: Size, most: int, gap_px: int, fixed: bool
) -> Packing | None:
    """The cheapest way to part the rectangles, in this order, among canvases."""
    cuts = sorted({len(order) * n // MAX_CUTS for n in range(MAX_CUTS + 1)})
    if len(order) <= MAX_CUTS:
        cuts = list(range(len(order) + 1))
    # The best for all rectangles before each cut, with one canvas more in each round.
    best: dict[int, Packing] = {0: Packing((), (Spot(0, 0, 0),) * len(order))}
    sheets = {
        (start, end): _sheet([sizes[n] for n in order[start:end]], limit, gap_px, fixed)
        for start, end in _spans(cuts)
    }
    for _ in range(most):
        for (start, end), sheet in sorted(sheets.items(), reverse=True):
            if start in best and sheet is not None:
                longer = _with(best[start], sheet, order[start:end])
                if end not in best or longer.cost_px < best[end].cost_px:
                    best[end] = longer
    return best.get(len(order))


def _spans(cuts: Sequence[int]) -> Iterator[tuple[int, int]]:
    for place, start in enumerate(cuts):
        for end in cuts[place + 1 :]:
            yield start, end


def _with(packing: Packing, sheet: _Sheet, which: Sequence[int]) -> Packing:
    """A packing with one canvas more, that holds the rectangles `which`."""
    spots = list(packing.spots)
    for number, corner in zip(which, sheet.corners, strict=True):
        spots[number] = Spot(len(packing.canvases), *corner)
    return Packing((*packing.canvases, sheet.canvas), tuple(spots))


def _sheet(sizes: Sequence[Size], limit: Size, gap_px: int, fixed: bool) -> _Sheet | None:
    """The smallest canvas found that holds all of these; None where none does."""
    narrowest = max(*(size.width for size in sizes), _area(sizes) / limit.height)
    widths = range(_round_up(narrowest), limit.width + 1, STRIDE_PX)
    tried = []
    for width in [limit.width] if fixed else widths:
        # A rectangle needs no gap to the right and lower edges of the canvas.
        corners = _settle(sizes, width + gap_px, gap_px)
        placed = list(zip(sizes, corners, strict=True))
        bottom = max(top + size.height for size, (_, top) in placed)
        canvas = Size(width, limit.height if fixed else min(limit.height, _round_up(bottom)))
        if all(_holds(canvas, size, corner) for size, corner in placed):
            tried.append(_Sheet(canvas, corners))
    return min(tried, key=lambda it: _area([it.canvas]), default=None)


def _settle(sizes: Sequence[Size], width: int, gap_px: int) -> tuple[tuple[int, int], ...]:
    """The corner of each rectangle, one after the other as high up and far left as it goes."""
    # From each x to the next: how far down the canvas is taken. The last x is its end.
    xs, taken = [0, width], [0]
    corners = []
    for size in sizes:
        wide, high = size.width + gap_px, size.height + gap_px
        rooms = [(max(_under(xs, taken, x, x + wide)), x) for x in xs[:-1] if x + wide <= width]
        top, left = min(rooms, default=(max(taken), 0))
        corners.append((left, top))
        xs, taken = _raised(xs, taken, left, left + wide, top + high)
    return tuple(corners)


def _under(xs: Sequence[int], taken: Sequence[int], left: int, right: int) -> list[int]:
    """How far down each step of the skyline between `left` and `right` is taken."""
    steps = zip(xs, xs[1:], taken, strict=False)
    return [down for start, end, down in steps if start < right and end > left]


def _raised(
    xs: Sequence[int], taken: Sequence[int], left: int, right: int, down: int
) -> tuple[list[int], list[int]]:
    """The skyline where all between `left` and `right` is taken down to `down`."""
    before = [(x, low) for x, low in zip(xs, taken, strict=False) if x < left]
    ends = zip(xs, xs[1:], taken, strict=False)
    after = [(max(start, right), low) for start, end, low in ends if end > right]
    steps = [*before, (left, down), *after]
    return [*(x for x, _ in steps), xs[-1]], [low for _, low in steps]


def _round_up(side_px: float) -> int:
    return math.ceil(side_px / STRIDE_PX) * STRIDE_PX
