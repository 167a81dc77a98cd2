"""Streetwarden's detector: pictures to observations, on a CPU."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from detector.model import load_model

__all__ = ["load_model"]


def __getattr__(name: str) -> object:
    """Load the model room only when it is asked for: the command line starts without it."""
    if name == "load_model":
        from detector.model import load_model

        return load_model
    raise AttributeError(f"module 'detector' has no attribute {name!r}")
