"""Where the training finds things and keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from training.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Places:
    """`data` holds the sources, `weights` what trainings start from, `cache` what is kept."""

    data: Path
    weights: Path
    cache: Path

    def dataset(self, recipe: Recipe) -> Path:
        """The folder of a recipe's dataset."""
        return self.cache / "datasets" / recipe.name

    def run(self, name: str) -> Path:
        """The folder of a run."""
        return self.cache / "runs" / name
