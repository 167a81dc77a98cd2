"""Capacity: how many 1080p cameras at a look each two seconds are held with lag below 4 s.

    python -m benchmarks.cameras [--quick] [--case NAME …] [--out FILE]

`streetwarden watch` runs as a process on real RTSP streams, ever more of them, until looks come
late or are dropped. The stream server runs on the same cores: what it takes is told apart.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.cameras.films import BIT_RATE, KEY_EVERY_LOOK, RATE, SCENES, SPARSE_KEYS, films
from benchmarks.cameras.fleets import EVERY_S, MOUNTS_A_FILM, mounts
from benchmarks.cameras.search import most_held, search
from benchmarks.cameras.theirs import peer_missing, try_theirs
from benchmarks.cameras.trials import (
    LEAST_LOOKS,
    MOST_DROPPED,
    MOST_LAG_S,
    Times,
    Trial,
    try_ours,
)
from benchmarks.machine import describe_machine, write_result
from tests.rtsp import missing

RESULT = Path(__file__).parents[1] / "results" / "cameras.json"
LONG = Times(warm_s=20.0, window_s=40.0)
QUICK = Times(warm_s=8.0, window_s=16.0)
SETTLE_S = 2.0


@dataclass(frozen=True)
class Case:
    """What is looked at, and how; `first` cameras are tried first, `goal` are to be held.

    `looking` is None where the peer does the looking.
    """

    name: str
    what: str
    key_every: int
    looking: dict[str, object] | None
    first: int
    quick: int
    goal: int | None


CASES = (
    Case("examined", "key frames, the zones examined at every look", KEY_EVERY_LOOK,
         {"gate": False}, 36, 8, 51),
    Case("whole", "key frames, the whole picture examined at every look", KEY_EVERY_LOOK,
         {"gate": False, "whole_every_s": 0}, 46, 8, 51),
    Case("gate", "key frames, motion gate and slow full look", KEY_EVERY_LOOK,
         {"gate": True}, 38, 8, 100),
    Case("decoded", "every frame decoded, the zones examined at every look", SPARSE_KEYS,
         {"gate": False}, 9, 4, 15),
    Case("peer", "cv2.VideoCapture and Ultralytics track", KEY_EVERY_LOOK, None, 8, 2, None),
)  # fmt: skip


def main(argv: Sequence[str] | None = None) -> None:
    """Measure, print, and keep the result."""
    parser = argparse.ArgumentParser(prog="benchmarks.cameras", description=__doc__)
    names = [case.name for case in CASES]
    only = "only these; others stay in the file as they are"
    parser.add_argument("--case", action="append", choices=names, help=only)
    parser.add_argument("--quick", action="store_true", help="one small trial for each case")
    parser.add_argument("--trials", type=int, default=5, help="at most so many for each case")
    parser.add_argument("--out", type=Path, help=f"default {RESULT.name}, none with --quick")
    args = parser.parse_args(argv)
    if (reason := missing()) is not None:
        raise SystemExit(reason)
    times, most = (QUICK, 1) if args.quick else (LONG, args.trials)
    results: dict[str, object] = {}
    for case in CASES:
        if args.case and case.name not in args.case:
            continue
        if case.looking is None and (reason := peer_missing()) is not None:
            print(f"{case.name}: not measured, {reason}")
            continue
        results[case.name] = measure(case, times, case.quick if args.quick else case.first, most)
    out = args.out or (None if args.quick else RESULT)
    if out is not None:
        cases = (_kept(out) if args.case else {}) | results
        write_result(out, {"machine": describe_machine(), **conditions(times), "cases": cases})


def _kept(out: Path) -> dict[str, object]:
    """The cases of an earlier run that are not measured anew."""
    if not out.exists():
        return {}
    return dict(json.loads(out.read_text(encoding="utf-8"))["cases"])


def measure(case: Case, times: Times, first: int, most_trials: int) -> dict[str, object]:
    """All trials of a case, and what follows from them."""
    served = mounts(films(case.key_every))
    print(f"{case.name}: {case.what}", flush=True)

    def attempt(cameras: int) -> Trial:
        with tempfile.TemporaryDirectory(prefix="cameras-") as folder:
            if case.looking is None:
                trial = try_theirs(cameras, served, times)
            else:
                trial = try_ours(cameras, served, case.looking, times, Path(folder))
        report(trial)
        time.sleep(SETTLE_S)
        return trial

    trials = search(attempt, first, most_trials)
    held = most_held(trials)
    best = next((it for it in trials if it.cameras == held), None)
    print(f"  held: {held} cameras", flush=True)
    return {
        "what": case.what,
        "goal": case.goal,
        "held": held,
        "held_without_the_server": round(best.without_server, 1) if best else 0,
        "ceiling_by_cost": round((best or trials[0]).ceiling, 1),
        "met": None if case.goal is None else held >= case.goal,
        "trials": [{**asdict(it), "held": it.held} for it in trials],
    }


def report(trial: Trial) -> None:
    """A trial on the terminal."""
    median, high, longest = trial.lag_s
    print(
        f"  {trial.cameras:3d} cameras {'held' if trial.held else 'LOST'}: lag {median:.2f} "
        f"{high:.2f} {longest:.2f} s, {trial.due_share:.0%} of looks, "
        f"{trial.dropped_share:.1%} dropped, {trial.cpu_ms:.1f} ms a look, cores own "
        f"{trial.loads.own:.2f} server {trial.loads.server:.2f} others {trial.loads.others:.2f}, "
        f"{trial.rss_mb} MB, ceiling {trial.ceiling:.0f}"
    )
    if trial.look_ms:
        parts = sorted(trial.look_ms.items(), key=lambda it: -it[1])
        print("      " + ", ".join(f"{stage} {ms:.1f}" for stage, ms in parts), trial.shares)
    print(end="", flush=True)


def conditions(times: Times) -> dict[str, object]:
    """What the figures hold for."""
    return {
        "streams": {
            "picture": "1920x1080 H.264",
            "pictures_per_s": RATE,
            "bits_per_s": BIT_RATE,
            "scenes": {scene.name: "still" if scene.still else "busy" for scene in SCENES},
            "mounts": MOUNTS_A_FILM * len(SCENES),
            "transport": "RTSP over TCP",
        },
        "every_s": EVERY_S,
        "limits": {
            "lag_s": MOST_LAG_S,
            "dropped_share": MOST_DROPPED,
            "due_share": LEAST_LOOKS,
        },
        "warm_s": times.warm_s,
        "window_s": times.window_s,
    }


if __name__ == "__main__":
    main()
