"""When a stay is told: as it becomes a violation, while it lasts, and when it is over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from detector.observation import Evidence, EvidenceRole, Observation, State
from detector.pipeline.watch.signer import StreamSigner
from detector.pipeline.watch.state import OpenStay
from detector.rules.finding import Finding

if TYPE_CHECKING:
    from detector.pipeline.view_rules import Asserted


@dataclass(frozen=True, slots=True)
class News:
    """A stay to be told now, `before` being how it was told last."""

    key: UUID
    asserted: Asserted
    before: OpenStay | None

    @property
    def over(self) -> bool:
        """Whether this is the last that is told of it."""
        return self.asserted.finding.state is not State.ONGOING


class Stays:
    """The stays of one camera that were told and are not over.

    One that lasts is told anew after `update_s`; one that the rules no longer know, after
    `patience_s`, is over without its end having been seen.
    """

    def __init__(self, signer: StreamSigner, update_s: float, patience_s: float) -> None:
        self._signer = signer
        self._update_s = update_s
        self._patience_s = patience_s
        self._open: dict[UUID, OpenStay] = {}
        self._known_s: dict[UUID, float] = {}

    def restore(self, stays: Iterable[OpenStay], now_s: float) -> None:
        """Go on with the stays of an earlier run."""
        for stay in stays:
            self._open[stay.key] = stay
            self._known_s[stay.key] = now_s

    @property
    def open(self) -> tuple[OpenStay, ...]:
        """Those that are not over."""
        return tuple(self._open.values())

    def news(
        self, over: Iterable[Asserted], ongoing: Iterable[Asserted], now_s: float
    ) -> Iterator[News]:
        """What must be told at rule time `now_s`."""
        for asserted in over:
            key = self._signer.key_of(asserted.finding)
            yield News(key, asserted, self._open.get(key))
        for asserted in ongoing:
            key = self._signer.key_of(asserted.finding)
            before = self._open.get(key)
            self._known_s[key] = now_s
            if before is None or now_s - before.told_s >= self._update_s:
                yield News(key, asserted, before)

    def orphans(self, now_s: float) -> list[OpenStay]:
        """Stays that the rules lost sight of."""
        return [
            stay
            for key, stay in self._open.items()
            if now_s - self._known_s.get(key, now_s) > self._patience_s
        ]

    def told(self, news: News, observation: Observation, now_s: float) -> None:
        """A stay was told as this observation."""
        if news.over:
            self.close(news.key)
            return
        before = news.before
        self._open[news.key] = OpenStay(
            key=news.key,
            observation=observation,
            told_s=now_s,
            limit_s=before.limit_s if before else _limit_s(news.asserted.finding),
            clip=before.clip if before else None,
            aside=_only_in(before.observation, observation) if before else (),
        )

    def close(self, key: UUID) -> None:
        """A stay is over."""
        self._open.pop(key, None)
        self._known_s.pop(key, None)

    def add_clip(self, key: UUID, clip: Evidence) -> None:
        """A stay's clip is there; its next revision names it."""
        self._open[key] = self._open[key].model_copy(update={"clip": clip})


def _limit_s(finding: Finding) -> float:
    moments = dict(finding.moments)
    return moments.get(EvidenceRole.LIMIT, finding.last).t_s


def _only_in(before: Observation, after: Observation) -> tuple[str, ...]:
    kept = {it.path for it in after.evidence}
    return tuple(it.path for it in before.evidence if it.path not in kept)
