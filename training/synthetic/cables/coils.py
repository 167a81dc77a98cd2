"""Coils: turns of spare cable hung at a pole, a wall or a line."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from training.synthetic.cables import palette
from training.synthetic.cables.curves import Place, smooth, turn
from training.synthetic.cables.frame import Frame, leaving
from training.synthetic.cables.strand import Albedo, Strand, Thing

# A coil is this high; cables of coils are this thick, metres.
COIL_M = (0.5, 1.1)
CABLE_M = (0.010, 0.030)


def coil(frame: Frame, rng: np.random.Generator) -> Thing:
    """One to three coils, tied at the top or wound about one centre, and the lines to them."""
    count = int(rng.choice([1, 2, 3], p=[0.65, 0.27, 0.08]))
    # Seen from the side a coil is narrow; wider frames get coils next to each other.
    if frame.width / frame.height > 1.5:
        count = max(2, count)
    albedo = palette.cable(rng)
    thick = frame.height / float(rng.uniform(*COIL_M)) * float(rng.uniform(*CABLE_M))
    strands: list[Strand] = []
    for number in range(count):
        shift = (number + 0.5) / count if count > 1 else 0.5
        strands += _turns(frame, shift, count, thick, albedo, rng)
    top = frame.at(0.5, float(rng.uniform(0.02, 0.2)))
    feeders = tuple(
        leaving(top, frame, thick, albedo, rng, twisted=_twist(rng))
        for _ in range(int(rng.integers(1, 4)))
    )
    strands += _tails(strands, frame, rng)
    return Thing(tuple(strands), feeders)


def _turns(
    frame: Frame,
    shift: float,
    count: int,
    thick: float,
    albedo: Albedo,
    rng: np.random.Generator,
) -> list[Strand]:
    half_h = frame.height / 2 * float(rng.uniform(0.75, 1.0) if count > 1 else 1.0)
    half_w = min(frame.width / count / 2 * 1.2, half_h * float(rng.uniform(0.75, 1.25)))
    half_w = max(half_w, 0.25 * half_h)
    centre_x = frame.left + np.clip(shift, half_w / frame.width, 1 - half_w / frame.width) * (
        frame.width
    )
    tied = rng.random() < 0.55
    loose = float(rng.uniform(0.04, 0.28))
    gloss = float(rng.uniform(0.15, 0.7))
    turns: list[Strand] = []
    lean = float(rng.normal(0, 0.15))
    for _ in range(int(rng.choice([2, 3, 4, 5, 7, 10, 14]))):
        size = 1 - loose * float(rng.random())
        radii = (max(1.0, half_w * size - thick), max(1.0, half_h * size - thick))
        drop = (1 - size) * half_h * (-1.0 if tied else float(rng.normal(0, 0.7)))
        centre = (
            centre_x + float(rng.normal(0, 0.25)) * loose * half_w,
            frame.top + frame.height / 2 + drop,
        )
        arc = 2 * np.pi * float(rng.uniform(0.85, 1.1))
        points = turn(centre, radii, lean + float(rng.normal(0, 0.12)), rng, arc)
        turns.append(
            Strand(points, thick, palette.beside(albedo, rng), gloss, 0, rng.random() < 0.25)
        )
    middle = (centre_x, frame.top + half_h)
    return turns + _ties(middle, (half_w, half_h), loose, thick, rng)


def _ties(
    middle: Place, radii: Place, loose: float, thick: float, rng: np.random.Generator
) -> list[Strand]:
    """Short wraps that hold the turns together."""
    ties = []
    albedo = palette.dark(rng) if rng.random() < 0.7 else palette.white(rng)
    for angle in rng.uniform(0, 2 * np.pi, int(rng.integers(0, 4))):
        way = np.array([radii[0] * np.cos(angle), radii[1] * np.sin(angle)])
        points = np.array(middle) + way * np.array([[max(0.3, 1 - loose - 0.05)], [0.99]])
        ties.append(Strand(points, thick * float(rng.uniform(0.7, 1.3)), albedo, 0.1))
    return ties


def _tails(turns: list[Strand], frame: Frame, rng: np.random.Generator) -> list[Strand]:
    """Ends that hang out of the turns."""
    tails = []
    for _ in range(int(rng.choice([0, 1, 2], p=[0.65, 0.25, 0.1]))):
        from_turn = turns[int(rng.integers(len(turns)))]
        x, y = from_turn.points[int(rng.integers(len(from_turn.points)))]
        length = (frame.bottom - y) * float(rng.uniform(0.5, 1.15))
        wander = rng.normal(0, 0.12 * max(length, 1.0), 3)
        through = np.array([(x + wander[k] * k / 2, y + length * k / 2) for k in range(3)])
        tails.append(replace(from_turn, points=smooth(through, 24)))
    return tails


def _twist(rng: np.random.Generator) -> int:
    return int(rng.choice([0, 3, 4], p=[0.55, 0.25, 0.2]))
