"""The pictures that prove findings, taken from the footage a second time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from detector.evidence import (
    Caption,
    EvidenceStore,
    Mark,
    ZoneOutline,
    annotate,
    crop,
    suspected_mark,
)
from detector.footage import Footage, FootageInfo
from detector.looks import LookBoxes, Pixels
from detector.observation import Evidence, EvidenceRole
from detector.rules.finding import Finding, Sighting
from detector.scene.camera import Camera
from detector.taxonomy import TAXONOMY


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
        camera: Camera | None,
        looks: Mapping[float, LookBoxes],
        findings: Mapping[UUID, Finding],
    ) -> dict[UUID, tuple[Evidence, ...]]:
        """Evidence of each finding by its id, the best look first.

        `looks` holds the boxes of all looks by stream time; they are drawn thinly round about.
        """
        shots: dict[float, list[_Shot]] = defaultdict(list)
        for shot in _shots(findings):
            shots[shot.sighting.t_s].append(shot)
        taken: dict[UUID, list[Evidence]] = defaultdict(list)
        folder = footage.info.sha256[:16]
        for t_s, picture in footage.pictures_at(sorted(shots)):
            original = self._keep(
                picture.bgr, f"{folder}/{t_s:.3f}.jpg", EvidenceRole.ORIGINAL, looks[t_s]
            )
            for shot in shots[t_s]:
                taken[shot.id] += [
                    original,
                    *self._pictures_of(shot, picture.bgr, looks[t_s], camera, folder, footage),
                ]
        return {id_: _in_order(taken[id_]) for id_ in findings}

    def _pictures_of(
        self,
        shot: _Shot,
        bgr: Pixels,
        look: LookBoxes,
        camera: Camera | None,
        folder: str,
        footage: Footage,
    ) -> Iterator[Evidence]:
        drawn = annotate(
            bgr,
            [*_others(look, shot), _main_mark(shot)],
            _outlines(camera, look, shot.finding.zone),
            _caption(shot, footage.info),
        )
        path = f"{folder}/{shot.id}-{shot.role}.jpg"
        yield self._keep(drawn, path, shot.role, look)
        if shot.role is EvidenceRole.ANNOTATED:
            part = crop(bgr, shot.sighting.box)
            yield self._keep(part, f"{folder}/{shot.id}-crop.jpg", EvidenceRole.CROP, look)

    def _keep(self, bgr: Pixels, path: str, role: EvidenceRole, look: LookBoxes) -> Evidence:
        stored = self._store.save_jpeg(bgr, path)
        return Evidence(role=role, path=stored.path, sha256=stored.sha256, t_s=look.t_s, at=look.at)


def _shots(findings: Mapping[UUID, Finding]) -> Iterator[_Shot]:
    for id_, finding in findings.items():
        yield _Shot(id_, finding, EvidenceRole.ANNOTATED, finding.best)
        for role, sighting in finding.moments:
            yield _Shot(id_, finding, role, sighting)


ROLE_ORDER = tuple(EvidenceRole)


def _in_order(evidence: list[Evidence]) -> tuple[Evidence, ...]:
    best_s = next(it.t_s for it in evidence if it.role is EvidenceRole.ANNOTATED)
    once = {it.path: it for it in evidence}.values()
    return tuple(sorted(once, key=lambda it: (it.t_s != best_s, ROLE_ORDER.index(it.role), it.t_s)))


def _main_mark(shot: _Shot) -> Mark:
    kind, sighting = shot.finding.kind, shot.sighting
    if shot.role is EvidenceRole.DEPARTURE:
        label = f"已消失 Gone: {TAXONOMY.kind(kind).zh}"
        return Mark(sighting.box, label, TAXONOMY.colour_of(kind), main=True)
    return suspected_mark(kind, sighting.confidence, sighting.box)


def _others(look: LookBoxes, shot: _Shot) -> Iterator[Mark]:
    boxes = look.boxes
    for corners, class_id in zip(boxes.xyxy.tolist(), boxes.class_id.tolist(), strict=True):
        x1, y1, x2, y2 = corners
        if (x1, y1, x2, y2) != shot.sighting.box:
            entry = TAXONOMY.classes[class_id]
            yield Mark((x1, y1, x2, y2), entry.zh, entry.colour, main=False)


def _outlines(camera: Camera | None, look: LookBoxes, zone: str | None) -> list[ZoneOutline]:
    if camera is None:
        return []
    return [
        ZoneOutline(it.name, [(x, y) for x, y in it.polygon.exterior.coords])
        for it in camera.zones_for(look.size)
        if it.name == zone
    ]


def _caption(shot: _Shot, footage: FootageInfo) -> Caption:
    sighting = shot.sighting
    lasts = footage.media != "photo"
    return Caption(
        source=footage.name,
        at=sighting.at,
        t_s=sighting.t_s if lasts else None,
        zone=shot.finding.zone,
        dwell_s=sighting.t_s - shot.finding.first.t_s if lasts else None,
        arrival_known=shot.finding.arrival_known,
    )
