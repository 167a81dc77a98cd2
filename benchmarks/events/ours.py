"""Our own rules over looks, as events; one place that knows how a rulebook is made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from benchmarks.events.matching import Event
from detector.geometry.zone import Zone
from detector.looks import LookBoxes
from detector.observation import BoxXyxy
from detector.rules.finding import Finding
from detector.rules.rulebook import Rulebook

GAP_S = 300.0
ASKED_EVERY_S = 1.0
"""A live system asks so often, in stream time, what is a violation now."""

_Key: TypeAlias = tuple[str, str | None, float, BoxXyxy]


@dataclass(frozen=True)
class Raised:
    """What the rules said: `findings` in the end, `withdrawn` how many were shown as going on and
    were no finding in the end, `shown_after_s` from arrival to the moment when each was first
    shown.
    """

    findings: tuple[Finding, ...]
    withdrawn: int
    shown_after_s: tuple[float, ...]

    @property
    def events(self) -> list[Event]:
        """The findings as events."""
        return [as_event(it) for it in self.findings]


def raised(looks: Iterable[LookBoxes], zones: Sequence[Zone], *, gap_s: float = GAP_S) -> Raised:
    """What the rules of a fixed camera say over these looks, those still open included."""
    rules = Rulebook(zones, fixed_camera=True, least_looks=2, gap_s=gap_s)
    found: list[Finding] = []
    shown: dict[_Key, float] = {}
    asked_s = float("-inf")
    for look in looks:
        found += rules.see(look)
        if look.t_s - asked_s >= ASKED_EVERY_S:
            asked_s = look.t_s
            for it in rules.ongoing():
                shown.setdefault(_key(it), look.t_s - it.first.t_s)
    found += rules.finish()
    withdrawn = shown.keys() - {_key(it) for it in found}
    return Raised(tuple(found), len(withdrawn), tuple(shown.values()))


def as_event(finding: Finding) -> Event:
    """A finding as an event: its box is that of the best look, as its observation says."""
    return Event(finding.first.t_s, finding.last.t_s, finding.best.box)


def _key(finding: Finding) -> _Key:
    first = finding.first
    return (finding.kind, finding.zone, first.t_s, first.box)
