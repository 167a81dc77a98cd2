"""One source from its first look to its signed observations."""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Event
from zoneinfo import ZoneInfo

from detector.footage import Footage, FootageFile, open_footage
from detector.model import Model
from detector.observation import ModelVersion, Observation, Source
from detector.pipeline.examined import Examined, SeenLook
from detector.pipeline.examining import Examiner, FixedExaminer, MovingExaminer, Sieve
from detector.pipeline.fixed_view import FixedView
from detector.pipeline.journal import Journal, SourceResult
from detector.pipeline.locating import Locator
from detector.pipeline.progress import Listener
from detector.pipeline.proving import Prover
from detector.pipeline.settings import ScanSettings
from detector.pipeline.sights import ModelInput
from detector.pipeline.signing import Signer
from detector.pipeline.stages import StageTimes
from detector.scene.camera import Camera


class StoppedError(Exception):
    """The run was asked to stop; what is done is kept."""


@dataclass(frozen=True)
class SourceScanner:
    """Scans sources one at a time; several threads may share it."""

    settings: ScanSettings
    model: Model
    locator: Locator
    journal: Journal
    prover: Prover
    listener: Listener
    stop: Event
    times: StageTimes

    def scan(self, file: FootageFile) -> SourceResult:
        """Everything for one source.

        Raises SourceError when it cannot be read, OutputError when the output cannot be
        written, Stopped when the run was asked to stop.
        """
        started = time.perf_counter()
        stamp = file.stamp()
        camera = self.settings.cameras.camera_for(file)
        timezone = ZoneInfo(camera.timezone) if camera else None
        footage = open_footage(
            file,
            timezone=timezone,
            starts_at=self.settings.starts_at,
            name_time=self.settings.name_time,
        )
        looks_file = self.journal.looks(file.name)
        try:
            examined = self._examiner(file, footage, camera).examine(footage, looks_file)
        finally:
            looks_file.close()
        observations = self._sign(footage, camera, examined)
        self.times.add(decode_s=footage.decode_s)
        return SourceResult(
            name=file.name,
            media=file.media,
            sha256=footage.info.sha256,
            size_bytes=stamp.size_bytes,
            modified_ns=stamp.modified_ns,
            media_s=_media_s(footage, examined.looks),
            wall_s=round(time.perf_counter() - started, 3),
            frames_decoded=footage.frames_decoded,
            looks=len(examined.looks) + examined.distrusted,
            distrusted=examined.distrusted,
            sparse_s=examined.sparse_s(camera),
            decode_s=round(footage.decode_s, 3),
            damaged=footage.damaged,
            observations=tuple(observations),
            device_problems=tuple(examined.device_problems),
        )

    def _examiner(self, file: FootageFile, footage: Footage, camera: Camera | None) -> Examiner:
        def went_on(t_s: float) -> None:
            if self.stop.is_set():
                raise StoppedError
            if footage.info.duration_s:
                self.listener.advance(footage.info.name, t_s / footage.info.duration_s)

        sieve = Sieve(self.settings, self.model, self.times, went_on)
        if camera is None:
            return MovingExaminer(sieve)
        view = FixedView(
            camera,
            self.settings.cameras.references_for(file),
            ModelInput.of(self.model),
            least_looks=1 if file.media == "photo" else 2,
            parts=not self.settings.slices,
        )
        return FixedExaminer(sieve, view)

    def _sign(
        self, footage: Footage, camera: Camera | None, examined: Examined
    ) -> list[Observation]:
        started = time.perf_counter()
        info = footage.info
        source = Source(
            name=info.name,
            sha256=info.sha256,
            camera_id=camera.id if camera else None,
            media=info.media,
        )
        model = ModelVersion(
            name=self.model.path.stem, version=self.model.version, sha256=self.model.sha256
        )
        signer = Signer(source, model, origin=info.sha256)
        findings = {signer.id_of(it.finding): it.finding for it in examined.found}
        evidence = self.prover.prove(footage, examined.looks, findings)
        observations = [
            signer.sign(
                it.finding,
                self.locator.locate(info, camera, it),
                evidence[signer.id_of(it.finding)],
                view=it.fit.view if it.fit else None,
            )
            for it in examined.found
        ]
        self.times.add(evidence_s=time.perf_counter() - started)
        return sorted(observations, key=lambda it: (it.start_s, it.kind, str(it.id)))


def _media_s(footage: Footage, looks: dict[float, SeenLook]) -> float:
    if footage.info.media == "photo":
        return 0.0
    return round(footage.info.duration_s or max(looks, default=0.0), 3)
