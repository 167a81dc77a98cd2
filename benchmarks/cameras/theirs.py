"""A trial of the peer: OpenCV and Ultralytics on the same streams."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from typing import IO

from benchmarks.cameras.films import ROOT
from benchmarks.cameras.fleets import EVERY_S, Mount
from benchmarks.cameras.trials import Meter, Times, Trial, lags
from detector.model import RELEASED_MODEL
from detector.model.onnx_file import read_onnx
from tests.rtsp import RtspServer

PYTHON = ROOT / ".venv-train" / "bin" / "python"


def peer_missing() -> str | None:
    """Why the peer cannot be measured, None where it can."""
    return None if PYTHON.exists() else "Ultralytics needs the training environment: make train-env"


def try_theirs(cameras: int, served: Sequence[Mount], times: Times) -> Trial:
    """One trial of the peer, with our released network as its model."""
    used = served[:cameras]
    with RtspServer({mount.name: mount.film for mount in used}) as server:
        wanted = {
            "urls": [server.url(used[number % len(used)].name) for number in range(cameras)],
            "model": str(RELEASED_MODEL),
            "input_px": read_onnx(RELEASED_MODEL).card.input_size_px,
            "every_s": EVERY_S,
            "warm_s": times.warm_s,
            "window_s": times.window_s,
        }
        return _run(cameras, wanted, server)


def _run(cameras: int, wanted: dict[str, object], server: RtspServer) -> Trial:
    command = [str(PYTHON), "-m", "benchmarks.cameras.peer", json.dumps(wanted)]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=quiet, cwd=ROOT, text=True
    ) as peer:
        assert peer.stdout is not None
        _expect(peer.stdout, "open")
        _expect(peer.stdout, "warm")
        meter = Meter(server)
        told = json.loads(peer.stdout.readline() or "null")
    if told is None:
        raise RuntimeError("the peer ended before it was done")
    passed_s, loads = meter.end(told["cpu_s"])
    looks = int(told["looks"])
    return Trial(
        cameras=cameras,
        looks_per_s=round(looks / passed_s, 2),
        due_share=round(looks / (cameras * passed_s / EVERY_S), 4),
        dropped_share=0.0,
        lag_s=lags(told["lags_s"]),
        loads=loads,
        cpu_ms=round(1000 * told["cpu_s"] / max(1, looks), 2),
        rss_mb=told["rss_bytes"] >> 20,
    )


def _expect(lines: IO[str], word: str) -> None:
    # Ultralytics writes what it likes to where it likes.
    for line in lines:
        if line.strip() == word:
            return
    raise RuntimeError(f"the peer ended before it was {word}")
