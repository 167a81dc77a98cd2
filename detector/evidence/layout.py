"""Where labels go: inside the picture, off the boxes and off each other as far as can be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from detector.looks import Size


class Rect(NamedTuple):
    """A rectangle in whole pixels; x2 and y2 are one past its last pixel."""

    x1: int
    y1: int
    x2: int
    y2: int

    def overlap(self, other: Rect) -> int:
        """The area that both cover, in pixels."""
        width = min(self.x2, other.x2) - max(self.x1, other.x1)
        height = min(self.y2, other.y2) - max(self.y1, other.y1)
        return max(width, 0) * max(height, 0)


# A hidden label is worse than a hidden box, and hiding the label's own box is worse than
# touching a neighbour's.
_OVER_LABEL, _OVER_OWN_BOX, _OVER_OTHER_BOX = 8, 3, 1


def place_label(
    size: Size, own: Rect, picture: Size, boxes: Sequence[Rect], labels: Sequence[Rect]
) -> Rect:
    """The best place for a label of `size` beside the box `own`, wholly inside `picture`.

    `boxes` are all boxes in the picture and `labels` those placed already. Above the box is
    best, then below, then beside, then inside.
    """

    def cost(place: Rect) -> int:
        return (
            _OVER_OWN_BOX * place.overlap(own)
            + _OVER_OTHER_BOX * sum(place.overlap(box) for box in boxes if box != own)
            + _OVER_LABEL * sum(place.overlap(label) for label in labels)
        )

    return min(_candidates(size, own, picture), key=cost)


def _candidates(size: Size, own: Rect, picture: Size) -> Iterator[Rect]:
    above, below = own.y1 - size.height, own.y2
    left, right = own.x1, own.x2 - size.width
    corners = [
        (left, above), (right, above), (left, below), (right, below),
        (own.x2, own.y1), (own.x1 - size.width, own.y1),
        (left, own.y1), (left, own.y2 - size.height),
    ]  # fmt: skip
    for x, y in corners:
        yield _inside(x, y, size, picture)


def _inside(x: int, y: int, size: Size, picture: Size) -> Rect:
    x = max(min(x, picture.width - size.width), 0)
    y = max(min(y, picture.height - size.height), 0)
    return Rect(x, y, x + size.width, y + size.height)
