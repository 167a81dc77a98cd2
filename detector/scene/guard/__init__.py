"""The view guard: whether a look of a fixed camera still shows a view that zones were drawn in."""

from detector.scene.guard.guard import ViewGuard
from detector.scene.guard.verdict import Bearing, Verdict

__all__ = ["Bearing", "Verdict", "ViewGuard"]
