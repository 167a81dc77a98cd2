"""The rules of every view of a fixed camera, each with its zones where the picture has them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from pydantic import BaseModel, ConfigDict

from detector.looks import Boxes, LookBoxes, Size
from detector.pipeline.fit import Fit, fit_view
from detector.rules.finding import Finding
from detector.rules.rulebook import Rulebook
from detector.scene.camera import Camera

NOWHERE = np.zeros((0, 4), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Asserted:
    """A finding, and how its view lay in the pictures."""

    fit: Fit
    finding: Finding


@dataclass(slots=True)
class _Ruled:
    rulebook: Rulebook
    fit: Fit


class _SavedView(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    size: tuple[int, int]
    matrix: list[list[float]]
    rules: str


class _Saved(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    views: dict[str, _SavedView]


class ViewRules:
    """Judges the looks of one camera.

    A view that is not looked at keeps its places until the longest gap has passed.
    """

    def __init__(self, camera: Camera, *, least_looks: int) -> None:
        self._camera = camera
        self._least_looks = least_looks
        self._views: dict[str, _Ruled] = {}

    def see(self, look: LookBoxes, fit: Fit) -> list[Asserted]:
        """Judge a look at a view; returns what it showed to be over, in any view."""
        ruled = self._ruled(fit)
        over = [Asserted(fit, finding) for finding in ruled.rulebook.see(look)]
        return over + self._unseen(look.t_s, look.at, fit.view)

    def pause(self, t_s: float, at: datetime | None) -> list[Asserted]:
        """Take in a look that showed nothing to be trusted; what went unseen too long is over."""
        return self._unseen(t_s, at, None)

    def ongoing(self) -> list[Asserted]:
        """Violations that are open now."""
        return [
            Asserted(it.fit, finding)
            for it in self._views.values()
            for finding in it.rulebook.ongoing()
        ]

    def finish(self) -> list[Asserted]:
        """What was still open when the looks ended."""
        return [
            Asserted(it.fit, finding)
            for it in self._views.values()
            for finding in it.rulebook.finish()
        ]

    def moments(self) -> set[float]:
        """Stream seconds of the looks whose pictures may yet be evidence, in any view."""
        return set().union(*(it.rulebook.moments() for it in self._views.values()))

    def state(self) -> bytes:
        """All that is remembered, as JSON."""
        views = {
            name: _SavedView(
                size=(it.fit.size.width, it.fit.size.height),
                matrix=it.fit.matrix.tolist(),
                rules=it.rulebook.state().decode(),
            )
            for name, it in self._views.items()
        }
        return _Saved(views=views).model_dump_json().encode()

    def restore(self, state: bytes) -> None:
        """Go on from a state.

        Raises ValueError when it is none of these rules, CameraFileError when it tells of a view
        that the camera does not have.
        """
        for name, saved in _Saved.model_validate_json(state).views.items():
            matrix = np.asarray(saved.matrix, dtype=np.float64).reshape(3, 3)
            fit = fit_view(self._camera, name, Size(*saved.size), matrix)
            rulebook = self._rulebook(fit)
            rulebook.restore(saved.rules.encode())
            self._views[name] = _Ruled(rulebook, fit)

    def _ruled(self, fit: Fit) -> _Ruled:
        known = self._views.get(fit.view)
        if known is None:
            known = self._views[fit.view] = _Ruled(self._rulebook(fit), fit)
        elif known.fit is not fit and not known.fit.serves(fit.size, fit.matrix):
            known.rulebook.move(fit.zones, known.fit.onto(fit))
            known.fit = fit
        return known

    def _rulebook(self, fit: Fit) -> Rulebook:
        return Rulebook(
            fit.zones,
            fixed_camera=True,
            least_looks=self._least_looks,
            gap_s=self._camera.gap_s,
        )

    def _unseen(self, t_s: float, at: datetime | None, seen: str | None) -> list[Asserted]:
        """Let time pass in the views that this look did not show."""
        return [
            Asserted(it.fit, finding)
            for name, it in self._views.items()
            if name != seen
            for finding in it.rulebook.see(
                LookBoxes(t_s, at, it.fit.size, Boxes.of([]), regions=NOWHERE)
            )
        ]
