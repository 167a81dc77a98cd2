"""One scene at one rate: what each contestant raises, on exactly the same looks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from benchmarks.events.blame import blamed
from benchmarks.events.clips import DWELL_S, MOTOR_VEHICLES, Clip
from benchmarks.events.matching import Event, Tally, judge, lasting
from benchmarks.events.ours import raised
from benchmarks.events.peers import PeerRule, PixelStep, TimeInZone
from benchmarks.events.sampling import Sample
from benchmarks.events.scene import Scene
from benchmarks.events.standing import stood_from_s
from benchmarks.events.tracking import byte_track, tracked
from detector.geometry.zones import zone_polygon

OURS = "streetwarden"
TIMER = "timer per id, ByteTrack"
TIMER_GIVEN = "timer per id, ids of the scene"
STEP = "pixel step, ByteTrack"
STEP_GIVEN = "pixel step, ids of the scene"
PEERS = (TIMER, TIMER_GIVEN, STEP, STEP_GIVEN)
CONTESTANTS = (OURS, *PEERS)


@dataclass(frozen=True)
class Case:
    """What tells one run from another."""

    clip: str
    level: str
    seed: int
    looks_per_s: int


@dataclass(frozen=True)
class Outcome:
    """What one contestant made of one case."""

    case: Case
    contestant: str
    tally: Tally
    false_on: Counter[str] = field(default_factory=Counter)
    false: tuple[Event, ...] = ()
    withdrawn: int = 0
    """Shown while it seemed to go on, and taken back; a peer takes nothing back."""
    shown_after_s: tuple[float, ...] = ()


def outcomes(case: Case, scene: Scene, samples: Sequence[Sample], peers: bool) -> list[Outcome]:
    """All contestants on one stream of looks."""
    clip = scene.clip
    ours = raised((sample.look for sample in samples), clip.no_parking())
    events = {OURS: ours.events}
    if peers:
        events |= peer_events(clip, samples, case.looks_per_s)
    found = [outcome(case, scene, who, seen) for who, seen in events.items()]
    found[0] = replace(found[0], withdrawn=ours.withdrawn, shown_after_s=ours.shown_after_s)
    return found


def outcome(case: Case, scene: Scene, contestant: str, events: list[Event]) -> Outcome:
    """What a contestant's events are worth."""
    stays = scene.clip.stays
    truth = [Event(it.start_s, it.end_s, it.box) for it in stays]
    happened = [Event(stood_from_s(it), it.end_s, it.box) for it in stays]
    tally = judge(truth, events, happened)
    long = lasting(events)
    false = tuple(long[index] for index in tally.false)
    return Outcome(case, contestant, tally, blamed(scene, false), false)


def peer_events(clip: Clip, samples: Sequence[Sample], looks_per_s: int) -> dict[str, list[Event]]:
    """What the peers raise, with ByteTrack's ids and with those of the scene."""
    polygon = zone_polygon(clip.zones[0])
    rules: dict[str, PeerRule] = {
        TIMER: TimeInZone(polygon, DWELL_S, MOTOR_VEHICLES),
        TIMER_GIVEN: TimeInZone(polygon, DWELL_S, MOTOR_VEHICLES),
        STEP: PixelStep(polygon, DWELL_S, looks_per_s, MOTOR_VEHICLES),
        STEP_GIVEN: PixelStep(polygon, DWELL_S, looks_per_s, MOTOR_VEHICLES),
    }
    tracker = byte_track(looks_per_s)
    for sample in samples:
        ids = tracked(tracker, sample.look.boxes)
        for who in (TIMER, STEP):
            rules[who].see(sample.look, ids)
        for who in (TIMER_GIVEN, STEP_GIVEN):
            rules[who].see(sample.look, np.asarray(sample.track))
    return {who: rule.events() for who, rule in rules.items()}
