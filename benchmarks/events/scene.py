"""A scene: all that happens in one clip under one level of noise, made once per seed.

It lives on ticks of a fiftieth of a second; looks at any rate are taken from the same ticks.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from benchmarks.events.actors import Actor, Mover, acted
from benchmarks.events.clips import Clip
from benchmarks.events.noise import Noise
from benchmarks.events.road import Road
from benchmarks.events.standing import lorries, standing
from benchmarks.events.traffic import false_boxes, passing, queues


@dataclass(frozen=True)
class Scene:
    """The actors of a clip."""

    clip: Clip
    actors: tuple[Actor, ...]


def make_scene(clip: Clip, noise: Noise, seed: int) -> Scene:
    """The scene of a clip; the same arguments give the same scene on every machine."""
    rng = np.random.default_rng([seed, zlib.crc32(clip.name.encode())])
    road, length_s = Road.of(clip), clip.length_s
    movers: list[Mover] = [standing(road, it, list(clip.stays), rng) for it in clip.stays]
    queued = queues(road, noise, movers, length_s, rng)
    movers += queued + passing(road, noise, movers + queued, length_s, rng)
    movers += [lorry for it in clip.stays for lorry in lorries(road, it, noise, rng)]
    movers += false_boxes(road, noise, length_s, rng)
    actors = (acted(it, noise, number, rng) for number, it in enumerate(movers, 1))
    return Scene(clip, tuple(actors))
