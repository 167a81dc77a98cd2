"""Stalls set down in a street picture, with their boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from training.synthetic.drawn import Drawn
from training.synthetic.stalls.cut_outs import CutOut
from training.synthetic.stalls.ground import Box, Thing, ground_of
from training.synthetic.stalls.matching import Look, look_of, matched
from training.synthetic.stalls.outline import Pixels
from training.synthetic.stalls.places import Size, Street, places_for, street_of
from training.synthetic.stalls.shadows import Sun, margin_px, shade, sun_of

# A cut-out shown larger than this beside its own pixels is visibly soft.
MAX_ENLARGED = 1.5
# How often a picture gets a row of stalls, or a second one elsewhere.
ROW_SHARE, SECOND_SHARE = 0.25, 0.2
# Stalls nearer than this to one another (share of the lower one's height) are one row, one box.
APART = 0.03
# A shape this much higher than wide has a roof or an umbrella; this low it is a cart or a table.
TALL, LOW = 0.9, 0.62
TALL_M, BETWEEN_M, LOW_M = (1.8, 2.6), (1.4, 2.3), (1.0, 1.6)
# No single stall is wider, metres.
MAX_WIDTH_M = 3.6


def place_stalls(
    background: Pixels,
    things: Sequence[Thing],
    cut_outs: Sequence[CutOut],
    rng: np.random.Generator,
) -> Drawn:
    """The background (H, W, 3) BGR with one to four stalls on its ground.

    `things` are the people and vehicles known in it (class name, xyxy in px). Without cut-outs or
    without room the background comes back as it is, with no boxes.
    """
    picture = background.copy()
    if not cut_outs or min(background.shape[:2]) < 16:
        return Drawn(picture, ())
    height = background.shape[0]
    ground = ground_of(height, things, rng)
    street = street_of(background, ground, things)
    look, sun = look_of(background), sun_of(background, rng)
    groups = [int(rng.integers(2, 5))] if rng.random() < ROW_SHARE else [1]
    groups += [1] if rng.random() < SECOND_SHARE else []
    pasted: list[tuple[Box, CutOut]] = []
    for count in groups:
        pasted += _chosen(street, cut_outs, count, rng)
    boxes: list[Box] = []
    for box, cut in sorted(pasted, key=lambda item: item[0][3]):
        seen = _paste(picture, box, cut, look, sun, rng)
        boxes += [seen] if seen is not None else []
    return Drawn(picture, merged(boxes))


def _chosen(
    street: Street, cut_outs: Sequence[CutOut], count: int, rng: np.random.Generator
) -> list[tuple[Box, CutOut]]:
    """A row of `count` stalls with their places; fewer where there is no room, at last none."""
    for number in (count, 1, 1, 1):
        # Only a stall by itself can stand at the picture's edge.
        usable = [cut for cut in cut_outs if number == 1 or not cut.cut_side]
        if not usable:
            continue
        weights = np.array([cut.quality for cut in usable])
        picks = rng.choice(len(usable), size=number, p=weights / weights.sum())
        cuts = [_turned(usable[int(pick)], rng) for pick in picks]
        boxes = places_for(street, [_size(cut, rng) for cut in cuts], rng)
        if boxes is not None:
            return list(zip(boxes, cuts, strict=True))
    return []


def _turned(cut: CutOut, rng: np.random.Generator) -> CutOut:
    """The stall as it is or in the mirror."""
    if rng.random() < 0.5:
        return cut
    return replace(cut, bgr=cut.bgr[:, ::-1], alpha=cut.alpha[:, ::-1], cut_side=-cut.cut_side)


def _size(cut: CutOut, rng: np.random.Generator) -> Size:
    height, width = cut.alpha.shape
    tall = height / width
    span = TALL_M if tall > TALL else LOW_M if tall < LOW else BETWEEN_M
    height_m = min(float(rng.uniform(*span)), MAX_WIDTH_M * tall)
    return Size(height_m / tall, height_m, MAX_ENLARGED * height, cut.cut_side)


def _paste(
    picture: Pixels, box: Box, cut: CutOut, look: Look, sun: Sun, rng: np.random.Generator
) -> Box | None:
    """Draws the stall into `picture` in place; the box of what is seen of it."""
    left, top = round(box[0]), round(box[1])
    width, height = max(2, round(box[2] - box[0])), max(2, round(box[3] - box[1]))
    how = cv2.INTER_AREA if height < cut.alpha.shape[0] else cv2.INTER_CUBIC
    small = np.asarray(cv2.resize(cut.bgr, (width, height), interpolation=how), dtype=np.uint8)
    small_mask = cv2.resize(cut.alpha, (width, height), interpolation=cv2.INTER_AREA)
    mask = np.asarray(
        cv2.GaussianBlur(small_mask, (0, 0), max(0.3, look.camera.blur_px * 0.7)), np.uint8
    )
    small = matched(small, cut.light, look, rng)
    side, _ = margin_px(height)
    _multiply(picture, shade(mask, sun), left - side, top)
    return _blend(picture, small, mask, left, top)


def _multiply(picture: Pixels, light: np.ndarray, left: int, top: int) -> None:
    target, source = _overlap(picture, light.shape, left, top)
    part = picture[target]
    part[...] = np.rint(part * light[source][..., None]).astype(np.uint8)


def _blend(picture: Pixels, bgr: Pixels, mask: Pixels, left: int, top: int) -> Box | None:
    target, source = _overlap(picture, mask.shape, left, top)
    seen = mask[source]
    x, y, width, height = cv2.boundingRect((seen > 100).astype(np.uint8))
    if not width or not height:
        return None
    part = picture[target]
    share = seen[..., None].astype(np.float32) / 255
    part[...] = np.rint(part * (1 - share) + bgr[source] * share).astype(np.uint8)
    x, y = x + target[1].start, y + target[0].start
    return float(x), float(y), float(x + width), float(y + height)


def _overlap(
    picture: Pixels, shape: tuple[int, ...], left: int, top: int
) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """The slices of the picture and of a patch at (left, top) that lie on one another."""
    y0, y1 = max(0, top), max(0, min(picture.shape[0], top + shape[0]))
    x0, x1 = max(0, left), max(0, min(picture.shape[1], left + shape[1]))
    y1, x1 = max(y0, y1), max(x0, x1)
    return (slice(y0, y1), slice(x0, x1)), (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))


def merged(boxes: Sequence[Box]) -> tuple[Box, ...]:
    """Boxes that touch or overlap joined to one, until none do."""
    apart: list[Box] = []
    for box in boxes:
        joined = box
        while near := [other for other in apart if _touch(joined, other)]:
            apart = [other for other in apart if other not in near]
            joined = _around(joined, *near)
        apart.append(joined)
    return tuple(apart)


def _around(*boxes: Box) -> Box:
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


def _touch(a: Box, b: Box) -> bool:
    gap = APART * min(a[3] - a[1], b[3] - b[1])
    return bool(
        min(a[2], b[2]) - max(a[0], b[0]) > -gap and min(a[3], b[3]) - max(a[1], b[1]) > -gap
    )
