"""Which boxes of a look can be things in the street at all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detector.geometry.boxes import area, intersections
from detector.looks import Boxes, LookBoxes, Size
from detector.taxonomy import TAXONOMY, Kind

GROUP_OF = 3
"""A vehicle's box that holds so many others is no vehicle, but a row or a jam seen as one."""

GROUP_INSIDE = 0.8

VEHICLES = TAXONOMY.class_ids_of(Kind.ILLEGAL_PARKING) | TAXONOMY.class_ids_of(
    Kind.NON_MOTOR_PARKING
)


def sound(boxes: Boxes, size: Size) -> NDArray[np.bool_]:
    """Whether each box (n,) has finite corners, an area inside the picture and a known class."""
    xyxy = np.asarray(boxes.xyxy, dtype=np.float64).reshape(-1, 4)
    with np.errstate(invalid="ignore"):
        inside = np.minimum(xyxy[:, 2:], size) - np.maximum(xyxy[:, :2], 0.0)
        seen = (inside > 0).all(axis=1) & (area(xyxy) > 0)
    known = (boxes.class_id >= 0) & (boxes.class_id < len(TAXONOMY.classes))
    return np.asarray(seen & known & np.isfinite(boxes.confidence))


def groups(boxes: Boxes) -> NDArray[np.bool_]:
    """Whether each box (n,) is a vehicle's and holds `GROUP_OF` smaller ones."""
    vehicle = np.isin(boxes.class_id, list(VEHICLES))
    areas = area(boxes.xyxy)
    inside = intersections(boxes.xyxy, boxes.xyxy) / np.maximum(areas, 1e-9)[None, :]
    # Half its size at most: a double of the same vehicle is none of the others.
    smaller = areas[None, :] <= 0.5 * areas[:, None]
    held = ((inside >= GROUP_INSIDE) & smaller & vehicle[None, :]).sum(axis=1)
    return np.asarray(vehicle & (held >= GROUP_OF))


def picked(boxes: Boxes, keep: NDArray[np.bool_]) -> Boxes:
    """Only the boxes to keep, in an order that does not depend on the model's."""
    chosen = np.flatnonzero(keep)
    keys = (boxes.confidence[chosen], boxes.class_id[chosen], *boxes.xyxy[chosen].T[::-1])
    order = chosen[np.lexsort(keys)]
    return Boxes(boxes.xyxy[order], boxes.class_id[order], boxes.confidence[order])


def cut_off(look: LookBoxes) -> NDArray[np.bool_]:
    """Whether each box (n,) ends at the border of a part that was examined, within 2 pixels.

    Such a box shows a piece of a thing. At the border of the picture itself all there is to see
    is seen.
    """
    boxes = look.boxes.xyxy
    if look.regions is None or not len(boxes):
        return np.zeros(len(boxes), dtype=bool)
    regions = np.asarray(look.regions, dtype=np.float64).reshape(-1, 4)
    edge = np.array([0.0, 0.0, *look.size])
    inner = np.abs(regions - edge) > 2
    touches = (np.abs(boxes[:, None, :] - regions[None]) <= 2) & inner[None]
    own = intersections(boxes, regions) >= 0.99 * area(boxes)[:, None]
    whole = own & ~touches.any(axis=2)
    return np.asarray(~whole.any(axis=1))
