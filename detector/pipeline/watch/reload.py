"""Noticing that the fleet file, or a file that it names, has changed."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from detector.errors import CameraFileError
from detector.observation import stays_inside
from detector.pipeline.references import reference_files
from detector.scene.fleet import FLEET_FILE, Fleet, FleetCamera, load_fleet
from detector.scene.yaml_file import read_yaml

Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Plan:
    """What a new fleet asks for: cameras to start, to restart and to stop, by id."""

    start: tuple[str, ...]
    restart: tuple[str, ...]
    stop: tuple[str, ...]


class FleetFiles:
    """The fleet file with the files that it names: read again when their content is another."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._named: tuple[Path, ...] = (path,)
        self._stamp: Stamp | None = None
        self._seen: Stamp | None = None
        self._digest: str | None = None

    def load(self) -> Fleet:
        """Read the fleet; CameraFileError where the file as a whole is faulty."""
        self._look()
        fleet = load_fleet(self._path)
        named = tuple(dict.fromkeys((self._path, *_camera_files(self._path), *_pictures(fleet))))
        if named != self._named:
            self._named = named
            self._look()
        return fleet

    def changed(self) -> bool:
        """Whether a file has other content than when it was read last.

        Times and sizes are looked at first, content only where these changed. A change is told
        once, and not before two calls found the same: the file may be half written.
        """
        stamp = _stamp(self._named)
        settled, self._seen = stamp == self._seen, stamp
        if not settled or stamp == self._stamp:
            return False
        self._stamp = stamp
        digest = _digest(self._named)
        known, self._digest = self._digest, digest
        return digest != known

    def _look(self) -> None:
        self._stamp, self._digest = _stamp(self._named), _digest(self._named)


def plan(running: dict[str, str], fleet: Fleet, wanted: dict[str, str]) -> Plan:
    """How to get from the cameras that run to those of a fleet; both by id, with a digest.

    A camera whose entry is faulty now goes on as it was. Where a faulty entry does not tell its
    id, it may be any of those that are missing: all of them go on.
    """
    broken = {fault.id for fault in fleet.faults}
    missing = [id_ for id_ in running if id_ not in wanted and id_ not in broken]
    return Plan(
        start=tuple(id_ for id_ in wanted if id_ not in running),
        restart=tuple(id_ for id_ in wanted if id_ in running and running[id_] != wanted[id_]),
        stop=() if None in broken else tuple(missing),
    )


def digest_of(fleet: Fleet, camera: FleetCamera) -> str:
    """What a camera's watch depends on: its entry, its reference pictures, the networks."""
    total = hashlib.sha256(camera.digest.encode())
    total.update(repr(sorted(map(str, fleet.networks))).encode())
    total.update(_digest(_references(camera)).encode())
    return total.hexdigest()


def _camera_files(path: Path) -> Iterator[Path]:
    """The camera files that a fleet file names, also those that are missing or faulty."""
    document = read_yaml(path, FLEET_FILE)
    entries = document.get("cameras") if isinstance(document, dict) else None
    for entry in entries if isinstance(entries, list) else ():
        name = entry.get("file") if isinstance(entry, dict) else None
        if isinstance(name, str) and stays_inside(name):
            yield path.parent / name


def _pictures(fleet: Fleet) -> Iterator[Path]:
    for camera in fleet.cameras:
        yield from _references(camera)


def _references(camera: FleetCamera) -> tuple[Path, ...]:
    with contextlib.suppress(CameraFileError):
        return tuple(path for _, path in reference_files(camera.camera, camera.folder))
    return ()


def _stamp(paths: Iterable[Path]) -> Stamp:
    found = []
    for path in paths:
        with contextlib.suppress(OSError):
            stat = path.stat()
            found.append((str(path), stat.st_mtime_ns, stat.st_size))
    return tuple(found)


def _digest(paths: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for path in paths:
        with contextlib.suppress(OSError):
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
