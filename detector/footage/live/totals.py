"""Counts of a stream over all its connections."""

from __future__ import annotations

from dataclasses import dataclass

from detector.footage.live.worker import Worker


@dataclass(frozen=True)
class Totals:
    """What the connections so far came to; see `StreamHealth`."""

    connections: int = 0
    frames: int = 0
    looks: int = 0
    drops: int = 0
    decode_s: float = 0.0

    def plus(self, worker: Worker) -> Totals:
        """With what this connection came to until now."""
        eye, dropped = worker.eye, worker.handoff.dropped
        return Totals(
            connections=self.connections + 1,
            frames=self.frames + worker.pulse.frames,
            looks=self.looks + eye.looks - dropped,
            drops=self.drops + dropped + eye.tally.damaged + eye.passed.count,
            decode_s=self.decode_s + eye.tally.decode_s,
        )
