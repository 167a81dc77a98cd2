"""Stays of real clips under generated noise: what our parking rule and two peers raise.

    python -m benchmarks.events.parking [--levels none,mild,medium,hard] [--rates 1,2,5,10,25]
        [--seeds N] [--first-seed N] [--clips NAME,...] [--jobs N] [--no-peers] [--list LEVEL]
        [--out FILE]

Zones and stays are real (18 clips, 27 stays of 15 s and more); the boxes are generated from them:
vehicles drive in, stay as the truth says and drive off, others pass through the zone, queue in it
at a red light or hide the standing ones, and a detector with the faults of
`benchmarks.events.noise` sees them.

A scene is made once per seed and looked at with each frame rate, by our rule and by the peers in
the same run. The limit is 10 s; stays and observations under 15 s are left out; a pair counts
with an IoU of 0.5 of the boxes and starts within 10 s. A clip lasts until its last stay plus 60 s,
one without stays 300 s (not the longer of the two). `--list` prints what our rule missed and
raised in vain, for work on it.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.events.clips import Clip, read_clips
from benchmarks.events.contest import CONTESTANTS, OURS, Case, Outcome, outcomes
from benchmarks.events.matching import Tally, figures
from benchmarks.events.noise import LEVELS
from benchmarks.events.sampling import looks_at
from benchmarks.events.scene import make_scene
from benchmarks.events.tracking import tracker_version
from benchmarks.machine import describe_machine, write_result
from benchmarks.pictures import SHARED

CLIPS = SHARED / "data" / "parking_events"
RESULTS = Path(__file__).parents[1] / "results" / "events" / "parking.json"
WIDE = 150
RATES = (1, 2, 5, 10, 25)


def main(argv: Sequence[str] | None = None) -> None:
    """The command."""
    args = _arguments(argv)
    if not CLIPS.is_dir():
        raise SystemExit(f"no clips at {CLIPS}: lay the shared material beside the checkout")
    chosen = set(args.clips.split(",")) if args.clips else None
    clips = [clip for clip in read_clips(CLIPS) if chosen is None or clip.name in chosen]
    levels = args.levels.split(",")
    rates = tuple(int(rate) for rate in args.rates.split(","))
    seeds = range(args.first_seed, args.first_seed + args.seeds)
    work = [(clip, level, seed) for clip in clips for level in levels for seed in seeds]
    # The longest first, so that no process ends long after the other.
    work.sort(key=lambda item: -item[0].length_s)
    found = list(_all(work, rates, args.jobs, not args.no_peers))
    console = Console(width=WIDE)
    for level in levels:
        console.print(_table(level, rates, [it for it in found if it.case.level == level]))
    for row in rate_differences(found, OURS):
        console.print(f"differs between rates: {row}")
    for outcome in found:
        if outcome.case.level == args.list and outcome.contestant == OURS:
            _tell(console, outcome, clips)
    if args.out is not None:
        write_result(args.out, _result(found, clips, levels, rates, seeds))


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--levels", default=",".join(LEVELS))
    parser.add_argument("--rates", default=",".join(map(str, RATES)), help="looks a second")
    parser.add_argument("--seeds", type=int, default=3, help="how many scenes of each clip")
    parser.add_argument(
        "--first-seed",
        type=int,
        default=100,
        help="below 100: for work on the rule, not for figures",
    )
    parser.add_argument("--clips", help="names; all without")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--list", metavar="LEVEL", help="print each of our misses and false ones")
    parser.add_argument("--out", type=Path, help=f"keep the result, usually {RESULTS.name}")
    return parser.parse_args(argv)


def _all(
    work: Sequence[tuple[Clip, str, int]], rates: tuple[int, ...], jobs: int, peers: bool
) -> Iterable[Outcome]:
    one = partial(run_scene, rates=rates, peers=peers)
    if jobs == 1:
        for item in work:
            yield from one(item)
        return
    with ProcessPoolExecutor(jobs) as pool:
        for found in pool.map(one, work):
            yield from found


def run_scene(item: tuple[Clip, str, int], *, rates: tuple[int, ...], peers: bool) -> list[Outcome]:
    """One scene at all rates."""
    clip, level, seed = item
    scene = make_scene(clip, LEVELS[level], seed)
    found = []
    for rate in rates:
        samples = list(looks_at(scene, rate))
        found += outcomes(Case(clip.name, level, seed, rate), scene, samples, peers)
    return found


def _total(found: Iterable[Outcome]) -> Tally:
    return sum((outcome.tally for outcome in found), Tally())


def _blame(found: Iterable[Outcome]) -> Counter[str]:
    return sum((outcome.false_on for outcome in found), Counter())


def _table(level: str, rates: tuple[int, ...], found: list[Outcome]) -> Table:
    table = Table(title=f"noise {level}")
    heads = (
        "rule",
        "looks/s",
        "P",
        "R",
        "F1",
        "obs/stay",
        "start s",
        "end s",
        "time IoU",
        "withdrawn",
        "false ones lie on",
    )
    for head in heads:
        table.add_column(head, justify="left" if head in (heads[0], heads[-1]) else "right")
    for who in CONTESTANTS:
        for rate in rates:
            own = [it for it in found if it.contestant == who and it.case.looks_per_s == rate]
            if own:
                causes = ", ".join(f"{part} {n}" for part, n in _blame(own).most_common())
                withdrawn = str(sum(it.withdrawn for it in own))
                table.add_row(who, str(rate), *_cells(figures(_total(own))), withdrawn, causes)
    return table


def _row(found: list[Outcome]) -> dict[str, object]:
    row = {**figures(_total(found)), "false_lie_on": dict(_blame(found))}
    after_s = [it for outcome in found for it in outcome.shown_after_s]
    if after_s:
        row["shown_after_s_median"] = round(median(after_s), 2)
        row["shown_and_withdrawn"] = sum(outcome.withdrawn for outcome in found)
    return row


def _cells(row: dict[str, object]) -> list[str]:
    names = ("precision", "recall", "f1", "observations_per_matched_stay")
    errors = [row["start_error_s"], row["end_error_s"]]
    sizes = [str(it["mean_size"]) if isinstance(it, dict) else "-" for it in errors]
    return [*(str(row[name]) for name in names), *sizes, str(row["time_iou"])]


def _tell(console: Console, outcome: Outcome, clips: list[Clip]) -> None:
    case, tally = outcome.case, outcome.tally
    where = f"{case.clip} seed {case.seed} at {case.looks_per_s}/s"
    clip = next(it for it in clips if it.name == case.clip)
    for index in tally.missed:
        console.print(f"missed {where}: {clip.stays[index]}")
    for event in outcome.false:
        console.print(f"false  {where}: {event}")


def rate_differences(found: Sequence[Outcome], who: str) -> list[dict[str, object]]:
    """Scenes in which a contestant's counts differ from one frame rate to another."""
    scenes: dict[tuple[str, str, int], dict[str, tuple[int, int]]] = {}
    for it in found:
        if it.contestant == who:
            key = (it.case.clip, it.case.level, it.case.seed)
            counts = (it.tally.matched, it.tally.seen - it.tally.matched)
            scenes.setdefault(key, {})[str(it.case.looks_per_s)] = counts
    return [
        {"clip": clip, "level": level, "seed": seed, "matched_and_false_by_rate": counts}
        for (clip, level, seed), counts in sorted(scenes.items())
        if len(set(counts.values())) > 1
    ]


def _result(
    found: list[Outcome], clips: list[Clip], levels: list[str], rates: tuple[int, ...], seeds: range
) -> dict[str, object]:
    rows: dict[str, object] = {}
    for level in levels:
        of_level = [it for it in found if it.case.level == level]
        rows[level] = {
            who: {
                str(rate): _row([it for it in own if it.case.looks_per_s == rate]) for rate in rates
            }
            for who in CONTESTANTS
            if (own := [it for it in of_level if it.contestant == who])
        }
    scenes = len(clips) * len(levels) * len(seeds)
    return {
        "machine": describe_machine(),
        "peers": tracker_version(),
        "clips": len(clips),
        "seeds": list(seeds),
        "noise": {level: asdict(LEVELS[level]) for level in levels},
        "by_level_rule_and_looks_per_s": rows,
        "scenes": scenes,
        "scenes_that_differ_between_rates": {
            who: len(rate_differences(found, who)) for who in CONTESTANTS
        },
        "differences_of_ours": rate_differences(found, OURS),
    }


if __name__ == "__main__":
    main()
