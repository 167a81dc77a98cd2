"""Exposed cables drawn into street pictures."""

from training.synthetic.cables.scene import draw_cables

__all__ = ["draw_cables"]
