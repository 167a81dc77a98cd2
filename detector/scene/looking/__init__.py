"""Where to look in a camera's picture, and when there is nothing new to look at."""

from __future__ import annotations

from detector.scene.looking.gate import MotionGate
from detector.scene.looking.planner import LookPlanner, LookSettings, Plan, PlanKind
from detector.scene.looking.regions import regions_of

__all__ = [
    "LookPlanner",
    "LookSettings",
    "MotionGate",
    "Plan",
    "PlanKind",
    "regions_of",
]
