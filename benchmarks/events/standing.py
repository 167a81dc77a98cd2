"""Vehicles that stand: they drive in, stay as the truth says, and drive off; lorries hide them."""

from __future__ import annotations

import numpy as np

from benchmarks.events.actors import Mover, Part, Path
from benchmarks.events.clips import Stay, vehicle
from benchmarks.events.noise import Noise
from benchmarks.events.processes import TICKS_PER_S, moments, ticks
from benchmarks.events.road import Road, Vector, arriving_px, at_feet, moving_px, straight
from detector.geometry.boxes import iou_matrix

FROM_THE_START_S = 7.5
"""The truth begins 3 to 10 s late: who stands so early stood from the first picture on."""

APPROACH_LENGTHS = 5.0
"""A vehicle is seen driving in and off over so many of its lengths, where the picture has room."""

LEAST_APPROACH_LENGTHS = 1.0
"""With less room it appears and vanishes on the spot."""

APPROACH_LENGTHS_PER_S = 2.0
"""About 9 m/s before it brakes."""

BRAKING_LENGTHS = 3.0
"""It brakes over so many of its lengths, about 13 m."""

IN_THE_WAY_IOU = 0.1

LORRY_LENGTHS = (1.8, 2.6)
LORRY_HEIGHTS = (1.5, 2.0)
LORRY_NEARER = (0.15, 0.4)
"""How much lower than the hidden vehicle a lorry reaches, in heights of that vehicle."""

LORRY_SLOW_LENGTHS = 1.0
"""It is slow from so many of its lengths before the vehicle to as many after; else 2 a second."""


def stood_from_s(stay: Stay) -> float:
    """When the vehicle of a stay stops in the scene."""
    return 0.0 if stay.start_s <= FROM_THE_START_S else stay.start_s


def standing(road: Road, stay: Stay, others: list[Stay], rng: np.random.Generator) -> Mover:
    """The vehicle of a stay, from driving in to driving off."""
    box = np.array(stay.box)
    size, foot = box[2:] - box[:2], np.array([(box[0] + box[2]) / 2, box[3]])
    begin, end = stood_from_s(stay), stay.end_s
    around = [it for it in others if it is not stay]
    arriving = [it for it in around if it.start_s <= begin <= it.end_s + 5]
    leaving = [it for it in around if it.start_s <= end + 5 and end <= it.end_s]
    came = (
        _way(road, foot, size, arriving, -1.0, rng) if begin > 0 else at_feet(foot[None], size)[:0]
    )
    came = came[max(0, len(came) - ticks(begin)) :]
    stood = np.repeat(box[None], max(1, ticks(end) - ticks(begin)), axis=0)
    went = _way(road, foot, size, leaving, 1.0, rng)
    path = np.concatenate([came, stood, went])
    return Mover(Part.STAY, stay.class_id, ticks(begin) - len(came), path)


def _way(
    road: Road,
    foot: Vector,
    size: Vector,
    others: list[Stay],
    sense: float,
    rng: np.random.Generator,
) -> Path:
    """The boxes of driving in (`sense` -1) or off (1); none where there is no room for it."""
    boxes = np.array([it.box for it in others]).reshape(-1, 4)
    for along in rng.permutation(np.array([road.along, -road.along])):
        length = road.length_of(size, along)
        room = road.to_border(foot, sense * along, size)
        way = min(room, APPROACH_LENGTHS * length)
        if way < LEAST_APPROACH_LENGTHS * length:
            continue
        coming = arriving_px(way, APPROACH_LENGTHS_PER_S * length, BRAKING_LENGTHS * length)
        path = straight(foot, along, size, coming if sense < 0 else -coming[::-1])
        if iou_matrix(path, boxes).max(initial=0) < IN_THE_WAY_IOU:
            return path
    return at_feet(foot[None], size)[:0]


def lorries(road: Road, stay: Stay, noise: Noise, rng: np.random.Generator) -> list[Mover]:
    """The lorries that pass in front of a standing vehicle, each once."""
    begin = ticks(stood_from_s(stay))
    number = ticks(stay.end_s) - begin
    return [
        _lorry(road, stay, begin + int(tick), noise.occluder_s, rng)
        for tick in moments(rng, number, noise.occluders_per_min)
    ]


def _lorry(
    road: Road, stay: Stay, tick: int, own_length_s: float, rng: np.random.Generator
) -> Mover:
    box = np.array(stay.box)
    hidden = box[2:] - box[:2]
    size = hidden * [rng.uniform(*LORRY_LENGTHS), rng.uniform(*LORRY_HEIGHTS)]
    middle = np.array([(box[0] + box[2]) / 2, box[3] + hidden[1] * rng.uniform(*LORRY_NEARER)])
    along = road.along * rng.choice([-1.0, 1.0])
    length = road.length_of(size, along)
    took_s = own_length_s * rng.uniform(0.7, 1.5)
    slow = LORRY_SLOW_LENGTHS * length
    before = max(slow, road.to_border(middle, -along, size))
    after = max(slow, road.to_border(middle, along, size))
    fast_px_s = 2 * road.length_of(hidden, along)
    slow_s = LORRY_SLOW_LENGTHS * took_s
    knots_s = [-slow_s - (before - slow) / fast_px_s, -slow_s, slow_s]
    knots_s.append(slow_s + (after - slow) / fast_px_s + 1 / TICKS_PER_S)
    path = straight(middle, along, size, moving_px(knots_s, [-before, -slow, slow, after]))
    return Mover(Part.OCCLUDER, vehicle("truck"), tick + ticks(knots_s[0]), path)
