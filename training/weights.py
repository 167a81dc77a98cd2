"""Where the weights that a recipe names lie."""

from __future__ import annotations

from pathlib import Path

from training.errors import DataError
from training.places import Places

RUN = "run:"


def find_weights(name: str, places: Places) -> Path:
    """A file of the weights folder, a path, or `run:NAME` for what that run has learned."""
    if name.startswith(RUN):
        candidates = [places.run(name.removeprefix(RUN)) / "weights" / "last.pt"]
    else:
        candidates = [places.weights / name, Path(name)]
    for place in candidates:
        if place.is_file():
            return place
    listed = " or ".join(str(place) for place in candidates)
    raise DataError(f"no weights at {listed}: name others, or train them first")
