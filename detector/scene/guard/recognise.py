"""Which known view a look shows, and where it lies on it.

First where the camera was last seen to look, in a millisecond; then from afar, and in the other
views. A coarse guess counts for nothing: patches decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from detector.looks import Pixels
from detector.scene.guard.coarse import Turned, best_guesses, plain
from detector.scene.guard.glance import Glance
from detector.scene.guard.judge import LEAST_EDGES, believed
from detector.scene.guard.known import KnownView, Light
from detector.scene.guard.patches import Agreement, edge_field
from detector.scene.guard.pose import Fit, fit, laid_back, shown, within_bounds
from detector.scene.guard.verdict import Matrix

# Settled at a glance: so many patches agree so well, and no part of the picture is shifted by
# more than this in working size, 0.17 % of the width.
CLEAR_LIKENESS = 0.5
CLEAR_SHARE = 0.4
CLEAR_SHIFT_PX = 0.4
LEAST_A_QUARTER = 3

# What the search from afar may cost.
LIGHTS_NEAR = 3
LIGHTS_SEARCHED = 3
VIEWS_SEARCHED = 4
GUESSES_TRIED = 2
FROM_AFAR = (4, 4, 2)


@dataclass(frozen=True)
class Place:
    """Where the camera may look."""

    view: KnownView
    pose: Matrix


@dataclass(frozen=True)
class Seen:
    """How well a look fits a view; `known` says whether it shows the view."""

    view: KnownView
    light: Light
    fit: Fit
    known: bool


def recognise(glance: Glance, places: Sequence[Place], others: Sequence[KnownView]) -> Seen:
    """The view that a look shows, or the first of `places` with what little is seen of it.

    `places` are tried at once, their views also from afar; `others` only where a preset
    would bring the camera.
    """
    first: Seen | None = None
    for place in places:
        seen = _near(glance.at(place.view.size), place)
        if seen.known:
            return seen
        first = first or seen
    assert first is not None, "there is a place to look for"
    if glance.edges < LEAST_EDGES:
        return first
    found = (seen for seen in _from_afar(glance, places, others) if seen.known)
    return next(found, first)


def _near(grey: Pixels, place: Place) -> Seen:
    """What is seen where the camera is thought to look."""
    view, field = place.view, edge_field(laid_back(grey, place.pose))
    shares: list[tuple[float, Light]] = []
    for light in view.lights:
        agreement = light.patches.compare(field, 1, shown(light.patches, place.pose))
        if (at_once := _clear(agreement, light, place.pose)) is not None:
            return Seen(view, light, at_once, known=True)
        shares.append((float(agreement.likeness.sum()), light))
    likely = sorted(shares, key=lambda pair: -pair[0])[:LIGHTS_NEAR]
    found, light = view.best_fit(grey, place.pose, [light for _, light in likely])
    known = believed(found, light, elsewhere=False) and within_bounds(found.pose, view.size)
    return Seen(view, light, found, known)


def _from_afar(
    glance: Glance, places: Sequence[Place], others: Sequence[KnownView]
) -> Iterator[Seen]:
    turned: Turned | None = None
    for view in dict.fromkeys(place.view for place in places):
        grey = glance.at(view.size)
        if turned is None or turned.size != view.size:
            turned = Turned.of(grey)
        yield from _search(view, grey, turned)
    searched = [place.view for place in places]
    for view in islice((it for it in others if it not in searched), VIEWS_SEARCHED):
        grey = glance.at(view.size)
        yield from _search(view, grey, plain(grey))


def _search(view: KnownView, grey: Pixels, looks: Turned) -> Iterator[Seen]:
    lights = [view.reference, *view.later[: LIGHTS_SEARCHED - 1]]
    for guess in best_guesses(looks, [light.spectrum for light in lights], GUESSES_TRIED):
        light = lights[guess.reference]
        rough = fit(light.patches, grey, guess.pose, FROM_AFAR)
        known = believed(rough, light, elsewhere=True) and within_bounds(rough.pose, view.size)
        yield Seen(view, light, rough, known)


def _clear(agreement: Agreement, light: Light, pose: Matrix) -> Fit | None:
    """The fit with the pose as it is, where there is no doubt that it still holds."""
    sure = agreement.seen & (agreement.likeness > CLEAR_LIKENESS)
    found = Fit.of(pose, agreement, sure)
    if found.share < CLEAR_SHARE or not believed(found, light, elsewhere=True):
        return None
    middle = np.array(light.patches.size) / 2
    quarter = (agreement.centres > middle) @ (1, 2)
    for each in range(4):
        offsets = agreement.offsets[sure & (quarter == each)]
        enough = len(offsets) >= LEAST_A_QUARTER
        if enough and np.abs(np.median(offsets, axis=0)).max() > CLEAR_SHIFT_PX:
            return None
    return found
