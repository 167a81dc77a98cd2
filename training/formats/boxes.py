"""Edges as a stranger wrote them, checked and turned into shares of the picture."""

from __future__ import annotations

import math

from training.formats.reading import FaultKind, NamedBox, Reading

# A box may stick out of the picture by this share of its side: rounding in label tools and in
# augmentation does that. What sticks out further was drawn for another picture or another size.
OVERHANG = 0.02
# Sides beyond this are no picture, in pixels.
LARGEST_SIDE_PX = 65_536

Edges = tuple[float, float, float, float]


def add_box(reading: Reading, boxes: list[NamedBox], name: str, edges: Edges, where: str) -> None:
    """Appends a box given by left, top, right, bottom as shares; a bad one becomes a fault.

    Edges that stick out by at most `OVERHANG` are cut off at the picture's edge and counted.
    """
    shown = ", ".join(f"{edge:.4g}" for edge in edges)
    if not all(math.isfinite(edge) for edge in edges):
        reading.fault(FaultKind.BAD_BOX, where, f"box edges {shown} are not finite numbers")
        return
    left, top, right, bottom = edges
    if right < left or bottom < top:
        reading.fault(FaultKind.BAD_BOX, where, f"box edges {shown} give a negative size")
        return
    if min(edges) < -OVERHANG or max(edges) > 1 + OVERHANG:
        reading.fault(
            FaultKind.BAD_BOX, where, f"box edges {shown} leave the picture (shares of its size)"
        )
        return
    left, top, right, bottom = (min(1.0, max(0.0, edge)) for edge in edges)
    if right <= left or bottom <= top:
        reading.fault(FaultKind.NO_AREA, where, f"box edges {shown} enclose no area")
        return
    if (left, top, right, bottom) != edges:
        # Six decimals of a centre and a size may miss an edge by a millionth: no clipping.
        reading.clipped += max(-min(edges), max(edges) - 1) > 2e-6
    boxes.append(NamedBox(name, (left + right) / 2, (top + bottom) / 2, right - left, bottom - top))


def as_shares(edges: Edges, width_px: float, height_px: float) -> Edges:
    """Pixel edges as shares of a picture of that size."""
    left, top, right, bottom = edges
    return left / width_px, top / height_px, right / width_px, bottom / height_px


def sane_size(width_px: float, height_px: float) -> bool:
    """Whether a stated size can be a picture's, in pixels."""
    return 1 <= width_px <= LARGEST_SIDE_PX and 1 <= height_px <= LARGEST_SIDE_PX


def around(points: list[tuple[float, float]]) -> Edges:
    """The box round a polygon's points, NaN where a point is NaN (min and max alone hide it)."""
    if any(math.isnan(number) for point in points for number in point):
        return math.nan, math.nan, math.nan, math.nan
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)
