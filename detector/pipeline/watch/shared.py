"""What all cameras of a watch share, and where each has its place in the output folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from detector.device import DeviceProblem
from detector.errors import OutputError
from detector.observation import Frozen, ModelVersion
from detector.pipeline.watch.contracts import Judge, StreamMaker
from detector.pipeline.watch.engine import Waiting
from detector.pipeline.watch.files import ObservationFiles
from detector.pipeline.watch.line_file import LineFile
from detector.pipeline.watch.listening import WatchListener
from detector.pipeline.watch.queue import LookQueue
from detector.scene.fleet import FleetCamera

WORK = ".watch"


class SeenGap(Frozen):
    """A time in which nobody saw what a camera shows."""

    camera_id: str
    from_at: datetime
    until_at: datetime
    reason: str


@dataclass(frozen=True)
class Shared:
    """What a camera's watch is made with; judges and streams may be others in tests."""

    out: Path
    queue: LookQueue[Waiting]
    model: ModelVersion
    make_judge: Callable[[FleetCamera], Judge]
    make_stream: StreamMaker
    listener: WatchListener
    update_s: float

    def folder_of(self, camera_id: str) -> Path:
        """Where the watch remembers a camera."""
        return self.out / WORK / camera_id

    def files_of(self, camera_id: str) -> ObservationFiles:
        """A camera's observations."""
        return ObservationFiles(self.out / "observations" / camera_id)

    def tell_problem(self, problem: DeviceProblem) -> None:
        """A camera's fault begins or is over."""
        self.listener.problem(problem)
        self.note("device_problems.jsonl", problem.camera_id, problem)

    def tell_gap(self, gap: SeenGap) -> None:
        """Nobody saw a camera for a while."""
        self.note("gaps.jsonl", gap.camera_id, gap)

    def note(self, file: str, camera_id: str, entry: Frozen) -> None:
        """Add a line to a file of the whole watch; where that fails it is only told."""
        try:
            LineFile(self.out / file).append(entry)
        except OutputError as error:
            self.listener.warn(camera_id, str(error))
