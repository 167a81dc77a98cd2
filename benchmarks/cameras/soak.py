"""Many real streams at once for a while: does it keep up, and does it hold on to anything?

python -m benchmarks.cameras.soak [--cameras 16] [--minutes 10] [--out FILE]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.cameras.films import KEY_EVERY_LOOK, films
from benchmarks.cameras.fleets import EVERY_S, mounts, write_fleet
from benchmarks.cameras.ours import LIVE, Reading, Watching, watching
from benchmarks.cameras.trials import CONNECT_S, Meter, lags
from benchmarks.machine import describe_machine, write_result
from tests.rtsp import RtspServer, missing

RESULT = Path(__file__).parents[1] / "results" / "cameras_soak.json"
WARM_S = 60.0
"""By then every camera has its rings and kept looks full."""


def main(argv: Sequence[str] | None = None) -> None:
    """Soak, print, and keep the result."""
    parser = argparse.ArgumentParser(prog="benchmarks.cameras.soak", description=__doc__)
    parser.add_argument("--cameras", type=int, default=16)
    parser.add_argument("--minutes", type=float, default=10.0, help="the first of them to warm up")
    parser.add_argument("--every-minutes", type=float, default=1.0, help="between two readings")
    parser.add_argument("--out", type=Path, default=RESULT)
    args = parser.parse_args(argv)
    if (reason := missing()) is not None:
        raise SystemExit(reason)
    if args.minutes * 60 <= WARM_S:
        parser.error(f"--minutes must be more than {WARM_S / 60:g}")
    result = soak(args.cameras, args.minutes * 60, args.every_minutes * 60)
    write_result(args.out, {"machine": describe_machine(), **result})


def soak(cameras: int, length_s: float, every_s: float) -> dict[str, object]:
    """So many cameras with the usual settings, for so long."""
    served = mounts(films(KEY_EVERY_LOOK))[:cameras]
    with (
        RtspServer({mount.name: mount.film for mount in served}) as server,
        tempfile.TemporaryDirectory(prefix="soak-") as scratch,
    ):
        folder = Path(scratch)
        fleet = write_fleet(folder / "fleet.yaml", cameras, served, server.url, {})
        with watching(fleet, folder) as watch:
            watch.wait_until_live(cameras, CONNECT_S)
            time.sleep(WARM_S)
            meter, readings = Meter(server), [watch.read()]
            for pause_s in pauses(length_s - WARM_S, every_s):
                time.sleep(pause_s)
                readings.append(_told(watch))
            used_s = readings[-1].usage.cpu_s - readings[0].usage.cpu_s
            passed_s, loads = meter.end(used_s)
    return {"cameras": cameras, "loads": asdict(loads), **summary(cameras, passed_s, readings)}


def pauses(length_s: float, every_s: float) -> list[float]:
    """The pauses between readings over a length of time; the last may be a shorter one."""
    whole, rest = divmod(length_s, every_s)
    return [every_s] * int(whole) + ([rest] if rest > 0 else [])


def summary(cameras: int, passed_s: float, readings: Sequence[Reading]) -> dict[str, object]:
    """What changed from the first reading to the last, `passed_s` later."""
    first, last = readings[0], readings[-1]
    ages_s = last.judged_lags_s[len(first.judged_lags_s) :]
    dropped = last.metrics["looks_dropped_total"] - first.metrics["looks_dropped_total"]
    return {
        "seconds": round(passed_s, 1),
        "looks": len(ages_s),
        "due_share": round(len(ages_s) / (cameras * passed_s / EVERY_S), 4),
        "dropped": dropped,
        "lag_s": lags(ages_s),
        "live": last.metrics.get(LIVE, 0.0),
        "reconnects": last.metrics["reconnects_total"],
        "gaps": last.metrics["gaps_total"],
        "open_stays": last.metrics["open_stays"],
        "memory_grew_mb": (last.usage.rss_bytes - first.usage.rss_bytes) / 2**20,
        "readings": [
            {
                "rss_mb": round(it.usage.rss_bytes / 2**20, 1),
                "open_files": it.usage.open_files,
                "threads": it.usage.threads,
            }
            for it in readings
        ],
    }


def _told(watch: Watching) -> Reading:
    reading = watch.read()
    print(
        f"{len(reading.judged_lags_s)} looks, lag {lags(reading.lag_s)[0]:.2f} s, "
        f"{reading.metrics['looks_dropped_total']:.0f} dropped, "
        f"{reading.usage.rss_bytes >> 20} MB, {reading.usage.open_files} files, "
        f"{reading.usage.threads} threads",
        flush=True,
    )
    return reading


if __name__ == "__main__":
    main()
