"""One source from its first look to its signed observations."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Event
from zoneinfo import ZoneInfo

from detector.footage import Footage, FootageFile, ahead, open_footage
from detector.looks import Look, LookBoxes
from detector.model import Model
from detector.observation import ModelVersion, Observation, Source
from detector.pipeline.journal import Journal, LooksFile, SourceResult
from detector.pipeline.locating import Locator
from detector.pipeline.progress import Listener
from detector.pipeline.proving import Prover
from detector.pipeline.settings import ScanSettings
from detector.pipeline.signing import Signer
from detector.pipeline.stages import StageTimes
from detector.rules.finding import Finding
from detector.rules.rulebook import Rulebook
from detector.scene.camera import Camera

AHEAD_LOOKS = 4


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
        stat = file.path.stat()
        camera = self.settings.cameras.camera_for(file)
        timezone = ZoneInfo(camera.timezone) if camera else None
        footage = open_footage(file, timezone=timezone, starts_at=self.settings.starts_at)
        looks_file = self.journal.looks(file.name)
        try:
            looks, findings = self._judge(footage, camera, looks_file)
        finally:
            looks_file.close()
        observations = self._sign(footage, camera, looks, findings)
        self.times.add(decode_s=footage.decode_s)
        return SourceResult(
            name=file.name,
            media=file.media,
            sha256=footage.info.sha256,
            size_bytes=stat.st_size,
            modified_ns=stat.st_mtime_ns,
            media_s=_media_s(footage, looks),
            wall_s=round(time.perf_counter() - started, 3),
            frames_decoded=footage.frames_decoded,
            looks=len(looks),
            decode_s=round(footage.decode_s, 3),
            damaged=footage.damaged,
            observations=tuple(observations),
        )

    def _judge(
        self, footage: Footage, camera: Camera | None, looks_file: LooksFile
    ) -> tuple[dict[float, LookBoxes], list[Finding]]:
        photo = footage.info.media == "photo"
        rulebook: Rulebook | None = None
        looks: dict[float, LookBoxes] = {}
        findings: list[Finding] = []
        for look in self._looks(footage, looks_file):
            started = time.perf_counter()
            if rulebook is None:
                rulebook = Rulebook(
                    camera.zones_for(look.size) if camera else (),
                    fixed_camera=camera is not None,
                    least_looks=1 if photo else 2,
                )
            looks[look.t_s] = look
            findings += rulebook.see(look)
            self.times.add(rules_s=time.perf_counter() - started)
        if rulebook is not None:
            findings += rulebook.finish()
        return looks, findings

    def _looks(self, footage: Footage, looks_file: LooksFile) -> Iterator[LookBoxes]:
        kept = looks_file.read()
        yield from kept
        fresh = footage.looks(self.settings.every_s, kept[-1].t_s if kept else None)
        for batch in _batches(ahead(fresh, AHEAD_LOOKS), self.settings.batch):
            if self.stop.is_set():
                raise StoppedError
            seen = self.model.detect_boxes(
                [look.picture for look in batch],
                self.settings.min_confidence,
                self.settings.slices,
            )
            for look, boxes in zip(batch, seen, strict=True):
                yield looks_file.append(LookBoxes(look.t_s, look.at, look.picture.size, boxes))
            if footage.info.duration_s:
                self.listener.advance(footage.info.name, batch[-1].t_s / footage.info.duration_s)

    def _sign(
        self,
        footage: Footage,
        camera: Camera | None,
        looks: dict[float, LookBoxes],
        findings: list[Finding],
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
        evidence = self.prover.prove(
            footage, camera, looks, {signer.id_of(it): it for it in findings}
        )
        observations = [
            signer.sign(
                it, self.locator.locate(info, camera, it.best.at), evidence[signer.id_of(it)]
            )
            for it in findings
        ]
        self.times.add(evidence_s=time.perf_counter() - started)
        return sorted(observations, key=lambda it: (it.start_s, it.kind, str(it.id)))


def _batches(looks: Iterator[Look], size: int) -> Iterator[list[Look]]:
    batch: list[Look] = []
    for look in looks:
        batch.append(look)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _media_s(footage: Footage, looks: dict[float, LookBoxes]) -> float:
    if footage.info.media == "photo":
        return 0.0
    return round(footage.info.duration_s or max(looks, default=0.0), 3)
