"""One trial: so many cameras for so long, and whether they were held."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.cameras.fleets import EVERY_S, Mount, write_fleet
from benchmarks.cameras.ours import LIVE, Reading, watching
from benchmarks.cameras.processes import CORES, machine_busy_s
from tests.rtsp import RtspServer

MOST_LAG_S = 4.0
MOST_DROPPED = 0.01
LEAST_LOOKS = 0.97
"""Of the looks that were due: a reader that starves drops none, it has none."""

CONNECT_S = 180.0


@dataclass(frozen=True)
class Times:
    """Seconds to let it settle, and seconds to measure."""

    warm_s: float
    window_s: float


@dataclass(frozen=True)
class Loads:
    """Cores at work within a window: the contestant's, the stream server's, everybody else's."""

    own: float
    server: float
    others: float


@dataclass(frozen=True)
class Trial:
    """What so many cameras came to.

    `lag_s` is the age of looks when they had been judged: median, 95 in 100, longest. `shares`
    are those of the looks by what was examined: whole pictures, parts, nothing (repeat).
    `look_ms` is processor time per look by stage, with what no stage accounts for as "other";
    looks that were dropped cost too, and are spread over those that were not.
    """

    cameras: int
    looks_per_s: float
    due_share: float
    dropped_share: float
    lag_s: tuple[float, float, float]
    loads: Loads
    cpu_ms: float
    rss_mb: int
    shares: dict[str, float] = field(default_factory=dict)
    look_ms: dict[str, float] = field(default_factory=dict)
    thread_ms: dict[str, float] = field(default_factory=dict)
    told: dict[str, float] = field(default_factory=dict)

    @property
    def held(self) -> bool:
        """Whether lag, drops and looks are within the limits."""
        return (
            max(self.lag_s[:2]) < MOST_LAG_S
            and self.dropped_share < MOST_DROPPED
            and self.due_share >= LEAST_LOOKS
        )

    @property
    def ceiling(self) -> float:
        """Cameras that all cores would hold at this cost per look, with nobody beside them."""
        return CORES * EVERY_S / (self.cpu_ms / 1000) if self.cpu_ms else 0.0

    @property
    def without_server(self) -> float:
        """Cameras in proportion, were the stream server on a machine of its own."""
        return self.cameras * CORES / (CORES - self.loads.server)


def lags(values_s: Sequence[float]) -> tuple[float, float, float]:
    """Median, 95 in 100 and the longest; for ever where there was no look."""
    if not len(values_s):
        return (float("inf"),) * 3
    median, high, longest = np.percentile(np.asarray(values_s), (50, 95, 100)).round(3).tolist()
    return median, high, longest


class Meter:
    """Measures the loads of a window from its making on."""

    def __init__(self, server: RtspServer) -> None:
        self._server = server
        self._began_s = time.monotonic()
        self._before_s = server.cpu_s(), machine_busy_s()

    def end(self, own_s: float) -> tuple[float, Loads]:
        """The seconds of the window and its loads; `own_s` is what the contestant used in it."""
        passed_s = time.monotonic() - self._began_s
        server_s = self._server.cpu_s() - self._before_s[0]
        others_s = machine_busy_s() - self._before_s[1] - own_s - server_s
        cores = [round(max(0.0, it) / passed_s, 3) for it in (own_s, server_s, others_s)]
        return passed_s, Loads(*cores)


def try_ours(
    cameras: int, served: Sequence[Mount], looking: dict[str, object], times: Times, folder: Path
) -> Trial:
    """One trial of `streetwarden watch`."""
    used = served[:cameras]
    with RtspServer({mount.name: mount.film for mount in used}) as server:
        folder.mkdir(parents=True, exist_ok=True)
        fleet = write_fleet(folder / "fleet.yaml", cameras, used, server.url, looking)
        with watching(fleet, folder) as watch:
            watch.wait_until_live(cameras, CONNECT_S)
            time.sleep(times.warm_s)
            before = watch.read()
            meter = Meter(server)
            time.sleep(times.window_s)
            after = watch.read()
            passed_s, loads = meter.end(after.usage.cpu_s - before.usage.cpu_s)
    return _trial(cameras, passed_s, loads, before, after)


def _trial(cameras: int, passed_s: float, loads: Loads, before: Reading, after: Reading) -> Trial:
    def grown(name: str) -> float:
        return after.metrics[name] - before.metrics[name]

    ages_s = after.judged_lags_s[len(before.judged_lags_s) :]
    looks, dropped = len(ages_s), grown("looks_dropped_total")
    own_s = after.usage.cpu_s - before.usage.cpu_s
    stages = _per_look(before.stages_s, after.stages_s, looks)
    threads = _per_look(before.threads_s, after.threads_s, looks)
    stages["demux"] = threads.get("live-stream", 0.0) - _inside_reading(stages)
    total_ms = 1000 * own_s / looks if looks else 0.0
    stages["other"] = total_ms - sum(stages.values())
    return Trial(
        cameras=cameras,
        looks_per_s=round(looks / passed_s, 2),
        due_share=round(looks / (cameras * passed_s / EVERY_S), 4),
        dropped_share=round(dropped / max(1.0, looks + dropped), 4),
        lag_s=lags(ages_s),
        loads=loads,
        cpu_ms=round(total_ms, 2),
        rss_mb=after.usage.rss_bytes >> 20,
        shares=_shares(before.plans, after.plans, looks),
        look_ms={stage: round(value, 2) for stage, value in sorted(stages.items())},
        thread_ms={kind: round(value, 2) for kind, value in sorted(threads.items())},
        told={
            "lag_median_s": lags(after.lag_s)[0],
            "live": after.metrics.get(LIVE, 0.0),
            "open_stays": after.metrics["open_stays"],
            "reconnects": after.metrics["reconnects_total"],
            "open_files": after.usage.open_files,
            "threads": after.usage.threads,
        },
    )


def _shares(before: dict[str, int], after: dict[str, int], looks: int) -> dict[str, float]:
    """Of the looks, how many were planned how; the rest was not trusted."""
    return {
        kind: round((count - before.get(kind, 0)) / max(1, looks), 3)
        for kind, count in sorted(after.items())
    }


def _inside_reading(stages: dict[str, float]) -> float:
    return sum(stages.get(stage, 0.0) for stage in ("decode", "copy", "frozen", "ring"))


def _per_look(before: dict[str, float], after: dict[str, float], looks: int) -> dict[str, float]:
    """Milliseconds per look of sums in seconds."""
    return {
        name: 1000 * (value - before.get(name, 0.0)) / max(1, looks)
        for name, value in after.items()
    }
