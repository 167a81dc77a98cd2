"""One cable, and a thing made of cables."""

from __future__ import annotations

from dataclasses import dataclass, field

from training.synthetic.cables.curves import Points

Albedo = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Strand:
    """A cable along `points` (pixels of the picture), `width_px` wide.

    `albedo` is BGR 0..1; `gloss` 0..1 how bright its highlight is; `twisted` cores wound around
    each other (0: one smooth tube); `behind`: passes behind the pole.
    """

    points: Points
    width_px: float
    albedo: Albedo
    gloss: float = 0.3
    twisted: int = 0
    behind: bool = False


@dataclass(frozen=True, slots=True)
class Plate:
    """A flat thing beside cables: a box on the pole, an arm, an insulator, a socket."""

    corners: Points
    albedo: Albedo


@dataclass(frozen=True, slots=True)
class Thing:
    """What one label means: its `strands`; and what belongs to it without a label."""

    strands: tuple[Strand, ...]
    feeders: tuple[Strand, ...] = field(default=())
    plates: tuple[Plate, ...] = field(default=())
