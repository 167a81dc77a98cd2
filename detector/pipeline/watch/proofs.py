"""The pictures that prove a stay, made from kept looks when the stay is told."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from detector.evidence import EvidenceStore, StoredFile, crop
from detector.footage.clock import later
from detector.observation import Evidence, EvidenceRole, Observation
from detector.pipeline.picturing import drawn, in_order, shots_of
from detector.pipeline.watch.kept_looks import KeptLook, KeptLooks
from detector.pipeline.watch.state import OpenStay
from detector.rules.finding import Sighting

if TYPE_CHECKING:
    from detector.pipeline.view_rules import Asserted


class Proofs:
    """Evidence of one camera's stays, in `evidence/<camera>/<day of the start>/<id>/`."""

    def __init__(self, out: Path, kept: KeptLooks, camera_id: str, name: str) -> None:
        self._out = out
        self._store = EvidenceStore(out)
        self._kept = kept
        self._camera_id = camera_id
        self._name = name

    def of(self, asserted: Asserted, id_: UUID, before: Observation | None) -> tuple[Evidence, ...]:
        """Evidence for the next revision of a stay.

        What the revision `before` has is taken from it; a look that was not kept is left out.
        Raises OutputError where a picture cannot be written.
        """
        known = {it.path: it for it in before.evidence} if before else {}
        folder = self._folder(id_, asserted.finding.first.at)
        pieces: list[Evidence] = []
        for shot in shots_of(asserted.finding):
            paths = list(_paths(folder, shot))
            if all(_stored(path) in known for path in paths):
                pieces += [known[_stored(path)] for path in paths]
            elif (look := self._kept.at(shot[1].t_s)) is not None:
                pieces += self._pictures(asserted, shot, look, paths)
        return in_order(pieces)

    def clip(self, content: bytes, stay: OpenStay) -> Evidence:
        """Store a stay's clip, cut around the time of its limit."""
        observation, limit_s = stay.observation, stay.limit_s
        folder = self._folder(observation.id, observation.started_at)
        stored = self._store.save_bytes(content, f"{folder}/clip-{_ms(limit_s)}.mp4")
        at = later(observation.started_at, limit_s - observation.start_s)
        return Evidence(
            role=EvidenceRole.CLIP, path=stored.path, sha256=stored.sha256, t_s=limit_s, at=at
        )

    def remove(self, paths: Iterable[str]) -> None:
        """Remove evidence that no newer revision names."""
        for path in paths:
            with contextlib.suppress(OSError):
                (self._out / path).unlink(missing_ok=True)

    def _folder(self, id_: UUID, started_at: datetime | None) -> str:
        day = "unknown" if started_at is None else started_at.date().isoformat()
        return f"{self._camera_id}/{day}/{id_}"

    def _pictures(
        self,
        asserted: Asserted,
        shot: tuple[EvidenceRole, Sighting],
        look: KeptLook,
        paths: list[str],
    ) -> Iterator[Evidence]:
        role, sighting = shot
        picture = drawn(
            look.bgr,
            look.boxes,
            asserted.finding,
            shot,
            asserted.fit.zones_of(look.boxes),
            source=self._name,
        )
        yield _piece(EvidenceRole.ORIGINAL, self._store.save_bytes(look.jpeg, paths[0]), sighting)
        yield _piece(role, self._store.save_jpeg(picture, paths[1]), sighting)
        if role is EvidenceRole.ANNOTATED:
            part = crop(look.bgr, sighting.box)
            yield _piece(EvidenceRole.CROP, self._store.save_jpeg(part, paths[2]), sighting)


def _paths(folder: str, shot: tuple[EvidenceRole, Sighting]) -> Iterator[str]:
    """The files of a shot: the look as it was, drawn on, and at the best look the thing alone."""
    role, sighting = shot
    at = _ms(sighting.t_s)
    yield f"{folder}/original-{at}.jpg"
    yield f"{folder}/{role}-{at}.jpg"
    if role is EvidenceRole.ANNOTATED:
        yield f"{folder}/crop-{at}.jpg"


def _stored(path: str) -> str:
    return f"evidence/{path}"


def _ms(t_s: float) -> int:
    return round(t_s * 1000)


def _piece(role: EvidenceRole, stored: StoredFile, sighting: Sighting) -> Evidence:
    return Evidence(
        role=role, path=stored.path, sha256=stored.sha256, t_s=sighting.t_s, at=sighting.at
    )
