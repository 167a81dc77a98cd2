"""The pictures that prove findings, taken from the footage a second time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from detector.errors import SourceError
from detector.evidence import EvidenceStore, crop
from detector.footage import Footage, FootageInfo
from detector.looks import LookBoxes, Pixels
from detector.observation import Evidence, EvidenceRole
from detector.pipeline.examined import SeenLook
from detector.pipeline.picturing import drawn, in_order, shots_of
from detector.rules.finding import Finding, Sighting

CLIP_BEFORE_S = 8.0
CLIP_AFTER_S = 2.0


@dataclass(frozen=True, slots=True)
class _Shot:
    """One picture to take: what it shows of which finding, in which role."""

    id: UUID
    finding: Finding
    role: EvidenceRole
    sighting: Sighting


class Prover:
    """Takes the pictures of a source's findings and stores them under `evidence/`."""

    def __init__(self, out: Path) -> None:
        self._store = EvidenceStore(out)

    def prove(
        self,
        footage: Footage,
        looks: Mapping[float, SeenLook],
        findings: Mapping[UUID, Finding],
    ) -> dict[UUID, tuple[Evidence, ...]]:
        """Evidence of each finding by its id, the best look first.

        `looks` holds all looks by stream time; their other boxes are drawn thinly round about.
        """
        shots: dict[float, list[_Shot]] = defaultdict(list)
        for shot in _shots(findings):
            shots[shot.sighting.t_s].append(shot)
        taken = {id_: self._clips_of(it, id_, footage) for id_, it in findings.items()}
        folder = footage.info.sha256[:16]
        for t_s, picture in footage.pictures_at(sorted(shots)):
            original = self._keep(
                picture.bgr, f"{folder}/{t_s:.3f}.jpg", EvidenceRole.ORIGINAL, looks[t_s].boxes
            )
            for shot in shots[t_s]:
                taken[shot.id] += [
                    original,
                    *self._pictures_of(shot, picture.bgr, looks[t_s], folder, footage.info),
                ]
        return {id_: in_order(taken[id_]) for id_ in findings}

    def _pictures_of(
        self, shot: _Shot, bgr: Pixels, look: SeenLook, folder: str, info: FootageInfo
    ) -> Iterator[Evidence]:
        picture = drawn(
            bgr,
            look.boxes,
            shot.finding,
            (shot.role, shot.sighting),
            look.zones,
            source=info.name,
            lasts=info.media != "photo",
        )
        path = f"{folder}/{shot.id}-{shot.role}.jpg"
        yield self._keep(picture, path, shot.role, look.boxes)
        if shot.role is EvidenceRole.ANNOTATED:
            part = crop(bgr, shot.sighting.box)
            yield self._keep(part, f"{folder}/{shot.id}-crop.jpg", EvidenceRole.CROP, look.boxes)

    def _clips_of(self, finding: Finding, id_: UUID, footage: Footage) -> list[Evidence]:
        """A clip of the moment at which the limit passed, as it was recorded."""
        limit = next((it for role, it in finding.moments if role is EvidenceRole.LIMIT), None)
        if limit is None:
            return []
        content = _clip(footage, limit.t_s)
        if content is None:
            return []
        stored = self._store.save_bytes(content, f"{footage.info.sha256[:16]}/{id_}-clip.mp4")
        return [
            Evidence(
                role=EvidenceRole.CLIP,
                path=stored.path,
                sha256=stored.sha256,
                t_s=limit.t_s,
                at=limit.at,
            )
        ]

    def _keep(self, bgr: Pixels, path: str, role: EvidenceRole, look: LookBoxes) -> Evidence:
        stored = self._store.save_jpeg(bgr, path)
        return Evidence(role=role, path=stored.path, sha256=stored.sha256, t_s=look.t_s, at=look.at)


def _clip(footage: Footage, t_s: float) -> bytes | None:
    """What was recorded about a moment; None where the footage gives none, or is damaged there."""
    try:
        return footage.clip(max(0.0, t_s - CLIP_BEFORE_S), t_s + CLIP_AFTER_S)
    except SourceError:
        return None


def _shots(findings: Mapping[UUID, Finding]) -> Iterator[_Shot]:
    for id_, finding in findings.items():
        for role, sighting in shots_of(finding):
            yield _Shot(id_, finding, role, sighting)
