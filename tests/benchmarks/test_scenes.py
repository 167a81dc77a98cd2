from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.events.actors import Part
from benchmarks.events.clips import WITHOUT_STAYS_S
from benchmarks.events.noise import LEVELS
from benchmarks.events.processes import TICKS_PER_S, bursts, bursts_of_share, ticks, wandering
from benchmarks.events.sampling import Sample, looks_at
from benchmarks.events.scene import Scene, make_scene
from detector.geometry.boxes import iou_matrix
from tests.benchmarks.scenes import FROM_THE_START, QUIET, STAY, clip


def at(samples: list[Sample], t_s: float) -> Sample:
    return next(sample for sample in samples if sample.look.t_s == pytest.approx(t_s))


def parts(scene: Scene, part: Part) -> int:
    return sum(actor.mover.part is part for actor in scene.actors)


@pytest.mark.parametrize("level", LEVELS)
def test_the_same_scene_is_seen_at_any_rate(level: str):
    scene = make_scene(clip(STAY, FROM_THE_START), LEVELS[level], seed=1)
    often = {round(it.look.t_s, 6): it for it in looks_at(scene, 25)}

    for rate in (1, 5):
        for sample in looks_at(scene, rate):
            same = often[round(sample.look.t_s, 6)]
            assert np.array_equal(sample.look.boxes.xyxy, same.look.boxes.xyxy)
            assert np.array_equal(sample.track, same.track)


def test_a_seed_gives_the_same_scene_again_and_another_seed_another():
    first, again, other = (
        list(looks_at(make_scene(clip(STAY), LEVELS["hard"], seed), 2)) for seed in (1, 1, 2)
    )

    assert all(
        np.array_equal(a.look.boxes.xyxy, b.look.boxes.xyxy)
        for a, b in zip(first, again, strict=True)
    )
    assert any(
        a.look.boxes.xyxy.shape != b.look.boxes.xyxy.shape
        for a, b in zip(first, other, strict=True)
    )


def test_a_rate_that_is_no_whole_step_of_the_scene_is_refused():
    with pytest.raises(ValueError, match="30 looks"):
        next(looks_at(make_scene(clip(STAY), QUIET, 0), 30))


def test_a_vehicle_drives_in_stands_as_the_truth_says_and_drives_off():
    samples = list(looks_at(make_scene(clip(STAY), QUIET, 0), 5))

    def overlap(t_s: float) -> float:
        return float(iou_matrix([STAY.box], at(samples, t_s).look.boxes.xyxy).max(initial=0))

    assert overlap(20) == 0
    assert 0 < overlap(29) < 1
    assert min(overlap(30), overlap(60), overlap(89.8)) == pytest.approx(1)
    assert 0 < overlap(91) < 1
    assert overlap(100) == 0


def test_a_vehicle_whose_stay_begins_at_once_stood_from_the_first_look():
    samples = list(looks_at(make_scene(clip(FROM_THE_START), QUIET, 0), 1))

    assert samples[0].look.boxes.xyxy[0] == pytest.approx(FROM_THE_START.box)


def test_a_clip_lasts_a_minute_longer_than_its_last_stay_or_five_minutes_without_any():
    assert clip(STAY, FROM_THE_START).length_s == 150
    assert clip().length_s == WITHOUT_STAYS_S
    assert len(list(looks_at(make_scene(clip(STAY), QUIET, 0), 1))) == 150


def test_a_queue_stops_in_line_for_its_light_and_leaves_one_after_another():
    noise = replace(QUIET, queues_per_min=0.5)
    scene = make_scene(clip(), noise, seed=3)
    queued = [actor.mover for actor in scene.actors if actor.mover.part is Part.QUEUE]
    stands = [np.flatnonzero((np.diff(it.path, axis=0) == 0).all(axis=1)) for it in queued]

    assert len(queued) >= 2
    for still, mover in zip(stands, queued, strict=True):
        assert 5 <= len(still) / TICKS_PER_S <= 75
        assert (mover.path[still[0]] >= 0).all()
        assert (mover.path[still[0]][2:] <= [640, 480]).all()


def test_a_passing_lorry_hides_the_vehicle_behind_it_for_a_while():
    noise = replace(QUIET, occluders_per_min=6.0)
    scene = make_scene(clip(STAY), noise, seed=1)
    assert parts(scene, Part.OCCLUDER) >= 1
    samples = [it for it in looks_at(scene, 5) if 30 <= it.look.t_s <= 90]

    seen = [
        float(iou_matrix([STAY.box], it.look.boxes.xyxy).max(initial=0)) > 0.9 for it in samples
    ]

    assert 0.5 < np.mean(seen) < 1


@pytest.mark.parametrize(
    ("part", "field"),
    [
        (Part.TRAFFIC, "traffic_per_min"),
        (Part.QUEUE, "queues_per_min"),
        (Part.OCCLUDER, "occluders_per_min"),
        (Part.FALSE, "false_boxes_per_min"),
    ],
)
def test_what_a_level_leaves_out_is_not_in_the_scene(part: Part, field: str):
    noise = replace(LEVELS["hard"], **{field: 0.0})

    seeds = range(4)
    assert not any(parts(make_scene(clip(STAY), noise, seed), part) for seed in seeds)
    assert any(parts(make_scene(clip(STAY), LEVELS["hard"], seed), part) for seed in seeds)


def test_passing_vehicles_do_not_drive_through_a_standing_one():
    noise = replace(QUIET, traffic_per_min=30.0)
    scene = make_scene(clip(STAY), noise, seed=5)
    samples = looks_at(scene, 5)

    # Whoever has the same foot in the picture has the same ground under it.
    same_ground = [
        float(iou_matrix([STAY.box], it.look.boxes.xyxy[1:]).max(initial=0))
        for it in samples
        if 30 <= it.look.t_s <= 90
    ]
    assert max(same_ground) < 0.8


def test_jitter_has_its_size_and_its_correlation():
    values = wandering(np.random.default_rng(0), 200_000, 2, correlation_s=0.4)

    assert values.std(axis=0) == pytest.approx(1, abs=0.03)
    apart = ticks(0.4)
    correlation = np.corrcoef(values[:-apart, 0], values[apart:, 0])[0, 1]
    assert correlation == pytest.approx(np.exp(-1), abs=0.03)


def test_bursts_have_their_rate_and_share():
    rng = np.random.default_rng(0)
    an_hour = ticks(3600)

    rare = bursts(rng, an_hour, per_min=1.0, mean_s=2.0)
    often = bursts_of_share(rng, an_hour, share=0.15, mean_s=0.2)

    begins = np.count_nonzero(np.diff(rare.astype(int)) == 1)
    assert begins == pytest.approx(60, rel=0.3)
    assert often.mean() == pytest.approx(0.15, abs=0.02)
