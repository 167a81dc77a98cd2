"""The true command with a stop-watch on its stages: `python -m benchmarks.cameras.probe FILE …`.

Everything after FILE goes to `streetwarden`. At each SIGUSR1 the sums since the start are written
to FILE: seconds of processor time of each stage without the stages inside it, of each kind of
thread, how looks were planned, and how old each was when it had been judged.
"""

from __future__ import annotations

import functools
import json
import os
import signal
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from types import FrameType, ModuleType
from typing import ParamSpec, TypeVar

from detector import cli
from detector.evidence.store import EvidenceStore
from detector.footage.live import eye
from detector.footage.live.decoding import LiveDecoder
from detector.footage.live.frozen import FrozenWatch
from detector.footage.live.ring import Ring
from detector.looks import Look
from detector.model.engines import onnxruntime, openvino
from detector.model.letterbox import Easel
from detector.model.mosaic import Mosaic
from detector.pipeline import fixed_view
from detector.pipeline.sights import Prepared
from detector.pipeline.view_rules import ViewRules
from detector.pipeline.watch import post
from detector.pipeline.watch.kept_looks import KeptLooks
from detector.pipeline.watch.post import Sight
from detector.pipeline.watch.proofs import Proofs
from detector.pipeline.watch.telling import Teller
from detector.scene.guard import ViewGuard
from detector.scene.looking import LookPlanner, Plan

P = ParamSpec("P")
R = TypeVar("R")

STAGES: tuple[tuple[str, type | ModuleType, tuple[str, ...]], ...] = (
    ("decode", LiveDecoder, ("next", "alone", "drain")),
    ("copy", eye, ("picture_of",)),
    ("frozen", FrozenWatch, ("see",)),
    ("ring", Ring, ("add",)),
    ("guard", ViewGuard, ("check",)),
    ("gate", LookPlanner, ("plan", "examined")),
    ("prepare", Mosaic, ("cut",)),
    ("prepare", Easel, ("draw",)),
    ("engine", openvino.OpenVinoEngine, ("infer", "blob")),
    ("engine", onnxruntime.OnnxRuntimeEngine, ("infer", "blob")),
    ("appearance", fixed_view, ("appearance_of",)),
    ("rules", ViewRules, ("see", "pause", "ongoing")),
    ("state", ViewRules, ("state",)),
    ("state", ViewGuard, ("state",)),
    ("state", post, ("save_state",)),
    ("evidence", KeptLooks, ("add", "at")),
    ("evidence", Proofs, ("of", "clip")),
    ("evidence", EvidenceStore, ("save_bytes", "save_jpeg")),
    ("telling", Teller, ("tell", "flush")),
)
"""What is timed; a stage inside another is told apart from it."""


class StopWatch:
    """Adds up processor time by stage, and the ages of judged looks, over all threads."""

    def __init__(self) -> None:
        self.stages_s: dict[str, float] = defaultdict(float)
        self.lags_s: list[float] = []
        self.plans: Counter[str] = Counter()
        self._taken_at: dict[tuple[int, float], float] = {}
        self._inner = threading.local()

    def timed(self, stage: str, call: Callable[P, R]) -> Callable[P, R]:
        """The same call, its processor time counted to a stage."""

        @functools.wraps(call)
        def timed(*args: P.args, **kwargs: P.kwargs) -> R:
            outer_s = getattr(self._inner, "inside_s", 0.0)
            self._inner.inside_s = 0.0
            started_s = time.thread_time()
            try:
                return call(*args, **kwargs)
            finally:
                taken_s = time.thread_time() - started_s
                self.stages_s[stage] += taken_s - self._inner.inside_s
                self._inner.inside_s = outer_s + taken_s

        return timed

    def prepared(self, prepare: Callable[P, R]) -> Callable[P, R]:
        """A post's `prepare` that notes when the stream says that the picture was taken.

        The time that a look is told with follows another clock, which may be seconds apart.
        """

        @functools.wraps(prepare)
        def prepared(*args: P.args, **kwargs: P.kwargs) -> R:
            answer = prepare(*args, **kwargs)
            post_, look = args
            if isinstance(answer, Sight) and isinstance(look, Look) and look.at is not None:
                self._taken_at[id(post_), answer.prepared.look.t_s] = look.at.timestamp()
            return answer

        return prepared

    def judged(self, judge: Callable[P, R]) -> Callable[P, R]:
        """A post's `judge` that notes how old the look is by then."""

        @functools.wraps(judge)
        def judged(*args: P.args, **kwargs: P.kwargs) -> R:
            answer = judge(*args, **kwargs)
            post_, seen = args[:2]
            taken_at = None
            if isinstance(seen, Prepared):
                taken_at = self._taken_at.pop((id(post_), seen.look.t_s), None)
            if taken_at is not None:
                self.lags_s.append(time.time() - taken_at)
            return answer

        return judged

    def planned(self, plan: Callable[P, R]) -> Callable[P, R]:
        """A planner's `plan` whose plans are counted by kind."""

        @functools.wraps(plan)
        def planned(*args: P.args, **kwargs: P.kwargs) -> R:
            answer = plan(*args, **kwargs)
            if isinstance(answer, Plan):
                self.plans[answer.kind.value] += 1
            return answer

        return planned

    def attach(self) -> None:
        """Put the watch on all stages."""
        for stage, where, names in STAGES:
            for name in names:
                setattr(where, name, self.timed(stage, getattr(where, name)))
        setattr(post.Post, "prepare", self.prepared(post.Post.prepare))  # noqa: B010
        setattr(post.Post, "judge", self.judged(post.Post.judge))  # noqa: B010
        setattr(LookPlanner, "plan", self.planned(LookPlanner.plan))  # noqa: B010

    def read(self) -> dict[str, object]:
        """All sums, in seconds."""
        return {
            "stages_s": dict(self.stages_s),
            "threads_s": threads_s(),
            "plans": dict(self.plans),
            "lags_s": list(self.lags_s),
            "threads": threading.active_count(),
        }


def threads_s() -> dict[str, float]:
    """Processor time of the kinds of threads; those that Python does not know are `native`."""
    sums: dict[str, float] = defaultdict(float)
    for thread in threading.enumerate():
        if thread.ident is not None:
            clock = time.pthread_getcpuclockid(thread.ident)
            kind = thread.name.rstrip("0123456789").rstrip("-_")
            sums[kind] += time.clock_gettime(clock)
    sums["native"] = time.process_time() - sum(sums.values())
    return dict(sums)


def main() -> None:
    """Run the command that follows the file's name."""
    target = Path(sys.argv[1])
    stopwatch = StopWatch()
    stopwatch.attach()

    def write(_number: int, _frame: FrameType | None) -> None:
        unfinished = target.with_suffix(".part")
        unfinished.write_text(json.dumps(stopwatch.read()), encoding="utf-8")
        os.replace(unfinished, target)  # noqa: PTH105

    signal.signal(signal.SIGUSR1, write)
    sys.argv = ["streetwarden", *sys.argv[2:]]
    cli.main()


if __name__ == "__main__":
    main()
