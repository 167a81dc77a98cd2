"""From the zones of a view to the parts of the picture that the model must see."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from detector.geometry.zone import Zone, ZoneKind
from detector.geometry.zones import FOOT_OF_BOX
from detector.looks import Size
from detector.scene.looking.raster import fill

# What stands in these raises nothing: traffic only explains what stands elsewhere.
UNSEEN = frozenset({ZoneKind.IGNORE, ZoneKind.TRAFFIC_LANE})
# A larger region is better seen with the whole picture.
WHOLE_SHARE = 0.5
# How large one thing may be that stands in a zone: about the root of the zone's area, as a car
# along a kerb is long and a lane is narrow; within these shares of the picture's shorter side.
SMALLEST_THING = 1 / 22
LARGEST_THING = 1 / 4
# The model's boxes of what ends at the border of a region are not believed.
EDGE_PX = 8
# Rounded shares keep no thing from fitting.
SLACK_PX = 1
# Of a thing: what changes this far from a zone may still be the foot of something in it.
WATCHED_AROUND = 1 / 8


def regions_of(zones: Sequence[Zone], picture: Size, input_px: int) -> NDArray[np.float32]:
    """The parts (r, 4) xyxy of a picture that the model must see for these zones.

    Each is the bounding box of a zone with room for one thing that counts as standing in it: as
    wide and high as the root of the zone's area, but at least 1/22 and at most 1/4 of the
    picture's shorter side, and at most half of `input_px`, the longer side of the model's input.
    Above there is room for all of it, at the sides and below for what `least_foot_share` lets
    reach outside. Regions end at even pixels inside the picture; two become one where that is
    fewer pixels. Where one covers more than half of the picture, the whole picture is the only
    region. Zones to ignore and lanes need none; (0, 4) where no other zone is in the picture.
    """
    found = [_region(zone, picture, input_px) for zone in zones if zone.kind not in UNSEEN]
    regions = _merged([it for it in found if it[2] > it[0] and it[3] > it[1]])
    if any(_pixels(it) > WHOLE_SHARE * picture.width * picture.height for it in regions):
        regions = [(0, 0, *picture)]
    return np.array(regions, dtype=np.float32).reshape(-1, 4)


def watched_blocks(
    zones: Sequence[Zone], picture: Size, input_px: int, block_px: int
) -> NDArray[np.bool_]:
    """Which blocks (height / block, width / block) of a picture show what stands in a zone.

    Something that comes into a zone changes the zone itself, where it stands, and not only the
    room above that is needed to see it whole. So these are the zones with a little around them,
    less what lies in zones to ignore.
    """
    shape = (picture.height // block_px, picture.width // block_px)
    mask = np.zeros(shape, dtype=np.uint8)
    for zone in zones:
        if zone.kind not in UNSEEN:
            around = max(block_px, _thing_px(zone, picture, input_px) * WATCHED_AROUND)
            fill(mask, zone.polygon.buffer(around, join_style="mitre"), block_px, 1)
    for zone in zones:
        if zone.kind is ZoneKind.IGNORE:
            fill(mask, zone.polygon.buffer(-block_px), block_px, 0)
    return mask.astype(np.bool_)


def _thing_px(zone: Zone, picture: Size, input_px: int) -> float:
    """How wide or high one thing that stands in a zone may be."""
    shorter = min(picture)
    largest = min(shorter * LARGEST_THING, input_px / 2)
    return min(max(math.sqrt(zone.polygon.area), shorter * SMALLEST_THING), largest)


def _region(zone: Zone, picture: Size, input_px: int) -> tuple[int, int, int, int]:
    """A zone with room around it, even and inside the picture; without area if it lies outside."""
    thing = _thing_px(zone, picture, input_px)
    outside = (1 - zone.least_foot_share) * thing
    left, top, right, bottom = zone.polygon.bounds
    room = SLACK_PX + EDGE_PX
    wanted = (
        2 * math.floor((left - outside - room) / 2),
        2 * math.floor((top - thing - room) / 2),
        2 * math.ceil((right + outside + room) / 2),
        2 * math.ceil((bottom + outside * FOOT_OF_BOX + room) / 2),
    )
    low = (max(0, wanted[0]), max(0, wanted[1]))
    return (*low, min(picture.width, wanted[2]), min(picture.height, wanted[3]))


def _merged(regions: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """The regions, where two that cost more than their common bounding box have become it."""
    for one, other in combinations(regions, 2):
        both = (*map(min, one[:2], other[:2]), *map(max, one[2:], other[2:]))
        joined = (both[0], both[1], both[2], both[3])
        if _pixels(joined) <= _pixels(one) + _pixels(other):
            return _merged([it for it in regions if it not in (one, other)] + [joined])
    return regions


def _pixels(region: tuple[int, int, int, int]) -> int:
    return (region[2] - region[0]) * (region[3] - region[1])
