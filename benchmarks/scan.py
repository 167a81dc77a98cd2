"""`scan` of a 1080p file at one look a second, against cv2.VideoCapture with Ultralytics predict.

Run in the training environment: `.venv-train/bin/python -m benchmarks.scan`. The footage is a
real 1080p clip, repeated to a minute and encoded twice: with a key frame a second, and with so
few that every frame must be decoded.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2

from benchmarks.machine import describe_machine, write_result
from detector.model import load_model
from detector.model.model import Model
from detector.pipeline.locating import Locator
from detector.pipeline.progress import Silent
from detector.pipeline.scan import Scan
from detector.pipeline.settings import ScanSettings

ROOT = Path(__file__).parents[1]
CLIP = ROOT.parent / "shared" / "video" / "park_1080p_no_gps.mp4"
RESULT = ROOT / "benchmarks" / "results" / "scan.json"
CACHE = ROOT / ".cache" / "benchmarks"
RATE = 30
GOALS = {"key frame a second": 4.0, "every frame decoded": 2.5}
GOPS = {"key frame a second": RATE, "every frame decoded": 10 * RATE}


@dataclass(frozen=True, slots=True)
class Round:
    """Wall seconds of one round, ours and the peer's two ways of reading."""

    ours_s: float
    read_s: float
    grab_s: float


def encode(target: Path, gop: int, seconds: int) -> None:
    """Repeat the clip to `seconds`, with a key frame every `gop` pictures."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(CLIP)) as source:
        pictures = [frame.reformat(format="yuv420p") for frame in source.decode(video=0)]
    with av.open(str(target), "w") as container:
        stream = container.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv420p"
        stream.options = {"crf": "26", "g": str(gop), "keyint_min": str(gop), "sc_threshold": "0"}
        for index in range(seconds * RATE):
            frame = pictures[index % len(pictures)]
            frame.pts, frame.time_base = index, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def ours(model: Model, clip: Path) -> tuple[float, dict[str, float], int]:
    """Seconds of a whole scan with its outputs, the share of each stage, and the looks."""
    with tempfile.TemporaryDirectory() as folder:
        settings = ScanSettings(out=Path(folder) / "out", every_s=1.0, jobs=1)
        model.reset_times()
        started = time.perf_counter()
        record = Scan(settings, model, Locator(), Silent()).run([clip])
        wall_s = time.perf_counter() - started
    stages = {
        "decoding": record.stages.decode_s,
        "preparing": model.times.prepare_s,
        "engine": model.times.engine_s,
        "post_processing": model.times.post_s,
        "rules": record.stages.rules_s,
        "evidence": record.stages.evidence_s,
    }
    return wall_s, stages, sum(it.looks for it in record.results)


def peer(predict: Callable[[object], object], clip: Path, *, grab: bool) -> float:
    """Seconds for the same looks with OpenCV and Ultralytics.

    `grab` skips the conversion of pictures that are not looked at; `read`, which most programs
    call, converts them all.
    """
    started = time.perf_counter()
    capture = cv2.VideoCapture(str(clip))
    index = 0
    while True:
        if grab:
            ok = capture.grab()
            picture = capture.retrieve()[1] if ok and index % RATE == 0 else None
        else:
            ok, picture = capture.read()
        if not ok:
            break
        if index % RATE == 0:
            predict(picture)
        index += 1
    capture.release()
    return time.perf_counter() - started


def race(seconds: int, rounds: int) -> dict[str, object]:
    """All rounds for both encodings, alternating ours and the peer's."""
    import ultralytics

    model = load_model()
    yolo = ultralytics.YOLO(str(model.path), task="detect")

    def predict(picture: object) -> object:
        return yolo.predict(picture, imgsz=model.input_size, conf=0.25, verbose=False)

    results: dict[str, object] = {}
    for name, gop in GOPS.items():
        clip = CACHE / f"gop{gop}_{seconds}s.mp4"
        if not clip.exists():
            encode(clip, gop, seconds)
        ours(model, clip)
        peer(predict, clip, grab=True)
        runs: list[Round] = []
        for _ in range(rounds):
            wall_s, stages, looks = ours(model, clip)
            read_s = peer(predict, clip, grab=False)
            runs.append(Round(wall_s, read_s, peer(predict, clip, grab=True)))
        results[name] = _summary(name, runs, stages, looks, seconds)
    return results


def _summary(
    name: str, runs: list[Round], stages: dict[str, float], looks: int, seconds: int
) -> dict[str, object]:
    total = sum(stages.values())
    return {
        "looks": looks,
        "media_s": seconds,
        "ours_s": statistics.median(it.ours_s for it in runs),
        "peer_read_s": statistics.median(it.read_s for it in runs),
        "peer_grab_s": statistics.median(it.grab_s for it in runs),
        "times_as_fast_as_read": statistics.median(it.read_s / it.ours_s for it in runs),
        "times_as_fast_as_grab": statistics.median(it.grab_s / it.ours_s for it in runs),
        "goal": GOALS[name],
        "share_of_a_look": {stage: round(s / total, 3) for stage, s in stages.items()},
        "core_ms_a_look": {stage: round(1000 * s / looks, 2) for stage, s in stages.items()},
    }


def main() -> None:
    """Race, print, and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=RESULT)
    arguments = parser.parse_args()
    if not CLIP.exists():
        raise SystemExit(f"{CLIP} is missing: this benchmark needs the shared footage")
    results = race(arguments.seconds, arguments.rounds)
    for name, result in results.items():
        print(name, result)
    write_result(arguments.out, {"machine": describe_machine(), "results": results})


if __name__ == "__main__":
    main()
