"""How a finding is shown on one picture: marked, with its zone, a caption and what stands about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from detector.evidence import Caption, Mark, ZoneOutline, annotate, suspected_mark
from detector.geometry.zone import Zone
from detector.looks import LookBoxes, Pixels
from detector.observation import Evidence, EvidenceRole
from detector.rules.finding import Finding, Sighting
from detector.taxonomy import TAXONOMY

ROLE_ORDER = tuple(EvidenceRole)


def shots_of(finding: Finding) -> Iterator[tuple[EvidenceRole, Sighting]]:
    """The looks whose pictures prove a finding, the best first."""
    yield EvidenceRole.ANNOTATED, finding.best
    yield from finding.moments


def drawn(
    bgr: Pixels,
    look: LookBoxes,
    finding: Finding,
    shot: tuple[EvidenceRole, Sighting],
    zones: Iterable[Zone],
    *,
    source: str,
    lasts: bool = True,
) -> Pixels:
    """A drawn copy of a look's (h, w, 3) BGR picture; `zones` are in its pixels.

    `lasts`: the source is more than one photo, so stream time and dwell mean something.
    """
    role, sighting = shot
    caption = Caption(
        source=source,
        at=sighting.at,
        t_s=sighting.t_s if lasts else None,
        zone=finding.zone,
        dwell_s=sighting.t_s - finding.first.t_s if lasts else None,
        arrival_known=finding.arrival_known,
    )
    marks = [*_others(look, sighting), _main_mark(finding, role, sighting)]
    return annotate(bgr, marks, _outlines(zones, finding.zone), caption)


def in_order(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Each piece once, those of the best look first."""
    once = list({it.path: it for it in evidence}.values())
    best_s = next((it.t_s for it in once if it.role is EvidenceRole.ANNOTATED), None)
    return tuple(sorted(once, key=lambda it: (it.t_s != best_s, ROLE_ORDER.index(it.role), it.t_s)))


def _main_mark(finding: Finding, role: EvidenceRole, sighting: Sighting) -> Mark:
    kind = finding.kind
    if role is EvidenceRole.DEPARTURE:
        label = f"已消失 Gone: {TAXONOMY.kind(kind).zh}"
        return Mark(sighting.box, label, TAXONOMY.colour_of(kind), main=True)
    return suspected_mark(kind, sighting.confidence, sighting.box)


def _others(look: LookBoxes, sighting: Sighting) -> Iterator[Mark]:
    boxes = look.boxes
    for corners, class_id in zip(boxes.xyxy.tolist(), boxes.class_id.tolist(), strict=True):
        x1, y1, x2, y2 = corners
        if (x1, y1, x2, y2) != sighting.box:
            entry = TAXONOMY.classes[class_id]
            yield Mark((x1, y1, x2, y2), entry.zh, entry.colour, main=False)


def _outlines(zones: Iterable[Zone], name: str | None) -> list[ZoneOutline]:
    return [
        ZoneOutline(it.name, [(x, y) for x, y in it.polygon.exterior.coords])
        for it in zones
        if it.name == name
    ]
