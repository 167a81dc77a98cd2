"""Signing what a camera's rules assert: its id comes from the camera and the time of arrival."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from uuid import UUID

from detector.observation import observation_id
from detector.pipeline.signing import Signer, clipped
from detector.rules.finding import Finding


@dataclass(frozen=True, slots=True)
class StreamSigner(Signer):
    """Signs for a stream; `origin` is the camera's id."""

    def id_of(self, finding: Finding) -> UUID:
        """The id that a stay gets when it is first told, and keeps in all its revisions."""
        return _id(finding, self.origin, f"{self.model.name}@{self.model.version}")

    def key_of(self, finding: Finding) -> UUID:
        """What tells a stay from others of the camera, whichever model saw it."""
        return _id(finding, self.origin, "")


def _id(finding: Finding, origin: str, model: str) -> UUID:
    first = finding.first
    return observation_id(
        origin=origin,
        model=model,
        rule=f"{finding.rule.name}@{finding.rule.version}/{finding.zone or ''}",
        kind=finding.kind,
        first_look=first.t_s if first.at is None else first.at.astimezone(UTC),
        first_box=clipped(first),
    )
