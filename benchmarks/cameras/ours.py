"""`streetwarden watch` as a process, watched while it watches."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from benchmarks.cameras.processes import Usage, usage

PREFIX = "streetwarden_camera_"
LIVE = "state live"
ANSWER_S = 30.0
STOP_S = 20.0


@dataclass(frozen=True)
class Reading:
    """What a watch told at one moment.

    `metrics` are summed over cameras, `lag_s` is what it says of each. `judged_lags_s` are the
    ages of all looks since its start when they had been judged, `plans` how many were planned
    how; other times are sums since then.
    """

    metrics: dict[str, float]
    lag_s: tuple[float, ...]
    plans: dict[str, int]
    stages_s: dict[str, float]
    threads_s: dict[str, float]
    judged_lags_s: tuple[float, ...]
    usage: Usage


class Watching:
    """A running watch."""

    def __init__(
        self, process: subprocess.Popen[bytes], metrics: tuple[str, int], report: Path
    ) -> None:
        self._process = process
        self._metrics = metrics
        self._report = report

    @property
    def pid(self) -> int:
        """Of its process."""
        return self._process.pid

    def read(self) -> Reading:
        """How it is now; RuntimeError where it does not answer."""
        self._report.unlink(missing_ok=True)
        self._process.send_signal(signal.SIGUSR1)
        _wait_for(self._report.exists, "the stop-watch")
        told = json.loads(self._report.read_text(encoding="utf-8"))
        metrics, lags = self._scrape()
        return Reading(
            metrics=metrics,
            lag_s=tuple(lags),
            plans=told["plans"],
            stages_s=told["stages_s"],
            threads_s=told["threads_s"],
            judged_lags_s=tuple(told["lags_s"]),
            usage=usage(self.pid),
        )

    def wait_until_live(self, cameras: int, patience_s: float) -> None:
        """Wait until all cameras send pictures; RuntimeError where they do not."""

        def live() -> bool:
            if self._process.poll() is not None:
                raise RuntimeError("the watch ended")
            try:
                return self._scrape()[0].get(LIVE, 0) >= cameras
            except OSError:
                return False

        _wait_for(live, "all cameras", patience_s, every_s=1.0)

    def _scrape(self) -> tuple[dict[str, float], list[float]]:
        connection = HTTPConnection(*self._metrics, timeout=ANSWER_S)
        try:
            connection.request("GET", "/metrics")
            text = connection.getresponse().read().decode()
        finally:
            connection.close()
        sums: dict[str, float] = defaultdict(float)
        lags: list[float] = []
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                name = sample.name.removeprefix(PREFIX)
                if "state" in sample.labels:
                    name = f"{name} {sample.labels['state']}"
                sums[name] += sample.value
                if name == "lag_seconds":
                    lags.append(sample.value)
        return sums, lags


@contextmanager
def watching(fleet: Path, out: Path) -> Iterator[Watching]:
    """A watch of a fleet file while the block lasts; what it says goes to `watch.log`."""
    out.mkdir(parents=True, exist_ok=True)
    report, metrics = out / "stop-watch.json", ("127.0.0.1", _free_port())
    command = [
        *(sys.executable, "-m", "benchmarks.cameras.probe", str(report)),
        *(
            "watch",
            str(fleet),
            "--out",
            str(out / "watched"),
            "--metrics",
            "{}:{}".format(*metrics),
        ),
    ]
    with (out / "watch.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield Watching(process, metrics, report)
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_for(
    done: Callable[[], bool], what: str, patience_s: float = ANSWER_S, every_s: float = 0.05
) -> None:
    until_s = time.monotonic() + patience_s
    while not done():
        if time.monotonic() > until_s:
            raise RuntimeError(f"{what} did not come within {patience_s:g} s")
        time.sleep(every_s)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
