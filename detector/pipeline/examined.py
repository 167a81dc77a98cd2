"""What examining one source gave."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from detector.device import DeviceProblem
from detector.geometry.zone import Zone
from detector.looks import LookBoxes
from detector.pipeline.fit import Fit
from detector.rules.finding import Finding
from detector.scene.camera import Camera


@dataclass(frozen=True, slots=True)
class SeenLook:
    """A look's boxes, and the zones where its picture had them."""

    boxes: LookBoxes
    zones: tuple[Zone, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A finding, and how its view lay in the pictures where the camera stands."""

    finding: Finding
    fit: Fit | None = None


@dataclass(slots=True)
class Examined:
    """Looks by stream time, findings, and what was wrong with the camera."""

    looks: dict[float, SeenLook] = field(default_factory=dict)
    found: list[Found] = field(default_factory=list)
    device_problems: list[DeviceProblem] = field(default_factory=list)
    distrusted: int = 0

    def sparse_s(self, camera: Camera | None) -> float | None:
        """How far apart looks usually are where that is too far for a stay to last, else None."""
        if camera is None or len(self.looks) < 2:
            return None
        apart_s = (later - earlier for earlier, later in pairwise(sorted(self.looks)))
        usual_s = round(median(apart_s), 3)
        return None if camera.lasts_over(usual_s) else usual_s
