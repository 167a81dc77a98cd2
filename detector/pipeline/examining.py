"""From the pictures of a source to findings: the model sees, the rules judge."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from detector.footage import Footage, ahead
from detector.looks import Boxes, Look, LookBoxes, Picture
from detector.model import Model
from detector.pipeline.examined import Examined, Found, SeenLook
from detector.pipeline.faults import FaultLog
from detector.pipeline.fixed_view import FixedView
from detector.pipeline.journal import LooksFile
from detector.pipeline.settings import ScanSettings
from detector.pipeline.sights import Prepared
from detector.pipeline.stages import StageTimes
from detector.rules.rulebook import Rulebook

AHEAD_LOOKS = 4


class Examiner(Protocol):
    """Turns the looks of one source into findings."""

    def examine(self, footage: Footage, looks_file: LooksFile) -> Examined:
        """Every look of the source; those that `looks_file` holds are not seen again."""
        ...


@dataclass(frozen=True)
class Sieve:
    """What a look needs: the model with its settings, and who is told after every batch.

    `went_on` is called with the stream seconds reached; it raises to stop the run.
    """

    settings: ScanSettings
    model: Model
    times: StageTimes
    went_on: Callable[[float], None]

    def see(self, pictures: list[Picture]) -> list[Boxes]:
        """What the model finds in these pictures."""
        settings = self.settings
        return self.model.detect_boxes(pictures, settings.min_confidence, settings.slices)


@dataclass(frozen=True)
class MovingExaminer:
    """For footage that no camera file speaks for: its view may move."""

    sieve: Sieve

    def examine(self, footage: Footage, looks_file: LooksFile) -> Examined:
        """See `Examiner`."""
        least = 1 if footage.info.media == "photo" else 2
        rulebook = Rulebook((), fixed_camera=False, least_looks=least)
        examined = Examined()
        for look in self._looks(footage, looks_file):
            started = time.perf_counter()
            examined.looks[look.t_s] = SeenLook(look)
            examined.found += map(Found, rulebook.see(look))
            self.sieve.times.add(rules_s=time.perf_counter() - started)
        examined.found += map(Found, rulebook.finish())
        return examined

    def _looks(self, footage: Footage, looks_file: LooksFile) -> Iterator[LookBoxes]:
        kept = looks_file.read()
        yield from kept
        fresh = footage.looks(self.sieve.settings.every_s, kept[-1].t_s if kept else None)
        for batch in batches(ahead(fresh, AHEAD_LOOKS), self.sieve.settings.batch):
            self.sieve.went_on(batch[-1].t_s)
            seen = self.sieve.see([look.picture for look in batch])
            for look, boxes in zip(batch, seen, strict=True):
                yield looks_file.append(LookBoxes(look.t_s, look.at, look.picture.size, boxes))


@dataclass(frozen=True)
class FixedExaminer:
    """For a camera that stands. A resumed run sees all pictures again, the model only new ones:
    what a place looks like is part of the judgement."""

    sieve: Sieve
    view: FixedView

    def examine(self, footage: Footage, looks_file: LooksFile) -> Examined:
        """See `Examiner`."""
        kept = {look.t_s: look for look in looks_file.read()}
        examined = Examined()
        faults = FaultLog(self.view.camera.id)
        looks = footage.looks(self.sieve.settings.every_s)
        for batch in batches(ahead(looks, AHEAD_LOOKS), self.sieve.settings.batch):
            self.sieve.went_on(batch[-1].t_s)
            prepared = [self.view.prepare(look) for look in batch]
            for it, seen in zip(prepared, self._see(prepared, kept), strict=True):
                started = time.perf_counter()
                self._judge(it, self._boxes(it, seen, kept, looks_file), examined, faults)
                self.sieve.times.add(rules_s=time.perf_counter() - started)
        examined.found += [Found(it.finding, it.fit) for it in self.view.finish()]
        examined.device_problems += [faults.open] if faults.open else []
        return examined

    def _see(self, prepared: list[Prepared], kept: dict[float, LookBoxes]) -> list[list[Boxes]]:
        views = [[] if it.look.t_s in kept else it.views for it in prepared]
        seen = iter(self.sieve.see([picture for own in views for picture in own]))
        return [list(islice(seen, len(own))) for own in views]

    def _boxes(
        self,
        prepared: Prepared,
        seen: list[Boxes],
        kept: dict[float, LookBoxes],
        looks_file: LooksFile,
    ) -> LookBoxes | None:
        known = kept.get(prepared.look.t_s)
        if known is not None:
            return known
        boxes = self.view.boxes(prepared, seen)
        return None if boxes is None else looks_file.append(boxes)

    def _judge(
        self,
        prepared: Prepared,
        boxes: LookBoxes | None,
        examined: Examined,
        faults: FaultLog,
    ) -> None:
        judged = self.view.judge(prepared, boxes)
        look, fit = judged.look, judged.fit
        if look is None or fit is None:
            examined.distrusted += 1
        else:
            examined.looks[look.t_s] = SeenLook(look, fit.zones)
        examined.found += [Found(it.finding, it.fit) for it in judged.over]
        at = prepared.look
        ended = faults.see(at.t_s, at.at, judged.verdict.fault)
        examined.device_problems += [ended] if ended else []


def batches(looks: Iterable[Look], size: int) -> Iterator[list[Look]]:
    """The looks in lists of `size`, the last as long as it is."""
    batch: list[Look] = []
    for look in looks:
        batch.append(look)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
