"""What is wrong with a look, and how much of a view has to be seen to believe it is that view."""

from __future__ import annotations

import cv2
import numpy as np

from detector.device import DeviceFault
from detector.scene.guard.glance import BLACK, WHITE, Glance
from detector.scene.guard.known import Light
from detector.scene.guard.pose import Fit

# Shares of patches. Pictures of other places reach 0.11 (benchmarks/view_guard.py); a street in
# infrared agrees with the same street by day in 0.2 to 0.3, with the look before in 0.6 to 0.9.
SEEN = 0.15
SEEN_ELSEWHERE = 0.16
REMNANT = 0.1
# What is out of focus still has its light and shade where they were, in pictures of this size;
# flakes and drops on the lens are as soft, and have not.
SHADE = (16, 9)
SAME_SHADE = 0.7
# What is partly covered, or shows the bonnet of a car, agrees perfectly where it agrees at all;
# what is in other light or in heavy traffic nowhere does. So the better, the more has to be seen.
LIKENESS = (0.6, 0.8, 0.95)
SHARE_FOR_LIKENESS = (0.15, 0.3, 0.42)
LEAST_SEEN_PATCHES = 8
# A bonnet or a burnt-in text at one edge stays where it is while all else moves.
LEAST_BREADTH = 0.6
# With less of the view than this, it has to be seen all over the picture.
PLENTY = 0.4
LEAST_BREADTH_OF_LITTLE = 0.75

# Of the sharpness of the reference, or of the light that fits.
OUT_OF_FOCUS = 0.4
# Sharpness of pure noise is 0.4, of the sharpest street 0.16.
NOISE = 0.28
FAINT = 0.25
LEAST_EDGES = 1.5
LEAST_CONTRAST = 30.0
OVEREXPOSED = 0.6

# What a look must have to become a reference: a street has ten times as much.
REFERENCE_PATCHES = 24
REFERENCE_SHARPNESS = 0.03


def believed(found: Fit, light: Light, elsewhere: bool) -> bool:
    """Whether a fit shows the view; `elsewhere`: not where the camera was last seen to look."""
    textured = int(light.patches.textured.sum())
    least = min(LEAST_SEEN_PATCHES, max(3, textured // 3))
    if found.patches < least or found.share < (SEEN_ELSEWHERE if elsewhere else SEEN):
        return False
    if found.breadth < (LEAST_BREADTH if found.share >= PLENTY else LEAST_BREADTH_OF_LITTLE):
        return False
    return found.share >= float(np.interp(found.likeness, LIKENESS, SHARE_FOR_LIKENESS))


def spoilt(glance: Glance, light: Light) -> DeviceFault | None:
    """Why a look that shows a known view is of no use all the same."""
    if glance.white > OVEREXPOSED and glance.white > 2 * float((light.grey >= WHITE).mean()):
        return DeviceFault.OVEREXPOSED
    if glance.sharpness < OUT_OF_FOCUS * light.sharpness:
        return DeviceFault.OUT_OF_FOCUS
    return None


def lost(glance: Glance, light: Light | None, found: Fit) -> DeviceFault:
    """Why nothing known is seen: `found` is what little of the view is still seen in its place."""
    if glance.brightest < BLACK and glance.contrast < LEAST_CONTRAST:
        return DeviceFault.BLACK
    if glance.white > OVEREXPOSED:
        return DeviceFault.OVEREXPOSED
    if glance.sharpness > NOISE or glance.edges < LEAST_EDGES:
        return DeviceFault.COVERED
    if light is None:
        return DeviceFault.UNKNOWN_VIEW
    if glance.sharpness < OUT_OF_FOCUS * light.sharpness:
        alike = _same_shade(glance, light)
        return DeviceFault.OUT_OF_FOCUS if alike else DeviceFault.COVERED
    hidden = found.share >= REMNANT or glance.edges < FAINT * light.edges
    return DeviceFault.COVERED if hidden else DeviceFault.UNKNOWN_VIEW


def fit_for_reference(glance: Glance, light: Light) -> bool:
    """Whether a look shows enough, sharply enough, to know the view again by it."""
    return (
        REFERENCE_SHARPNESS <= glance.sharpness < NOISE
        and glance.white <= OVEREXPOSED
        and int(light.patches.textured.sum()) >= REFERENCE_PATCHES
    )


def _same_shade(glance: Glance, light: Light) -> bool:
    """Whether light and dark lie where they do in the reference."""
    one, other = (
        cv2.resize(grey, SHADE, interpolation=cv2.INTER_AREA).ravel().astype(np.float64)
        for grey in (glance.grey, light.grey)
    )
    one, other = one - one.mean(), other - other.mean()
    lengths = max(float(np.linalg.norm(one) * np.linalg.norm(other)), 1e-9)
    return float(one @ other) / lengths >= SAME_SHADE
