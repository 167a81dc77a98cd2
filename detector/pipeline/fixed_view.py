"""One fixed camera, look by look: is this the view, where must the model look, what do rules say.

Scan and watch share it. A look is prepared (which needs its picture and nothing else), the model
sees the prepared views, and the look is judged by what the model saw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import BaseModel, ConfigDict

from detector.looks import Boxes, Look, LookBoxes, Pixels
from detector.pipeline.appearance import appearance_of
from detector.pipeline.fit import Fit
from detector.pipeline.sights import ModelInput, Prepared, Sights
from detector.pipeline.view_rules import Asserted, ViewRules
from detector.scene.camera import Camera
from detector.scene.guard import Verdict
from detector.scene.looking import PlanKind


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of a look.

    `look` and `fit` are None where the picture was not trusted; `over` are findings that it
    showed to be over.
    """

    verdict: Verdict
    look: LookBoxes | None
    fit: Fit | None
    over: tuple[Asserted, ...]


class _Saved(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    guard: str
    rules: str


class FixedView:
    """The judge of one camera.

    `prepare` may run in a thread of its own beside the other methods, which are for one thread
    at a time. Looks are judged in the order in which they were prepared; one that is dropped on
    the way is told with `dropped`. `gate` saves looks at pictures in which nothing changed;
    `parts` looks at the zones as crops where the picture is large.
    """

    def __init__(
        self,
        camera: Camera,
        references: Mapping[str, Pixels],
        takes: ModelInput,
        *,
        least_looks: int = 2,
        gate: bool = True,
        parts: bool = True,
    ) -> None:
        self.camera = camera
        self._sights = Sights(camera, references, takes, gate=gate, parts=parts)
        self._rules = ViewRules(camera, least_looks=least_looks)
        self._released = takes.released
        self._last: LookBoxes | None = None

    def prepare(self, look: Look) -> Prepared:
        """What the model must see of a look: `Prepared.views`."""
        return self._sights.prepare(look)

    def dropped(self) -> None:
        """A prepared look will not be judged: what comes next cannot lean on it."""
        self._sights.look_anew()

    def boxes(self, prepared: Prepared, seen: Sequence[Boxes]) -> LookBoxes | None:
        """The boxes of a prepared look, from those of each of its views.

        None where the picture is not trusted, or where it repeats a look that was never judged.
        """
        look, fit, plan, mosaic = prepared.look, prepared.fit, prepared.plan, prepared.mosaic
        if fit is None or plan is None or mosaic is None:
            return None
        if plan.kind is PlanKind.REPEAT:
            last = self._last
            if last is None or last.view != fit.view:
                return None
            held = plan.held(last.boxes)
            return replace(last, t_s=look.t_s, at=look.at, boxes=held, repeated=True)
        return LookBoxes(
            look.t_s,
            look.at,
            look.picture.size,
            mosaic.merge(seen, self._released),
            None if mosaic.whole is not None else mosaic.regions,
            view=fit.view,
            matrix=fit.matrix if fit.moved else None,
        )

    def judge(self, prepared: Prepared, boxes: LookBoxes | None) -> Judged:
        """What the rules say to a look with these boxes, as `boxes` gave them."""
        look, fit = prepared.look, prepared.fit
        if boxes is None or fit is None:
            over = self._rules.pause(look.t_s, look.at)
            return Judged(prepared.verdict, None, None, tuple(over))
        # Recordings of old do not say which view a look shows.
        self._last = boxes if boxes.view is not None else replace(boxes, view=fit.view)
        seen = replace(boxes, appearance=appearance_of(look.picture))
        return Judged(prepared.verdict, boxes, fit, tuple(self._rules.see(seen, fit)))

    def ongoing(self) -> list[Asserted]:
        """Violations that are open now."""
        return self._rules.ongoing()

    def finish(self) -> list[Asserted]:
        """What was still open when the looks ended."""
        return self._rules.finish()

    def moments(self) -> set[float]:
        """Stream seconds of the looks whose pictures may yet be evidence."""
        return self._rules.moments()

    def state(self) -> bytes:
        """What must be remembered over a restart, as JSON."""
        guard = self._sights.guard.state().decode()
        saved = _Saved(guard=guard, rules=self._rules.state().decode())
        return saved.model_dump_json().encode()

    def restore(self, state: bytes) -> None:
        """Go on from a state.

        Raises ValueError when it is no state of these rules, CameraFileError when the camera
        lacks one of its views.
        """
        saved = _Saved.model_validate_json(state)
        self._rules.restore(saved.rules.encode())
        self._sights.guard.restore(saved.guard.encode())
