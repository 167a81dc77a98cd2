"""A street picture with exposed cables drawn into it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from training.synthetic.cables.paint import paint, paint_plate
from training.synthetic.cables.placing import Plan, planned, site_of
from training.synthetic.cables.poles import paint_pole, pole_albedo
from training.synthetic.cables.strand import Strand
from training.synthetic.camera import camera_of, composited
from training.synthetic.canvas import FIRST_LABEL, UNLABELLED, Box, Canvas, Layer
from training.synthetic.drawn import Drawn
from training.synthetic.light import Light, light_of

# Cables that differ from what is behind them by less (grey levels, mean) cannot be seen; at
# night, where black and white lie near each other, by less than this share of their distance.
MIN_CONTRAST, MIN_CONTRAST_SHARE = 18.0, 0.1
# The same, in standard deviations of what is behind: leaves hide wires.
MIN_CONTRAST_SPREADS = 0.8
# Albedo added to dark cables before a dark place.
LIGHTER = 0.22
# Things smaller than this (pixels, either side: the larger counts) get no label.
MIN_BOX_PX = 6.0
# Least area of a thing that can be seen: a line as long as its box and this wide, pixels, in a
# picture whose longer side has so many.
MIN_INK_PX, MIN_INK_SIDE_PX = 0.75, 416
_ATTEMPTS = 4


def draw_cables(background: NDArray[np.uint8], rng: np.random.Generator) -> Drawn:
    """The background with exposed cables in it, and their boxes (xyxy, pixels).

    `background` is (H, W, 3) uint8, BGR, and is left as it is. Some pictures get tight lines
    and poles only, and no box. The same background and seed give the same picture. Where the
    cables could not be seen the background comes back unchanged, without boxes.
    """
    height, width = background.shape[:2]
    camera = camera_of(background)
    light = light_of(background)
    site = site_of(background)
    for _ in range(_ATTEMPTS):
        plan = planned(site, rng)
        layer = _painted(plan, background, light, rng)
        if len(layer.boxes) == len(plan.things) and _visible(
            layer, background, _least_contrast(light)
        ):
            picture = composited(background, layer.colour, layer.alpha, camera, rng)
            boxes = (_softened(box, camera.blur_px, width, height) for box in layer.boxes.values())
            return Drawn(picture, tuple(boxes))
    return Drawn(background.copy(), ())


def _painted(
    plan: Plan, background: NDArray[np.uint8], light: Light, rng: np.random.Generator
) -> Layer:
    canvas = Canvas(*background.shape[:2])

    def strokes(strands: Iterable[Strand], tag: int = UNLABELLED) -> None:
        for strand in strands:
            paint(_seen(strand, background, light), canvas, light, tag)

    strokes(plan.lines)
    for tag, thing in enumerate(plan.things, FIRST_LABEL):
        strokes((strand for strand in thing.strands if strand.behind), tag)
    if plan.pole is not None:
        paint_pole(plan.pole, pole_albedo(rng), canvas, light, rng)
    for plate in plan.arms:
        paint_plate(plate, canvas, light, UNLABELLED)
    for thing in plan.things:
        strokes(thing.feeders)
        for plate in thing.plates:
            paint_plate(plate, canvas, light, UNLABELLED)
    for tag, thing in enumerate(plan.things, FIRST_LABEL):
        strokes((strand for strand in thing.strands if not strand.behind), tag)
    return canvas.layer()


def _seen(strand: Strand, background: NDArray[np.uint8], light: Light) -> Strand:
    """The strand, grey rather than black where it hangs before a dark place."""
    height, width = background.shape[:2]
    at = np.round(strand.points[::4]).astype(np.int64)
    inside = (at >= 0).all(axis=1) & (at[:, 0] < width) & (at[:, 1] < height)
    if not inside.any():
        return strand
    behind = float(background[at[inside, 1], at[inside, 0]].mean())
    shown = float(np.mean(light.of(strand.albedo)))
    if abs(behind - shown) >= 1.4 * _least_contrast(light):
        return strand
    b, g, r = strand.albedo
    return replace(strand, albedo=(b + LIGHTER, g + LIGHTER, r + LIGHTER))


def _least_contrast(light: Light) -> float:
    return min(MIN_CONTRAST, MIN_CONTRAST_SHARE * (sum(light.bright) - sum(light.dark)) / 3)


def _visible(layer: Layer, background: NDArray[np.uint8], least_contrast: float) -> bool:
    """Whether each labelled thing is large enough and shows before what is behind it."""
    thinnest = MIN_INK_PX * max(1.0, max(background.shape[:2]) / MIN_INK_SIDE_PX)
    for left, top, right, bottom in layer.boxes.values():
        size = max(right - left, bottom - top)
        part = np.s_[int(top) : int(bottom) + 1, int(left) : int(right) + 1]
        alpha = layer.alpha[part]
        differs = np.abs(layer.colour[part] - background[part]).mean(axis=2) * alpha
        covered = float(alpha.sum())
        if size < MIN_BOX_PX or covered < thinnest * size:
            return False
        least = max(least_contrast, 3.0, MIN_CONTRAST_SPREADS * float(background[part].std()))
        if float(differs.sum()) < least * covered:
            return False
    return True


def _softened(box: Box, blur_px: float, width: int, height: int) -> Box:
    """The box with room for the blur, inside the picture."""
    return (
        max(0.0, box[0] - blur_px),
        max(0.0, box[1] - blur_px),
        min(float(width), box[2] + blur_px),
        min(float(height), box[3] + blur_px),
    )
