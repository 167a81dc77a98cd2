"""What moves through the zone, what stops there for a red light, and what is not there at all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.events.actors import Mover, Part, Path
from benchmarks.events.clips import vehicle
from benchmarks.events.noise import Noise
from benchmarks.events.processes import TICKS_PER_S, moments, ticks
from benchmarks.events.road import Road, Vector, arriving_px, at_feet, straight
from detector.geometry.boxes import iou_matrix
from detector.geometry.zones import foot_share

TRIES = 20
PASSING_LENGTHS_PER_S = (1.0, 4.0)
"""4 to 18 m/s: from creeping to town speed."""

TRUCKS_SHARE = 0.15
SAME_GROUND_HEIGHTS = 0.25
"""Where bottoms differ by less of the height, two overlapping boxes would stand on one spot."""

QUEUE_VEHICLES = (2, 6)
QUEUE_STOPS_S = (15.0, 60.0)
"""From the first vehicle's stop to the green light."""

QUEUE_SPACING_LENGTHS = (1.15, 1.4)
QUEUE_ARRIVES_S = (1.0, 4.0)
QUEUE_LEAVES_S = (1.0, 2.0)
"""From one vehicle of a queue to the next."""

QUEUE_LENGTHS_PER_S = 2.0
QUEUE_BRAKING_LENGTHS = 3.0
CLEAR_IOU = 0.05
IN_ZONE_SHARE = 0.3


def passing(
    road: Road, noise: Noise, standing: list[Mover], length_s: float, rng: np.random.Generator
) -> list[Mover]:
    """Vehicles that drive through the zone from border to border."""
    found = []
    for tick in moments(rng, ticks(length_s), noise.traffic_per_min):
        tried = (_passing(road, int(tick), rng) for _ in range(TRIES))
        free = next((it for it in tried if not _collides(it, standing)), None)
        found += [free] if free else []
    return found


def _passing(road: Road, tick: int, rng: np.random.Generator) -> Mover:
    size, foot, along = road.some_size(rng), road.some_foot(rng), road.some_way(rng)
    class_id = vehicle("truck" if rng.random() < TRUCKS_SHARE else "car")
    speed = rng.uniform(*PASSING_LENGTHS_PER_S) * road.length_of(size, along)
    before, after = road.to_border(foot, -along, size), road.to_border(foot, along, size)
    number = max(1, ticks((before + after) / speed))
    way = -before + np.arange(number) * speed / TICKS_PER_S
    return Mover(
        Part.TRAFFIC, class_id, tick - ticks(before / speed), straight(foot, along, size, way)
    )


def _collides(mover: Mover, standing: list[Mover]) -> bool:
    return any(_on_one_spot(mover, other) for other in standing)


def _on_one_spot(mover: Mover, other: Mover) -> bool:
    first, end = max(mover.first, other.first), min(mover.end, other.end)
    # Every tenth tick: a fifth of a second.
    steps = np.arange(first, end, 10)
    if not len(steps):
        return False
    mine, theirs = mover.path[steps - mover.first], other.path[steps - other.first]
    meets = (np.minimum(mine[:, 2:], theirs[:, 2:]) > np.maximum(mine[:, :2], theirs[:, :2])).all(1)
    apart = np.abs(mine[:, 3] - theirs[:, 3]) / (theirs[:, 3] - theirs[:, 1])
    return bool((meets & (apart < SAME_GROUND_HEIGHTS)).any())


def queues(
    road: Road, noise: Noise, standing: list[Mover], length_s: float, rng: np.random.Generator
) -> list[Mover]:
    """Queues at a red light, clear of all that stands there meanwhile."""
    found: list[Mover] = []
    for tick in moments(rng, ticks(length_s), noise.queues_per_min):
        for _ in range(TRIES):
            queue = _queue(road, int(tick), rng)
            if _fits(queue, road, standing + found):
                found += queue
                break
    return found


def _queue(road: Road, tick: int, rng: np.random.Generator) -> list[Mover]:
    along = road.along * rng.choice([-1.0, 1.0])
    foot, size = road.some_foot(rng), road.some_size(rng)
    green = tick + ticks(rng.uniform(*QUEUE_STOPS_S))
    stops, leaves = tick, green
    movers = []
    for _ in range(rng.integers(QUEUE_VEHICLES[0], QUEUE_VEHICLES[1] + 1)):
        movers.append(_queued(road, foot, along, size, stops, leaves))
        spacing = rng.uniform(*QUEUE_SPACING_LENGTHS) * road.length_of(size, along)
        foot = foot - along * spacing
        stops += ticks(rng.uniform(*QUEUE_ARRIVES_S))
        leaves += ticks(rng.uniform(*QUEUE_LEAVES_S))
    return movers


def _queued(
    road: Road, foot: Vector, along: Vector, size: Vector, stops: int, leaves: int
) -> Mover:
    length = road.length_of(size, along)
    speed, braking = QUEUE_LENGTHS_PER_S * length, QUEUE_BRAKING_LENGTHS * length
    came = arriving_px(road.to_border(foot, -along, size) + 1, speed, braking)
    went = -arriving_px(road.to_border(foot, along, size) + 1, speed, braking)[::-1]
    way = np.concatenate([came, np.zeros(max(1, leaves - stops)), went])
    return Mover(Part.QUEUE, vehicle("car"), stops - len(came), straight(foot, along, size, way))


def _fits(queue: list[Mover], road: Road, standing: list[Mover]) -> bool:
    """Whether a queue stands in the picture, two of it in the zone, and clear of the others."""
    stopped = np.array([_stopped(it) for it in queue])
    inside = foot_share(stopped, road.polygon) >= IN_ZONE_SHARE
    width, height = road.clip.size
    seen = (stopped[:, :2] >= 0).all() and (stopped[:, 2:] <= [width, height]).all()
    if not seen or inside.sum() < 2:
        return False
    first, end = min(it.first for it in queue), max(it.end for it in queue)
    there = [it for it in standing if it.first < end and first < it.end]
    others = np.array([_stopped(it) for it in there]).reshape(-1, 4)
    return bool(iou_matrix(stopped, others).max(initial=0) < CLEAR_IOU)


def _stopped(mover: Mover) -> NDArray[np.float64]:
    """Where a vehicle that stops once stands: the box that repeats."""
    still = np.flatnonzero((np.diff(mover.path, axis=0) == 0).all(axis=1))
    return np.asarray(mover.path[still[len(still) // 2] if len(still) else -1])


def false_boxes(road: Road, noise: Noise, length_s: float, rng: np.random.Generator) -> list[Mover]:
    """Boxes of nothing, somewhere in the picture, each on one spot for a moment."""
    found = []
    for tick in moments(rng, ticks(length_s), noise.false_boxes_per_min):
        size = road.some_size(rng)
        foot = rng.uniform((0, size[1]), road.clip.size)
        number = max(1, ticks(rng.exponential(noise.false_box_s)))
        path: Path = np.repeat(at_feet(foot[None], size), number, axis=0)
        found.append(Mover(Part.FALSE, vehicle("car"), int(tick), path))
    return found
