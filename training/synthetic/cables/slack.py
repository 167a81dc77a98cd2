"""Slack cables: loops beside a pole, lines hanging low, ends that hang loose."""

from __future__ import annotations

import numpy as np

from training.synthetic.cables import palette
from training.synthetic.cables.curves import Place, drooping, sagging, smooth, wobbled
from training.synthetic.cables.frame import Frame, leaving
from training.synthetic.cables.strand import Plate, Strand, Thing

# Height of the thing and thickness of its cables, metres.
LOOP_M, LOOP_CABLE_M = (0.9, 2.2), (0.016, 0.045)
ENDS_M, ENDS_CABLE_M = (0.8, 1.8), (0.015, 0.035)
LOW_M, LOW_CABLE_M = (1.5, 4.0), (0.012, 0.05)


def loop(frame: Frame, rng: np.random.Generator) -> Thing:
    """Cables that come along a line, droop deep beside the pole and rise again."""
    thick = _thick(frame, LOOP_M, LOOP_CABLE_M, rng)
    albedo = palette.cable(rng)
    count = int(rng.choice([1, 2, 3, 4, 6], p=[0.25, 0.25, 0.25, 0.15, 0.1]))
    twisted = int(rng.choice([0, 3, 4], p=[0.7, 0.15, 0.15])) if count < 3 else 0
    fullness = float(rng.uniform(0.4, 1.0))
    uneven = float(rng.normal(0, 0.1)) * frame.height
    gloss = float(rng.uniform(0.1, 0.6))
    strands, feeders = [], []
    slopes = rng.normal(-0.05, 0.12, 2)
    for number in range(count):
        spread = number * thick * float(rng.uniform(0.6, 2.2))
        start = (frame.left + spread * 0.7, frame.top + max(0.0, uneven) + spread * 0.3)
        end = (frame.right - spread * 0.7, frame.top + max(0.0, -uneven) + spread * 0.3)
        depth = frame.bottom - max(start[1], end[1]) - spread * float(rng.uniform(0, 1.5))
        points = drooping(start, end, max(depth, 0.3 * frame.height), fullness)
        points = wobbled(points, 0.012 * frame.height, rng, 3)
        colour = palette.beside(albedo, rng)
        strands.append(Strand(points, thick, colour, gloss, twisted, number > 0))
        for place, side, slope in ((points[0], -1, slopes[0]), (points[-1], 1, slopes[1])):
            feeders.append(
                leaving(_place(place), frame, thick, colour, rng, side, float(slope), twisted)
            )
    return Thing(tuple(strands), tuple(feeders))


def low_line(frame: Frame, rng: np.random.Generator) -> Thing:
    """One to six lines that hang far too low between two places."""
    thick = _thick(frame, LOW_M, LOW_CABLE_M, rng)
    albedo = palette.cable(rng)
    count = int(rng.choice([1, 2, 3, 4, 6], p=[0.35, 0.25, 0.2, 0.1, 0.1]))
    strands, feeders = [], []
    uneven = float(rng.uniform(-0.5, 0.5)) * frame.height
    slopes = rng.normal(-0.05, 0.15, 2)
    for number in range(count):
        shift = float(rng.normal(0, 0.03)) * frame.height
        start = (frame.left, frame.top + max(0.0, uneven) + shift)
        end = (frame.right, frame.top + max(0.0, -uneven) + shift)
        middle = (start[1] + end[1]) / 2
        sag = (frame.bottom - middle) * float(rng.uniform(0.75, 1.0) if number else 1.0)
        points = sagging(start, end, sag)
        twisted = int(rng.choice([0, 3], p=[0.7, 0.3])) if count == 1 else 0
        colour = palette.beside(albedo, rng, 0.08)
        if rng.random() < 0.4:
            points = wobbled(points, 0.02 * frame.height, rng)
        strands.append(Strand(points, thick * float(rng.uniform(0.6, 1.1)), colour, 0.3, twisted))
        for place, side, slope in ((points[0], -1, slopes[0]), (points[-1], 1, slopes[1])):
            if rng.random() < 0.6:
                feeders.append(
                    leaving(_place(place), frame, thick, colour, rng, side, float(slope))
                )
    return Thing(tuple(strands), tuple(feeders))


def ends(frame: Frame, rng: np.random.Generator) -> Thing:
    """Cable ends that hang from a line or a pole, some with coloured sleeves."""
    thick = _thick(frame, ENDS_M, ENDS_CABLE_M, rng)
    albedo = palette.dark(rng) if rng.random() < 0.85 else palette.cable(rng)
    sleeve = palette.grey(rng)
    if rng.random() < 0.6:
        sleeve = palette.coloured(rng) if rng.random() < 0.7 else palette.white(rng)
    side = 1 if rng.random() < 0.5 else -1
    from_x, to_x = (0.05, 0.9) if side > 0 else (0.95, 0.1)
    strands: list[Strand] = []
    feeders = [
        leaving(frame.at(from_x, 0.05), frame, thick, albedo, rng, -side, twisted=_maybe(rng))
    ]
    bare = float(rng.uniform(0.0, 0.5))
    for _ in range(int(rng.integers(1, 7))):
        over, down = float(rng.uniform(0.2, 1.0)), float(rng.uniform(0.65, 1.0))
        across = from_x + (to_x - from_x) * over
        curl = float(rng.normal(0, 0.18))
        through = [
            frame.at(from_x, float(rng.uniform(0.0, 0.1))),
            frame.at(from_x + (across - from_x) * 0.5, float(rng.uniform(0.0, 0.18))),
            frame.at(across, down * 0.45),
            frame.at(across + curl * 0.3, down * 0.75),
            frame.at(across + curl, down),
        ]
        points = wobbled(smooth(np.array(through), 48), 0.012 * frame.height, rng)
        strands.append(Strand(points, thick, palette.beside(albedo, rng), 0.35))
        if bare > 0.12:
            tip = points[int(len(points) * (1 - bare)) :]
            strands.append(Strand(tip, thick * float(rng.uniform(1.0, 1.5)), sleeve, 0.4))
    return Thing(tuple(strands), tuple(feeders))


def charging_wire(frame: Frame, rng: np.random.Generator) -> Thing:
    """A wire thrown from a window or balcony down the facade, some with a socket at its end."""
    thick = frame.height / float(rng.uniform(3.0, 9.0)) * float(rng.uniform(0.008, 0.016))
    albedo = (palette.dark, palette.white, palette.coloured)[
        int(rng.choice(3, p=[0.45, 0.3, 0.25]))
    ](rng)
    down = np.linspace(0, 1, 7)
    wander = np.cumsum(rng.normal(0, 0.15, 7)) + rng.choice([-1, 1]) * 0.3 * down**2
    span = float(np.ptp(wander)) or 1.0
    across = (wander - wander.min()) / span
    through = np.array([frame.at(float(x), float(y)) for x, y in zip(across, down, strict=True)])
    strands = [Strand(wobbled(smooth(through, 72), 0.01 * frame.height, rng), thick, albedo)]
    if rng.random() < 0.35:
        strands.append(
            Strand(wobbled(smooth(through, 72), 0.03 * frame.height, rng), thick, albedo)
        )
    plates: list[Plate] = []
    if rng.random() < 0.5:
        x, y = through[-1]
        half = thick * float(rng.uniform(1.5, 3.0))
        long = half * float(rng.uniform(1.5, 4.0))
        plates.append(
            Plate(np.array([(x - half, y - long), (x + half, y - long),
                            (x + half, y + long), (x - half, y + long)]), palette.white(rng))
        )  # fmt: skip
    return Thing(tuple(strands), (), tuple(plates))


def _thick(
    frame: Frame,
    height_m: tuple[float, float],
    cable_m: tuple[float, float],
    rng: np.random.Generator,
) -> float:
    """Thickness of a cable in pixels, from the height of the frame in metres."""
    return frame.height / float(rng.uniform(*height_m)) * float(rng.uniform(*cable_m))


def _maybe(rng: np.random.Generator) -> int:
    return int(rng.choice([0, 3, 4], p=[0.5, 0.25, 0.25]))


def _place(point: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Place:
    return float(point[0]), float(point[1])
