"""Ordinary tight lines, arms and insulators: what is no exposed cable, drawn without a label."""

from __future__ import annotations

import numpy as np

from training.synthetic.cables import palette
from training.synthetic.cables.curves import sagging
from training.synthetic.cables.poles import Pole
from training.synthetic.cables.strand import Plate, Strand

# Most sag of a tight line, by its length.
MAX_SAG = 0.025


def tight_lines(
    picture: tuple[int, int], pole: Pole | None, rng: np.random.Generator
) -> tuple[Strand, ...]:
    """One to eight lines across a picture (width, height), drawn together to one side."""
    width, height = picture
    count = int(rng.integers(1, 9))
    thick = height * float(rng.uniform(0.0012, 0.007))
    albedo = palette.dark(rng)
    left, right = (height * float(level) for level in rng.uniform(-0.1, 0.45, 2))
    apart = height * rng.uniform(0.004, 0.06, 2)
    sag = float(rng.uniform(0.0, MAX_SAG)) * width
    through = 0.0
    if pole is not None and rng.random() < 0.7:
        share = pole.top[0] / width
        y = pole.top[1] + float(rng.uniform(0.03, 0.2)) * (pole.bottom[1] - pole.top[1])
        through = y - (left + (right - left) * share)
    twisted = int(rng.choice([0, 3], p=[0.75, 0.25])) if count < 4 else 0
    if twisted:
        thick *= 2.0
    lines = []
    for number in range(count):
        start = (-0.05 * width, left + through + number * float(apart[0]))
        end = (1.05 * width, right + through + number * float(apart[1]))
        points = sagging(start, end, sag * float(rng.uniform(0.7, 1.3)))
        lines.append(Strand(points, thick, palette.beside(albedo, rng), 0.3, twisted))
    return tuple(lines)


def arms(pole: Pole, rng: np.random.Generator) -> tuple[Plate, ...]:
    """Cross-arms with insulators near the head of a pole."""
    plates = []
    length = pole.bottom[1] - pole.top[1]
    albedo = palette.grey(rng)
    for number in range(int(rng.choice([0, 1, 2], p=[0.4, 0.4, 0.2]))):
        y = pole.top[1] + length * (0.03 + 0.07 * number)
        x = pole.x_at(y)
        half = length * float(rng.uniform(0.06, 0.16))
        tall = pole.width_px * 0.28
        lean = half * float(rng.normal(0, 0.08))
        plates.append(_bar(x, y, half, tall, lean, albedo))
        for share in np.linspace(-0.9, 0.9, int(rng.integers(2, 6))):
            at = x + half * float(share)
            up = y - lean * float(share) - tall * 1.2
            plates.append(_bar(at, up, tall * 0.45, tall * 0.8, 0.0, palette.grey(rng)))
    return tuple(plates)


def _bar(
    x: float, y: float, half: float, tall: float, lean: float, albedo: tuple[float, float, float]
) -> Plate:
    corners = np.array(
        [(x - half, y - tall + lean), (x + half, y - tall - lean),
         (x + half, y + tall - lean), (x - half, y + tall + lean)]
    )  # fmt: skip
    return Plate(corners, albedo)
