"""Tangles: many wires knotted at a pole or on a wall, and webs of slack lines."""

from __future__ import annotations

import numpy as np

from training.synthetic.cables import palette
from training.synthetic.cables.curves import Place, Points, drooping, sagging, smooth, turn, wobbled
from training.synthetic.cables.frame import Frame, leaving
from training.synthetic.cables.strand import Albedo, Plate, Strand, Thing

# Height of the thing and thickness of its cables, metres.
TANGLE_M, TANGLE_CABLE_M = (1.2, 3.5), (0.004, 0.012)
WEB_M, WEB_CABLE_M = (2.0, 6.0), (0.008, 0.022)


def tangle(frame: Frame, rng: np.random.Generator) -> Thing:
    """A knot of wires: slack arcs, loops, wanderers and loose ends, and the lines that leave."""
    thick = frame.height / float(rng.uniform(*TANGLE_M)) * float(rng.uniform(*TANGLE_CABLE_M))
    albedo = palette.dark(rng)
    knots = _knots(frame, rng)
    count = round(float(np.clip(rng.lognormal(3.8, 0.6), 10, 150)))
    mixed = rng.random() < 0.15
    strands = []
    makers = (_arc, _wanderer, _ring, _hanging)
    shares = rng.dirichlet((8.0, 4.0, 1.2, 2.4))
    for _ in range(count):
        knot = knots[int(rng.integers(len(knots)))]
        points = makers[int(rng.choice(4, p=shares))](frame, knot, rng)
        colour = palette.cable(rng) if mixed else palette.beside(albedo, rng, 0.05)
        width = thick * float(rng.lognormal(0, 0.35))
        strands.append(Strand(points, width, colour, 0.25, 0, rng.random() < 0.3))
    feeders = _fan(frame, knots, thick, albedo, rng)
    return Thing(tuple(strands), feeders, _boxes(frame, knots, rng))


def web(frame: Frame, rng: np.random.Generator) -> Thing:
    """Many lines across the frame, each slack in its own way, crossing, some bundled."""
    thick = frame.height / float(rng.uniform(*WEB_M)) * float(rng.uniform(*WEB_CABLE_M))
    albedo = palette.dark(rng)
    x = frame.hanging_x(rng)
    crossing = [(x, frame.at(0, float(level))[1]) for level in rng.uniform(0.05, 0.7, 4)]
    strands = []
    for number in range(int(rng.integers(8, 40))):
        at = crossing[int(rng.integers(4))]
        side = frame.left if number % 2 else frame.right
        end = (side, frame.at(0, float(rng.uniform(0.0, 0.9)))[1])
        room = frame.bottom - max(at[1], end[1])
        sag = room * float(rng.beta(1.2, 2.5))
        points = sagging(at, end, sag)
        if rng.random() < 0.35:
            points = wobbled(points, 0.02 * frame.height, rng)
        width = thick * float(rng.lognormal(0, 0.3))
        strands.append(Strand(points, width, palette.beside(albedo, rng, 0.06), 0.3))
    strands += [
        Strand(_arc(frame, crossing[0], rng), thick * 0.8, albedo, 0.2)
        for _ in range(int(rng.integers(2, 14)))
    ]
    fan = [leaving(at, frame, thick, albedo, rng) for at in crossing for _ in range(2)]
    return Thing(tuple(strands), tuple(fan), _boxes(frame, crossing, rng))


def _knots(frame: Frame, rng: np.random.Generator) -> list[Place]:
    """One to four places, above each other, where the wires are tied."""
    x = frame.hanging_x(rng)
    return [
        (x + float(rng.normal(0, 0.04)) * frame.width, frame.at(0, float(level))[1])
        for level in rng.uniform(0.12, 0.75, int(rng.integers(1, 5)))
    ]


def _within(frame: Frame, points: Place, rng: np.random.Generator, reach: float = 0.3) -> Place:
    """A place near another one, inside the frame."""
    return (
        float(np.clip(points[0] + rng.normal(0, reach) * frame.width, frame.left, frame.right)),
        float(np.clip(points[1] + rng.normal(0, reach) * frame.height, frame.top, frame.bottom)),
    )


def _arc(frame: Frame, knot: Place, rng: np.random.Generator) -> Points:
    one, two = _within(frame, knot, rng, 0.06), _within(frame, knot, rng)
    room = max(1.0, frame.bottom - max(one[1], two[1]))
    depth = room * float(rng.beta(1.2, 2.2))
    if rng.random() < 0.5:
        return sagging(one, two, depth)
    return drooping(one, two, depth, float(rng.uniform(0.4, 1.0)), 40)


def _wanderer(frame: Frame, knot: Place, rng: np.random.Generator) -> Points:
    places = [_within(frame, knot, rng, 0.08)]
    for _ in range(int(rng.integers(2, 7))):
        places.append(_within(frame, places[-1], rng, 0.16))
    if rng.random() < 0.5:
        places.append(_within(frame, knot, rng, 0.1))
    return smooth(np.array(places), 56)


def _ring(frame: Frame, knot: Place, rng: np.random.Generator) -> Points:
    radius = 0.5 * min(frame.width, frame.height) * float(rng.uniform(0.08, 0.4))
    centre = _within(frame, (knot[0], knot[1] + 0.5 * radius), rng, 0.1)
    radii = (radius * float(rng.uniform(0.4, 1.0)), radius)
    return turn(centre, radii, float(rng.normal(0, 0.4)), rng, float(rng.uniform(3.5, 6.6)))


def _hanging(frame: Frame, knot: Place, rng: np.random.Generator) -> Points:
    x, y = _within(frame, knot, rng, 0.1)
    length = (frame.bottom - y) * float(rng.uniform(0.3, 1.0))
    wander = np.cumsum(rng.normal(0, 0.03 * frame.width, 5))
    return smooth(np.array([(x + wander[k], y + length * k / 4) for k in range(5)]), 32)


def _fan(
    frame: Frame,
    knots: list[Place],
    thick: float,
    albedo: Albedo,
    rng: np.random.Generator,
) -> tuple[Strand, ...]:
    """Lines from the knots, in two or three directions."""
    lines = []
    for _ in range(int(rng.integers(1, 4))):
        side, slope = (-1 if rng.random() < 0.5 else 1), float(rng.normal(-0.1, 0.2))
        for _ in range(int(rng.integers(1, 9))):
            start = _within(frame, knots[int(rng.integers(len(knots)))], rng, 0.03)
            tilt = slope + float(rng.normal(0, 0.03))
            width = thick * float(rng.uniform(0.8, 2.0))
            lines.append(leaving(start, frame, width, albedo, rng, side, tilt))
    return tuple(lines)


def _boxes(frame: Frame, knots: list[Place], rng: np.random.Generator) -> tuple[Plate, ...]:
    """Junction boxes among the wires."""
    boxes = []
    for _ in range(int(rng.choice([0, 1, 2, 3], p=[0.5, 0.25, 0.15, 0.1]))):
        x, y = _within(frame, knots[int(rng.integers(len(knots)))], rng, 0.06)
        half = 0.5 * frame.height * float(rng.uniform(0.05, 0.13))
        tall = half * float(rng.uniform(0.8, 1.8))
        lean = float(rng.normal(0, 0.15)) * half
        corners = np.array(
            [(x - half + lean, y - tall), (x + half + lean, y - tall),
             (x + half, y + tall), (x - half, y + tall)]
        )  # fmt: skip
        boxes.append(Plate(corners, palette.grey(rng)))
    return tuple(boxes)
