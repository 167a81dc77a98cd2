"""A finding becomes an observation: signed with source, model, position and evidence."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from detector.observation import (
    BoxXyxy,
    Evidence,
    FrameSize,
    ModelVersion,
    Observation,
    Position,
    Source,
    observation_id,
)
from detector.rules.finding import Finding, Sighting


@dataclass(frozen=True, slots=True)
class Signer:
    """Who says it: `origin` is the footage's SHA-256, or what else names the source for good."""

    source: Source
    model: ModelVersion
    origin: str

    def id_of(self, finding: Finding) -> UUID:
        """The id that the same work always gives."""
        return observation_id(
            origin=self.origin,
            model=f"{self.model.name}@{self.model.version}",
            rule=f"{finding.rule.name}@{finding.rule.version}/{finding.zone or ''}",
            kind=finding.kind,
            first_look=finding.first.t_s,
            first_box=clipped(finding.first),
        )

    def sign(
        self,
        finding: Finding,
        position: Position | None,
        evidence: tuple[Evidence, ...],
        view: str | None = None,
    ) -> Observation:
        """The observation that this finding is; `view` is the camera's view that showed it."""
        return Observation(
            id=self.id_of(finding),
            state=finding.state,
            kind=finding.kind,
            sub_kind=finding.sub_kind,
            source=self.source,
            model=self.model,
            rule=finding.rule,
            started_at=finding.first.at,
            ended_at=finding.last.at,
            start_s=finding.first.t_s,
            end_s=finding.last.t_s,
            confidence=round(finding.best.confidence, 4),
            box=clipped(finding.best),
            frame_size=FrameSize(width=finding.best.size.width, height=finding.best.size.height),
            dwell_s=round(finding.dwell_s, 3),
            arrival_known=finding.arrival_known,
            last_clear_at=finding.last_clear_at,
            cleared_at=finding.cleared_at,
            position=position,
            view=view,
            zone=finding.zone,
            evidence=evidence,
            looks=finding.looks,
            track_length_s=round(finding.dwell_s, 3),
        )


def clipped(sighting: Sighting) -> BoxXyxy:
    """The box inside its picture, in hundredths of a pixel."""
    x1, y1, x2, y2 = sighting.box
    width, height = sighting.size
    return (
        round(max(0.0, x1), 2),
        round(max(0.0, y1), 2),
        round(min(float(width), x2), 2),
        round(min(float(height), y2), 2),
    )
