"""Films that stand for the streams of fixed cameras: real footage as 1080p H.264 at 4 Mbit/s.

The footage is smaller than 1080p, so it is scaled up and given the grain of a sensor, new in each
picture: without it the encoder would have nothing to spend its bits on, and decoding be too cheap.
Half of the films are still scenes, half are busy.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).parents[2]
FOOTAGE = ROOT.parent / "shared" / "video"
CACHE = ROOT / ".cache" / "benchmarks" / "cameras"
WIDTH, HEIGHT, RATE = 1920, 1080, 25
BIT_RATE = 4_000_000
KEY_EVERY_LOOK = 50
"""Pictures from one key frame to the next: two seconds, the time between looks."""

SPARSE_KEYS = 250
GRAIN_LEVELS = 2.5
GRAINS = 8

Plane = NDArray[np.uint8]
Shares = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Scene:
    """A stretch of a clip with zones, whose corners are in shares of the picture.

    `still` says that hardly anything moves in it. `held_s` is how long each picture of a time
    lapse stays, None for a clip in real time.
    """

    name: str
    clip: str
    from_s: float
    length_s: float
    still: bool
    zones: tuple[Shares, ...]
    held_s: float | None = None

    def film(self, key_every: int) -> Path:
        """Where its film with a key frame every so many pictures is kept."""
        return CACHE / f"{self.name}_{key_every}.mp4"


_AISLE: tuple[Shares, ...] = (
    ((0.05, 0.05), (0.40, 0.05), (0.40, 0.25), (0.05, 0.25)),
    ((0.60, 0.70), (0.95, 0.70), (0.95, 0.95), (0.60, 0.95)),
)
_ROAD: tuple[Shares, ...] = (
    ((0.74, 0.42), (0.95, 0.42), (0.97, 0.70), (0.74, 0.70)),
    ((0.08, 0.50), (0.17, 0.48), (0.16, 0.90), (0.06, 0.90)),
)
_BUS_STOP: tuple[Shares, ...] = (
    ((0.53, 0.50), (0.62, 0.50), (0.68, 0.75), (0.57, 0.75)),
    ((0.06, 0.62), (0.32, 0.50), (0.34, 0.58), (0.12, 0.76)),
)
_STREET: tuple[Shares, ...] = (
    ((0.02, 0.72), (0.50, 0.72), (0.50, 0.90), (0.02, 0.90)),
    ((0.30, 0.03), (0.70, 0.03), (0.70, 0.17), (0.30, 0.17)),
)

SCENES = (
    Scene("aisle", "parking_aisle_intel_car_detection.mp4", 0.0, 6.0, True, _AISLE),
    Scene("road", "signalled_road_opendatacam.mp4", 0.0, 16.0, False, _ROAD),
    Scene("bus_stop", "timelapse_busstop_day_ourcamera.mp4", 10.0, 20.0, True, _BUS_STOP, 10.0),
    Scene("street", "free_flow_topdown_opencv4nodejs.mp4", 0.0, 20.0, False, _STREET),
)
"""In the order in which cameras get them: still and busy in turn."""


def films(key_every: int) -> list[tuple[Scene, Path]]:
    """All scenes with their films, made where they are missing."""
    missing = [scene for scene in SCENES if not scene.film(key_every).exists()]
    for scene in missing:
        clip = FOOTAGE / scene.clip
        if not clip.exists():
            raise SystemExit(f"{clip.name} is missing: this benchmark needs the shared footage")
        print(f"encoding {scene.film(key_every).name}", flush=True)
        encode(pictures(scene, clip), scene.film(key_every), key_every)
    return [(scene, scene.film(key_every)) for scene in SCENES]


def pictures(scene: Scene, clip: Path) -> Iterator[Plane]:
    """The pictures of a scene at the films' rate, BGR (h, w, 3) in the clip's size."""
    shown = 0
    with av.open(str(clip)) as container:
        for frame in container.decode(video=0):
            if float(frame.time or 0.0) < scene.from_s:
                continue
            at_s = float(frame.time or 0.0) - scene.from_s
            if scene.held_s is not None:
                at_s = shown / RATE + scene.held_s
            while shown / RATE < min(at_s, scene.length_s) - 1e-6:
                yield np.asarray(frame.to_ndarray(format="bgr24"), dtype=np.uint8)
                shown += 1
            if shown >= round(scene.length_s * RATE):
                return


def encode(source: Iterator[Plane], target: Path, key_every: int) -> None:
    """Encode pictures of any size as a camera would: one reference, no pictures out of order."""
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(".part.mp4")
    grains = grain(np.random.default_rng(4))
    with av.open(str(unfinished), "w") as container:
        stream = container.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.bit_rate = BIT_RATE
        stream.options = {
            "preset": "veryfast",
            "bf": "0",
            "refs": "1",
            "g": str(key_every),
            "keyint_min": str(key_every),
            "sc_threshold": "0",
            "maxrate": str(BIT_RATE * 5 // 4),
            "bufsize": str(BIT_RATE * 2),
        }
        for index, bgr in enumerate(source):
            large = cv2.resize(bgr, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
            grainy = cv2.add(large, grains[index % GRAINS], dtype=cv2.CV_8U)
            frame = av.VideoFrame.from_ndarray(np.asarray(grainy, dtype=np.uint8), format="bgr24")
            frame.pts, frame.time_base = index, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    unfinished.replace(target)


def grain(rng: np.random.Generator) -> list[NDArray[np.int16]]:
    """Pictures (h, w, 3) of noise in grey levels, the same for all three colours."""
    shape = (HEIGHT, WIDTH, 1)
    return [
        np.repeat(rng.normal(0, GRAIN_LEVELS, shape).round().astype(np.int16), 3, axis=2)
        for _ in range(GRAINS)
    ]
