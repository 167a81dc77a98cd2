"""Where the time of a run goes."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock


@dataclass(slots=True)
class StageTimes:
    """Seconds that the stages of all sources took, summed over threads."""

    decode_s: float = 0.0
    rules_s: float = 0.0
    evidence_s: float = 0.0
    _lock: Lock = field(default_factory=Lock)

    def add(self, *, decode_s: float = 0.0, rules_s: float = 0.0, evidence_s: float = 0.0) -> None:
        """Add the times of one source."""
        with self._lock:
            self.decode_s += decode_s
            self.rules_s += rules_s
            self.evidence_s += evidence_s
