from __future__ import annotations

from dataclasses import replace

from benchmarks.events.blame import NOTHING, cause
from benchmarks.events.contest import OURS, Case, outcome, outcomes
from benchmarks.events.matching import Event, figures
from benchmarks.events.parking import rate_differences
from benchmarks.events.sampling import looks_at
from benchmarks.events.scene import make_scene
from tests.benchmarks.scenes import FROM_THE_START, QUIET, STAY, clip

CASE = Case("street", "none", 0, 2)
AS_IT_WAS = Event(STAY.start_s, STAY.end_s, STAY.box)


def test_our_rule_raises_a_plain_stay_once():
    scene = make_scene(clip(STAY, FROM_THE_START), QUIET, 0)

    (ours,) = outcomes(CASE, scene, list(looks_at(scene, 2)), peers=False)

    row = figures(ours.tally)
    assert (ours.contestant, row["f1"], row["observations_per_matched_stay"]) == (OURS, 1, 1)
    assert ours.withdrawn == 0


def test_a_false_observation_is_told_by_what_it_lies_on():
    scene = make_scene(clip(STAY), replace(QUIET, queues_per_min=0.5), 3)
    queued = next(it.mover for it in scene.actors if it.mover.part == "queue")
    middle = len(queued.path) // 2
    box = tuple(queued.path[middle].tolist())
    at_s = (queued.first + middle) / 50

    assert cause(scene, Event(at_s - 5, at_s + 5, box)) == "queue"
    assert cause(scene, Event(40, 80, STAY.box)) == "stay"
    assert cause(scene, Event(40, 80, (10, 10, 60, 50))) == NOTHING


def test_a_stay_that_was_raised_twice_has_a_false_one_that_lies_on_the_stay():
    scene = make_scene(clip(STAY), QUIET, 0)

    judged = outcome(CASE, scene, "some rule", [AS_IT_WAS, Event(32, 88, STAY.box)])

    assert judged.false_on == {"stay": 1}
    assert judged.false == (Event(32, 88, STAY.box),)


def test_scenes_are_listed_whose_counts_differ_between_rates():
    scene = make_scene(clip(STAY), QUIET, 0)
    slow, fast = CASE, replace(CASE, looks_per_s=25)

    same = [outcome(case, scene, OURS, [AS_IT_WAS]) for case in (slow, fast)]
    differ = [same[0], outcome(fast, scene, OURS, [])]

    assert rate_differences(same, OURS) == []
    (row,) = rate_differences(differ, OURS)
    assert row["matched_and_false_by_rate"] == {"2": (1, 0), "25": (0, 0)}
