"""What a look shows before the model sees it: the view, and the parts that matter in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from detector.looks import Look, Picture, Pixels, Size
from detector.model.mosaic import Mosaic
from detector.pipeline.fit import Fit, fit_view
from detector.scene.camera import Camera
from detector.scene.guard import Verdict, ViewGuard
from detector.scene.looking import LookPlanner, LookSettings, Plan, PlanKind, regions_of


@dataclass(frozen=True)
class ModelInput:
    """What the model takes: the longer side in pixels, and its only size where it has one."""

    longer_px: int
    fixed: Size | None


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
class _Looking:
    """How the pictures that a fit is for are looked at: their zones' parts, or all of them."""

    fit: Fit
    planner: LookPlanner
    parts: Mosaic
    whole: Mosaic

    @classmethod
    def at(cls, fit: Fit, takes: ModelInput, camera: Camera, settings: LookSettings) -> _Looking:
        planner = LookPlanner.of(fit.zones, fit.size, takes.longer_px, settings)
        regions = regions_of(fit.zones, fit.size, takes.longer_px)
        if settings.whole_every_s == 0:
            regions = regions[:0]
        parts = Mosaic.of(
            fit.size,
            regions,
            takes.longer_px,
            takes.fixed,
            most=camera.looking.inputs,
            enlarge=camera.looking.enlarge,
        )
        return cls(fit, planner, parts, parts.with_whole())


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
        self._fits: dict[str, Fit] = {}
        self._looking: _Looking | None = None
        self._anew = False
        self._lock = Lock()

    def prepare(self, look: Look) -> Prepared:
        """What the model must see of a look."""
        verdict = self.guard.check(look.picture, look.t_s)
        if not verdict.trusted or verdict.view is None:
            self.look_anew()
            return Prepared(look, verdict)
        looking = self._looking_at(self._fit(verdict.view, look.picture.size, verdict.matrix))
        plan = looking.planner.plan(look.t_s, look.picture)
        looking.planner.examined(look.t_s, plan)
        # Small things in the zones must not vanish in the look at the whole picture.
        mosaic = looking.whole if plan.kind is PlanKind.WHOLE else looking.parts
        return Prepared(look, verdict, looking.fit, plan, mosaic)

    def look_anew(self) -> None:
        """What was seen last no longer stands: the next look is a real one, at all of it."""
        with self._lock:
            self._anew = True

    def _fit(self, view: str, size: Size, matrix: NDArray[np.float64]) -> Fit:
        known = self._fits.get(view)
        if known is None or not known.serves(size, matrix):
            known = self._fits[view] = fit_view(self._camera, view, size, matrix)
        return known

    def _looking_at(self, fit: Fit) -> _Looking:
        """What was seen in another view, or before a nudge, does not hold in this one."""
        with self._lock:
            known = None if self._anew else self._looking
            self._anew = False
        if known is None or known.fit is not fit:
            known = self._looking = _Looking.at(fit, self._takes, self._camera, self._settings)
        return known
