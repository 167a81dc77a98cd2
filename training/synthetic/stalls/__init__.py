"""Synthetic pictures of street stalls: real stalls cut out and set down in other streets."""

from __future__ import annotations

from training.synthetic.stalls.cut_outs import CutOut, cut_out_stalls
from training.synthetic.stalls.place import place_stalls

__all__ = ["CutOut", "cut_out_stalls", "place_stalls"]
