"""Fleet files of many cameras: each of a scene with zones, on a mount of the stream server."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from benchmarks.cameras.films import Scene

EVERY_S = 2.0
DWELL_S = 30.0
"""Shorter than in a city, so that stays are told, proved and updated while it is measured."""

MOUNTS_A_FILM = 6
"""Each mount begins its film by itself: key frames of cameras that share none do not coincide."""


@dataclass(frozen=True)
class Mount:
    """A film under its name on the stream server."""

    name: str
    scene: Scene
    film: Path


def mounts(filmed: Sequence[tuple[Scene, Path]], each: int = MOUNTS_A_FILM) -> list[Mount]:
    """All mounts, the films in turn."""
    return [
        Mount(f"{scene.name}-{number}", scene, film)
        for number in range(each)
        for scene, film in filmed
    ]


def write_fleet(
    path: Path,
    cameras: int,
    served: Sequence[Mount],
    url: Callable[[str], str],
    looking: Mapping[str, object],
) -> Path:
    """A fleet file with so many cameras, which take the mounts in turn."""
    entries = [
        {
            "id": f"camera-{number:03d}",
            "name": f"Camera {number}",
            "timezone": "Asia/Shanghai",
            "looking": dict(looking) | {"every_s": EVERY_S},
            "views": [{"name": "main", "zones": _zones(mount.scene)}],
            "stream": {"kind": "rtsp", "address": url(mount.name)},
        }
        for number in range(cameras)
        for mount in [served[number % len(served)]]
    ]
    document = {"networks": ["127.0.0.0/8"], "cameras": entries}
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return path


def _zones(scene: Scene) -> list[dict[str, object]]:
    return [
        {
            "name": f"kerb {number}",
            "kind": "no_parking",
            "dwell_s": DWELL_S,
            "polygon": [list(corner) for corner in kerb],
        }
        for number, kerb in enumerate(scene.zones, start=1)
    ]
