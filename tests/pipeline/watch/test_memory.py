"""A watch that runs for months does not grow."""

from __future__ import annotations

import gc
import json
import resource
from collections import deque
from dataclasses import replace
from pathlib import Path

import pytest

from detector.looks import LookBoxes
from detector.observation import EvidenceRole, RuleVersion, State
from detector.pipeline.fixed_view import Judged
from detector.pipeline.view_rules import Asserted
from detector.pipeline.watch.health import Rate
from detector.rules.finding import Finding, Sighting
from detector.taxonomy import Kind
from tests.pipeline.watch.scenes import (
    SIZE,
    FakeJudge,
    FakePrepared,
    Listener,
    Stay,
    Street,
    drive,
    post_of,
    shared,
    trusted,
)

LOOKS = 100_000
# A car stands for five minutes in every half hour, so stays begin and end all the time.
STREET = Street(tuple(Stay(60, n * 1800.0 + 300, n * 1800.0 + 600) for n in range(120)), 2.0)


RULE = RuleVersion(name="plain", version="1")


class PlainJudge(FakeJudge):
    """One car at a time, without the rules' own memory."""

    def __init__(self) -> None:
        super().__init__()
        self.first: Sighting | None = None
        self.last: Sighting | None = None

    def judge(self, prepared: FakePrepared, boxes: LookBoxes) -> Judged:
        over: list[Asserted] = []
        if len(boxes.boxes):
            x1, y1, x2, y2 = boxes.boxes.xyxy[0].tolist()
            self.last = Sighting(boxes.t_s, boxes.at, (x1, y1, x2, y2), 0.8, SIZE)
            self.first = self.first or self.last
        else:
            over = [replace_state(it, State.ENDED) for it in self.ongoing()]
            self.first = self.last = None
        return Judged(trusted(), boxes, self.fit, tuple(over))

    def ongoing(self) -> list[Asserted]:
        first, last = self.first, self.last
        if first is None or last is None or last.t_s - first.t_s < 60:
            return []
        return [
            Asserted(
                self.fit,
                Finding(
                    rule=RULE,
                    kind=Kind.ILLEGAL_PARKING,
                    sub_kind="parking.motor.carriageway",
                    zone="kerb",
                    state=State.ONGOING,
                    first=first,
                    best=first,
                    last=last,
                    looks=2,
                    arrival_known=True,
                    last_clear_at=None,
                    moments=((EvidenceRole.ARRIVAL, first), (EvidenceRole.LATEST, last)),
                ),
            )
        ]

    def state(self) -> bytes:
        first = [] if self.first is None else [{"t_s": self.first.t_s, "confidence": 0.8}]
        return json.dumps({"first": first}).encode()


def replace_state(asserted: Asserted, state: State) -> Asserted:
    return replace(asserted, finding=replace(asserted.finding, state=state))


@pytest.mark.slow
def test_a_hundred_thousand_looks_leave_nothing_behind(tmp_path: Path):
    listener = Listener()
    # The test's own memory does not count.
    listener.observations = deque(maxlen=1)
    common = shared(tmp_path, listener, update_s=100.0)
    common = replace(common, make_judge=lambda _: PlainJudge())
    post = post_of(common)
    rate = Rate()

    def watch(numbers: range) -> tuple[int, int]:
        """Objects that are alive after these looks, and the process's bytes."""
        for start in range(numbers.start, numbers.stop, 100):
            drive(post, STREET, range(start, start + 100))
            post.tick()
            rate.see(start * STREET.every_s, post.health().counts.looks)
        gc.collect()
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return len(gc.get_objects()), pages * resource.getpagesize()

    early_objects, early_bytes = watch(range(LOOKS // 10))
    late_objects, late_bytes = watch(range(LOOKS // 10, LOOKS))

    assert post.health().counts.looks == LOOKS
    assert post.health().open_stays == 0
    assert late_objects - early_objects < 2_000
    assert late_bytes - early_bytes < 20_000_000
    assert (tmp_path / ".watch" / "cam" / "state.json").stat().st_size < 200_000
    assert len(list((tmp_path / ".watch" / "cam" / "looks").iterdir())) < 20
