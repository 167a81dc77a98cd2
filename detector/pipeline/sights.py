"""What a look shows before the model sees it: the view, and the parts that matter in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from detector.looks import Look, Picture, Pixels, Size
from detector.model import Model
from detector.model.mosaic import Mosaic
from detector.pipeline.fit import Fit, fit_view
from detector.scene.camera import Camera
from detector.scene.guard import Verdict, ViewGuard
from detector.scene.looking import LookPlanner, LookSettings, Plan, PlanKind, regions_of


@dataclass(frozen=True)
class ModelInput:
    """What the model takes: the longer side in pixels, and its only size where it has one.

    `released` (classes,) are its thresholds by class id, None where they are not known: where
    several views saw one thing, a box that reaches its own goes before one that does not.
    """

    longer_px: int
    fixed: Size | None
    released: NDArray[np.float32] | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of(cls, model: Model) -> ModelInput:
        """What a model takes."""
        return cls(model.input_size, model.fixed_input, model.released_floors)


@dataclass(frozen=True)
class Prepared:
    """A look with what the model must see of it; nothing where there is nothing new or no trust.

    `fit`, `plan` and `mosaic` are None where the picture is not trusted.
    """

    look: Look
    verdict: Verdict
    fit: Fit | None = None
    plan: Plan | None = None
    mosaic: Mosaic | None = None

    @property
    def asks(self) -> bool:
        """Whether the model must see it."""
        return self.mosaic is not None and self.plan is not None and not self.repeats

    @property
    def repeats(self) -> bool:
        """Whether nothing changed since the look before, so that what it saw holds."""
        return self.plan is not None and self.plan.kind is PlanKind.REPEAT

    @property
    def views(self) -> list[Picture]:
        """The pictures for the model."""
        return self.mosaic.cut(self.look.picture) if self.mosaic and self.asks else []


@dataclass(frozen=True)
class _Fitted:
    """A fit, and how its pictures are looked at: their zones' parts, or all of them.

    Packing the parts takes tens of milliseconds.
    """

    fit: Fit
    parts: Mosaic
    whole: Mosaic


@dataclass(frozen=True)
class _Looking:
    """What is looked at in the pictures of a view, and the plan when."""

    fitted: _Fitted
    planner: LookPlanner


class Sights:
    """Prepares the looks of one camera; one thread prepares, another may call `look_anew`."""

    def __init__(
        self,
        camera: Camera,
        references: Mapping[str, Pixels],
        takes: ModelInput,
        *,
        gate: bool,
        parts: bool,
    ) -> None:
        self._camera = camera
        self.guard = ViewGuard({view.name: references.get(view.name) for view in camera.views})
        self._takes = takes
        looking = camera.looking
        self._settings = LookSettings(
            whole_every_s=looking.whole_every_s if parts else 0.0,
            still_every_s=looking.still_every_s,
            gate=gate and looking.gate,
        )
        self._fits: dict[str, _Fitted] = {}
        self._looking: _Looking | None = None
        self._anew = False
        self._lock = Lock()

    def prepare(self, look: Look) -> Prepared:
        """What the model must see of a look."""
        verdict = self.guard.check(look.picture, look.t_s)
        if not verdict.trusted or verdict.view is None:
            self.look_anew()
            return Prepared(look, verdict)
        fitted = self._fit(verdict.view, look.picture.size, verdict.matrix)
        looking = self._looking_at(fitted)
        plan = looking.planner.plan(look.t_s, look.picture)
        looking.planner.examined(look.t_s, plan)
        # Small things in the zones must not vanish in the look at the whole picture.
        mosaic = fitted.whole if plan.kind is PlanKind.WHOLE else fitted.parts
        return Prepared(look, verdict, fitted.fit, plan, mosaic)

    def look_anew(self) -> None:
        """What was seen last no longer stands: the next look is a real one, at all of it."""
        with self._lock:
            self._anew = True

    def _fit(self, view: str, size: Size, matrix: NDArray[np.float64]) -> _Fitted:
        known = self._fits.get(view)
        if known is None or not known.fit.serves(size, matrix):
            fit = fit_view(self._camera, view, size, matrix)
            known = self._fits[view] = self._fitted(fit)
        return known

    def _fitted(self, fit: Fit) -> _Fitted:
        regions = regions_of(fit.zones, fit.size, self._takes.longer_px)
        if self._settings.whole_every_s == 0:
            regions = regions[:0]
        parts = Mosaic.of(
            fit.size,
            regions,
            self._takes.longer_px,
            self._takes.fixed,
            most=self._camera.looking.inputs,
            enlarge=self._camera.looking.enlarge,
        )
        return _Fitted(fit, parts, parts.with_whole())

    def _looking_at(self, fitted: _Fitted) -> _Looking:
        """What was seen in another view, or before a nudge, does not hold in this one."""
        with self._lock:
            known = None if self._anew else self._looking
            self._anew = False
        if known is None or known.fitted is not fitted:
            fit = fitted.fit
            planner = LookPlanner.of(fit.zones, fit.size, self._takes.longer_px, self._settings)
            known = self._looking = _Looking(fitted, planner)
        return known
