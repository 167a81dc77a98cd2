"""Strands and plates onto the canvas, shaded as tubes."""

from __future__ import annotations

import numpy as np

from training.synthetic.cables.curves import Points, normals, resampled
from training.synthetic.cables.strand import Plate, Strand
from training.synthetic.canvas import Canvas, Colour
from training.synthetic.light import Light

# Below this width (pixels of the canvas) a cable shows one colour.
SHADED_PX = 4.0
# Where the light comes from: left and above, as a unit vector.
TOWARDS_LIGHT = np.array([-0.4, -0.92])
# Length of one twist of a bundle, in widths of the bundle.
TWIST_WIDTHS = 5.0
_PIECE = 8


def paint(strand: Strand, canvas: Canvas, light: Light, tag: int) -> None:
    """Draws one strand."""
    if strand.twisted and strand.width_px * canvas.scale >= 2 * SHADED_PX:
        _paint_twisted(strand, canvas, light, tag)
    else:
        _paint_tube(strand.points, strand.width_px, strand, canvas, light, tag)


def paint_plate(plate: Plate, canvas: Canvas, light: Light, tag: int) -> None:
    """Draws one plate with a darker rim."""
    centre = plate.corners.mean(axis=0)
    canvas.polygon(plate.corners, light.of(plate.albedo, 0.55), tag)
    canvas.polygon(centre + (plate.corners - centre) * 0.86, light.of(plate.albedo), tag)


def _paint_tube(
    points: Points, width_px: float, strand: Strand, canvas: Canvas, light: Light, tag: int
) -> None:
    base = light.of(strand.albedo)
    if width_px * canvas.scale < SHADED_PX:
        lit = _mixed(base, light.bright, 0.05 + 0.10 * strand.gloss)
        canvas.stroke(points, width_px, lit, tag)
        return
    across = normals(points)
    facing = across @ TOWARDS_LIGHT
    canvas.stroke(points, width_px, _mixed(base, light.dark, 0.45), tag)
    body = points + across * (0.08 * width_px * np.sign(facing))[:, np.newaxis]
    canvas.stroke(body, width_px * 0.72, base, tag)
    shine = points + across * (0.2 * width_px * facing)[:, np.newaxis]
    for start in range(0, len(points) - 1, _PIECE):
        piece = shine[start : start + _PIECE + 1]
        strength = 0.12 + strand.gloss * float(np.abs(facing[start : start + _PIECE]).mean()) ** 2
        canvas.stroke(piece, width_px * 0.42, _mixed(base, light.bright, 0.35 * strength), tag)
        if width_px * canvas.scale >= 2.5 * SHADED_PX:
            canvas.stroke(piece, width_px * 0.16, _mixed(base, light.bright, strength), tag)


def _paint_twisted(strand: Strand, canvas: Canvas, light: Light, tag: int) -> None:
    """Cores wound around each other: of each half turn the nearer core is drawn last."""
    core_px = strand.width_px * 0.56
    reach = (strand.width_px - core_px) / 2
    points = resampled(strand.points, strand.width_px * 0.45)
    across = normals(points)
    steps = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    phase = steps / (strand.width_px * TWIST_WIDTHS) * 2 * np.pi
    cores = []
    for number in range(strand.twisted):
        angle = phase + 2 * np.pi * number / strand.twisted
        cores.append((points + across * (reach * np.sin(angle))[:, np.newaxis], np.cos(angle)))
    piece = 3
    for start in range(0, len(points) - 1, piece):
        stop = min(start + piece + 1, len(points))
        for line, _depth in sorted(cores, key=lambda core: float(core[1][start:stop].mean())):
            _paint_tube(line[start:stop], core_px, strand, canvas, light, tag)


def _mixed(one: Colour, other: Colour, share: float) -> Colour:
    share = min(1.0, share)
    b, g, r = (a * (1 - share) + b * share for a, b in zip(one, other, strict=True))
    return b, g, r
