"""A known view: its reference picture, and what it looked like in other light."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from detector.looks import Pixels, Size
from detector.scene.guard.coarse import Spectrum, spectrum
from detector.scene.guard.glance import Glance
from detector.scene.guard.patches import Patches, edge_field
from detector.scene.guard.pose import Fit, fit, laid_back, shown
from detector.scene.guard.verdict import Matrix

MOST_LIGHTS = 6
# Less than this of the light that fits best, and the look is kept as a light of its own.
FAMILIAR = 0.6
# What is kept must not grow out of something at one edge.
KEPT_BREADTH = 0.8
KEPT_SHARE = 0.4
# Lights that come and go within minutes are not worth one of the few places.
LEAST_BETWEEN_S = 60.0
# From this share on the reference itself says where the look lies, and no later light does.
ANCHORED = 0.25
# No other light needs to be tried.
ENOUGH = 0.45
# Reaches that bring a pose within a tenth of a pixel.
FINE = (4, 2)


@dataclass(frozen=True, eq=False)
class Light:
    """The view in one light, as the reference would show it: `grey` in working size.

    `pose` is how the picture lay on the reference when it was taken; `sharpness` is of that look.
    """

    grey: Pixels = field(repr=False)
    pose: Matrix
    sharpness: float
    edges: float

    @cached_property
    def patches(self) -> Patches:
        """The patches that the picture really showed."""
        patches = Patches.of(edge_field(self.grey))
        patches.texture[~shown(patches, self.pose)] = 0.0
        return patches

    @cached_property
    def spectrum(self) -> Spectrum:
        """For the coarse search."""
        return spectrum(self.grey)


class KnownView:
    """One view: lights in order of their last use, the newest first, the reference kept apart."""

    def __init__(self, name: str, reference: Light, learned: bool) -> None:
        self.name = name
        self.reference = reference
        self.learned = learned
        self.later: list[Light] = []
        self.since_kept_s = 0.0

    @classmethod
    def of(cls, name: str, glance: Glance, learned: bool) -> KnownView:
        """A view whose reference is this look."""
        light = Light(glance.grey, np.eye(3), glance.sharpness, glance.edges)
        return cls(name, light, learned)

    @property
    def size(self) -> Size:
        """The working size of the view."""
        height, width = self.reference.grey.shape
        return Size(width, height)

    @property
    def lights(self) -> tuple[Light, ...]:
        """All lights, the one used last first."""
        return (*self.later, self.reference)

    def use(self, light: Light) -> None:
        """Put a light first."""
        if light is not self.reference and self.later[0] is not light:
            self.later.remove(light)
            self.later.insert(0, light)

    def best_fit(self, grey: Pixels, pose: Matrix, lights: Iterable[Light]) -> tuple[Fit, Light]:
        """The fit of a look near a pose, from the light that sees most, and that light.

        Where the reference itself sees enough, the pose is its own: many small errors between
        one light and the next could otherwise add up to a camera that has turned unnoticed.
        """
        best, light = Fit(pose), self.reference
        for tried in lights:
            found = fit(tried.patches, grey, pose, FINE)
            if found.share > best.share:
                best, light = found, tried
            if best.share >= ENOUGH:
                break
        if light is self.reference or best.share < ANCHORED:
            return best, light
        anchor = fit(self.reference.patches, grey, best.pose, (2,))
        if anchor.share < ANCHORED:
            return best, light
        return replace(best, pose=anchor.pose), light

    def misses(self, found: Fit) -> bool:
        """Whether the light of a trusted look is unlike all that are kept."""
        sound = found.breadth >= KEPT_BREADTH and found.share >= KEPT_SHARE
        return sound and found.share < FAMILIAR and self.since_kept_s >= LEAST_BETWEEN_S

    def keep(self, glance: Glance, found: Fit) -> None:
        """Remember a look as a light of its own, in place of the one unused for longest."""
        grey = laid_back(glance.at(self.size), found.pose)
        self.later.insert(0, Light(grey, found.pose, glance.sharpness, glance.edges))
        del self.later[MOST_LIGHTS - 1 :]
        self.since_kept_s = 0.0
