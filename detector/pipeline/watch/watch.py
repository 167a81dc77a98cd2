"""The watch: many cameras, one model, until it is told to stop."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from detector.address import mask_address
from detector.errors import CameraFileError, ModelError
from detector.files import make_folder
from detector.observation import ModelVersion
from detector.pipeline.watch.contracts import Judge, Seer, StreamMaker
from detector.pipeline.watch.engine import Engine, Waiting
from detector.pipeline.watch.health import CameraHealth, absent
from detector.pipeline.watch.listening import Unbroken, WatchListener
from detector.pipeline.watch.lock import LOCK, locked
from detector.pipeline.watch.opening import give_up
from detector.pipeline.watch.queue import LookQueue
from detector.pipeline.watch.reload import FleetFiles, digest_of, plan
from detector.pipeline.watch.shared import WORK, Shared
from detector.pipeline.watch.station import Station
from detector.pipeline.watch.stream_options import options_of
from detector.scene.fleet import Fleet, FleetCamera

TICK_S = 1.0
RELOAD_S = 2.0
RETRY_S = 60.0
STOP_S = 4.0
"""Who sends SIGTERM kills after ten seconds, often sooner."""

ENGINE_STOP_S = 2.5


@dataclass(frozen=True)
class WatchSettings:
    """What a watch is asked to do; `for_s` seconds, None without an end."""

    fleet: Path
    out: Path
    update_s: float = 60.0
    batch: int = 4
    workers: int = 2
    most_waiting: int = 64
    most_each: int = 1
    for_s: float | None = None


@dataclass(frozen=True)
class WatchParts:
    """What the watch works with: the model, the judge of each camera, the streams."""

    model: ModelVersion
    see: Seer
    make_judge: Callable[[FleetCamera], Judge]
    make_stream: StreamMaker
    monotonic: Callable[[], float] = time.monotonic


class Watch:
    """Watches the cameras of a fleet file, and follows the changes of that file."""

    def __init__(self, settings: WatchSettings, parts: WatchParts, listener: WatchListener) -> None:
        self._settings = settings
        self._parts = parts
        self._listener = Unbroken(listener)
        self._files = FleetFiles(settings.fleet)
        self._queue: LookQueue[Waiting] = LookQueue(
            most=settings.most_waiting, most_each=settings.most_each, near=2 * settings.batch
        )
        self._stations: dict[str, Station] = {}
        self._absent: dict[str, CameraHealth] = {}
        self._fleet: Fleet | None = None
        self._retry_s: float | None = None
        self._health: tuple[CameraHealth, ...] = ()
        self._shared = Shared(
            out=settings.out,
            queue=self._queue,
            model=parts.model,
            make_judge=parts.make_judge,
            make_stream=parts.make_stream,
            listener=self._listener,
            update_s=settings.update_s,
        )

    @property
    def health(self) -> tuple[CameraHealth, ...]:
        """How the cameras were at the last tick; for any thread."""
        return self._health

    def run(self, stop: Event) -> None:
        """Watch until `stop` is set, the time is up, or all recordings are over.

        Raises CameraFileError where the fleet file is faulty as a whole or holds no sound
        camera, OutputError where the output folder cannot be used, ModelError where all who
        judge looks are gone.
        """
        make_folder(self._settings.out)
        with locked(self._settings.out / WORK / LOCK):
            fleet = self._files.load()
            if not fleet.cameras:
                raise CameraFileError(_no_camera(self._settings.fleet, fleet))
            engine = Engine(
                self._queue,
                self._parts.see,
                lambda message: self._listener.warn(None, mask_address(message)),
                batch=self._settings.batch,
                workers=self._settings.workers,
            )
            self._listener.begin([camera.id for camera in fleet.cameras])
            engine.start()
            try:
                self._apply(fleet)
                self._give_up_strangers(fleet)
                self._go_on(stop, engine)
            finally:
                self._stop_all(engine)
                self._listener.end()

    def _go_on(self, stop: Event, engine: Engine) -> None:
        began_s = looked_s = self._parts.monotonic()
        idle = 0
        while idle < 2 and not stop.wait(TICK_S):
            if not engine.alive:
                raise ModelError("no look is judged any more: start the watch again")
            now_s = self._parts.monotonic()
            if self._settings.for_s is not None and now_s - began_s >= self._settings.for_s:
                return
            if now_s - looked_s >= RELOAD_S:
                looked_s = now_s
                self._follow_files()
            present = (station.tick() for station in self._stations.values())
            self._health = (*present, *self._absent.values())
            self._listener.show(self._health)
            idle = idle + 1 if self._all_over() else 0

    def _all_over(self) -> bool:
        stations = self._stations.values()
        if self._retry_s is not None:
            return False
        return bool(stations) and all(it.over for it in stations) and not len(self._queue)

    def _follow_files(self) -> None:
        try:
            if self._files.changed():
                self._apply(self._files.load())
            elif self._fleet is not None and self._retry_due():
                self._apply(self._fleet)
        except CameraFileError as error:
            self._listener.warn(None, f"{mask_address(str(error))}\n  all cameras go on as before")

    def _apply(self, fleet: Fleet) -> None:
        """Start, restart and stop cameras so that those of a fleet are watched."""
        first = fleet is not self._fleet
        self._fleet, self._retry_s = fleet, None
        self._absent.clear()
        for line in (*map(str, fleet.faults), *fleet.warnings) if first else ():
            self._listener.warn(None, mask_address(line))
        wanted = {camera.id: digest_of(fleet, camera) for camera in fleet.cameras}
        running = {id_: station.digest for id_, station in self._stations.items()}
        steps = plan(running, fleet, wanted)
        sound = {
            it.id for it in fleet.cameras if it.id in steps.restart and self._usable(it, fleet)
        }
        leaving = [self._stations.pop(id_) for id_ in (*steps.stop, *sound)]
        for station in leaving:
            station.ask_to_stop()
        for station in leaving:
            station.stop(STOP_S)
        for id_ in steps.stop:
            give_up(id_, self._shared)
            self._listener.changed(id_, "removed")
        for camera in fleet.cameras:
            changed = camera.id in sound
            started = camera.id in steps.start or changed
            if started and self._start(camera, wanted[camera.id], fleet):
                self._listener.changed(camera.id, "changed" if changed else "added")

    def _usable(self, camera: FleetCamera, fleet: Fleet) -> bool:
        """Whether a camera's password and pictures are there, before the old one is let go."""
        try:
            options_of(camera, fleet.networks)
            self._shared.make_judge(camera)
        except CameraFileError as error:
            self._put_off(camera, f"{error}\n  it goes on as before")
            return False
        return True

    def _start(self, camera: FleetCamera, digest: str, fleet: Fleet) -> bool:
        try:
            station = Station(camera, digest, fleet.networks, self._shared)
        except CameraFileError as error:
            self._put_off(camera, str(error))
            self._absent[camera.id] = absent(camera, mask_address(str(error)))
            return False
        self._stations[camera.id] = station
        station.start()
        return True

    def _put_off(self, camera: FleetCamera, why: str) -> None:
        self._retry_s = self._parts.monotonic() + RETRY_S
        self._listener.warn(camera.id, mask_address(why))

    def _retry_due(self) -> bool:
        return self._retry_s is not None and self._parts.monotonic() >= self._retry_s

    def _give_up_strangers(self, fleet: Fleet) -> None:
        """Cameras that were removed while nobody watched leave no stay open."""
        known = {camera.id for camera in fleet.cameras} | {fault.id for fault in fleet.faults}
        if None in known:
            return
        for state in (self._settings.out / WORK).glob("*/state.json"):
            if state.parent.name not in known:
                give_up(state.parent.name, self._shared)

    def _stop_all(self, engine: Engine) -> None:
        for station in self._stations.values():
            station.ask_to_stop()
        until_s = time.monotonic() + STOP_S
        if not engine.stop(ENGINE_STOP_S):
            self._listener.warn(None, "a look was still in the model; it is given up")
        for station in self._stations.values():
            station.stop(max(0.05, until_s - time.monotonic()))


def _no_camera(path: Path, fleet: Fleet) -> str:
    faults = "\n".join(f"  {mask_address(str(fault))}" for fault in fleet.faults)
    told = f":\n{faults}" if faults else "; add a camera with its stream"
    return f"{path}: there is no sound camera to watch{told}"
