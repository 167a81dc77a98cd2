"""The view guard of one camera."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from detector.device import DeviceFault
from detector.looks import Picture, Pixels, Size
from detector.scene.guard.glance import Glance
from detector.scene.guard.judge import fit_for_reference, lost, spoilt
from detector.scene.guard.known import KnownView
from detector.scene.guard.pose import Fit, scaled
from detector.scene.guard.recognise import Place, Seen, recognise
from detector.scene.guard.saved import Saved
from detector.scene.guard.steady import HOME, Sighting, Standing, Steady, is_home
from detector.scene.guard.verdict import Verdict

# Where no view has a name, as no reference was given.
NAMELESS = ""


class ViewGuard:
    """Tells for each look of one camera whether it still shows a known view.

    `references` are pictures of the views in the pose that their zones were drawn in, the usual
    view first, None for a view without one. Where no view has any, the first good look becomes
    the reference of the first view; an empty mapping stands for one view without a name.
    """

    def __init__(self, references: Mapping[str, Pixels | Picture | None]) -> None:
        self._first = next(iter(references), NAMELESS)
        self._views = {
            name: KnownView.of(name, Glance.of(_picture(pixels)), learned=False)
            for name, pixels in references.items()
            if pixels is not None
        }
        self._steady = Steady()
        self._last_t_s: float | None = None

    def check(self, picture: Picture, t_s: float) -> Verdict:
        """Look at a picture at a stream time in seconds; looks come in the order of their time."""
        passed_s = 0.0 if self._last_t_s is None else max(0.0, t_s - self._last_t_s)
        self._last_t_s = t_s
        glance = Glance.of(picture)
        if not self._views:
            self._learn(glance)
        if not self._views:
            standing = self._steady.see(None, lost(glance, None, Fit(HOME)), passed_s)
            return _verdict(standing, 0.0, picture.size)
        seen = recognise(glance, self._places(), self._others())
        sighting, fault = _judged(glance, seen)
        standing = self._steady.see(sighting, fault, passed_s)
        self._remember(seen, glance, standing, passed_s)
        return _verdict(standing, seen.fit.share, picture.size)

    def state(self) -> bytes:
        """All that is to outlive a restart, as JSON: learned pictures, pose, how long it is bad."""
        return Saved.of(self._views.values(), self._steady).packed()

    def restore(self, state: bytes) -> None:
        """Go on from a saved state; a view whose reference was changed since starts anew.

        Raises ValueError when it is no state of this version.
        """
        saved = Saved.unpacked(state)
        self._views = saved.views(self._views, self._first)
        self._steady = saved.steadiness(self._views)
        self._last_t_s = None

    def _learn(self, glance: Glance) -> None:
        view = KnownView.of(self._first, glance, learned=True)
        if fit_for_reference(glance, view.reference):
            self._views[view.name] = view

    def _places(self) -> list[Place]:
        """Where the camera may look, the likeliest first."""
        recent = [self._steady.last, self._steady.held]
        known = {id(it): it for it in recent if it is not None}.values()
        places = [Place(self._views[it.view], it.pose) for it in known]
        return places or [Place(next(iter(self._views.values())), HOME)]

    def _others(self) -> list[KnownView]:
        """The views to look through for another one; each comes first in turn."""
        names = list(self._views)
        # Not by chance: the same looks give the same verdicts.
        start = self._steady.bad_looks.total() * 4 % len(names)
        return [self._views[name] for name in names[start:] + names[:start]]

    def _remember(self, seen: Seen, glance: Glance, standing: Standing, passed_s: float) -> None:
        for view in self._views.values():
            view.since_kept_s += passed_s
        if not standing.trusted:
            return
        seen.view.use(seen.light)
        if seen.view.misses(seen.fit):
            seen.view.keep(glance, seen.fit)


def _judged(glance: Glance, seen: Seen) -> tuple[Sighting | None, DeviceFault]:
    """What was seen, or what is wrong."""
    if not seen.known:
        return None, lost(glance, seen.light, seen.fit)
    fault = spoilt(glance, seen.light)
    if fault is not None:
        return None, fault
    return Sighting(seen.view.name, seen.fit.pose, seen.view.size), DeviceFault.UNKNOWN_VIEW


def _verdict(standing: Standing, score: float, size: Size) -> Verdict:
    held = standing.held
    matrix = HOME if held is None or is_home(held) else scaled(held.pose, held.size, size)
    view = None if held is None or held.view == NAMELESS else held.view
    return Verdict(
        view, np.array(matrix), standing.trusted, standing.fault, score, standing.bearing
    )


def _picture(pixels: Pixels | Picture) -> Picture:
    if isinstance(pixels, Picture):
        return pixels
    bgr = np.dstack([pixels] * 3) if pixels.ndim == 2 else pixels
    return Picture.from_bgr(np.ascontiguousarray(bgr))
