"""What the looks of one camera cost."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class LookCosts:
    """Sums over the looks of a camera since it was started.

    `whole`, `parts` and `repeats` count looks by kind. `canvases` and `pixels` are inputs of the
    network and their pixels. Seconds: `gate_s` to tell whether anything changed, `prepare_s` to
    cut and draw, `engine_s` in the network.
    """

    whole: int = 0
    parts: int = 0
    repeats: int = 0
    canvases: int = 0
    pixels: int = 0
    gate_s: float = 0.0
    prepare_s: float = 0.0
    engine_s: float = 0.0

    @property
    def looks(self) -> int:
        """All looks, those that only repeated the last result included."""
        return self.whole + self.parts + self.repeats

    @property
    def pixels_a_look(self) -> float:
        """Pixels that the network saw for a look; 0 before the first."""
        return self.pixels / self.looks if self.looks else 0.0

    @property
    def seconds_a_look(self) -> float:
        """Seconds of gate, preparation and network for a look; 0 before the first."""
        spent = self.gate_s + self.prepare_s + self.engine_s
        return spent / self.looks if self.looks else 0.0

    def with_model(
        self, canvases: int, pixels: int, prepare_s: float, engine_s: float
    ) -> LookCosts:
        """The sums with what the model had to do for one more look."""
        return replace(
            self,
            canvases=self.canvases + canvases,
            pixels=self.pixels + pixels,
            prepare_s=self.prepare_s + prepare_s,
            engine_s=self.engine_s + engine_s,
        )
