"""The live curve of a training: a page that shows itself anew while the run goes on."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from detector.files import write_lines

KEPT = "curve.json"
REFRESH_S = 20
# A point of the loss curve is the mean over this many steps.
STEPS_A_POINT = 10

PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{name}</title>
<meta http-equiv="refresh" content="{refresh}">
<style>body{{font:16px system-ui,sans-serif;margin:2rem;max-width:60rem}}</style>
<h1>{name}</h1><p>{state}</p>{drawing}
</html>
"""


@dataclass
class Curve:
    """What a run has shown so far, as curve.html in its folder; curve.json keeps it for later.

    `losses` are epoch and loss of a picture, `scores` epoch, AP50 and AP.
    """

    folder: Path
    name: str
    losses: list[tuple[float, float]] = field(default_factory=list)
    scores: list[tuple[float, float, float]] = field(default_factory=list)
    _recent: list[float] = field(default_factory=list)
    _written_at: float = 0.0
    _epoch: int = -1

    def on_train_start(self, trainer: Any) -> None:
        """Goes on from what earlier pieces of the run have shown, up to where this one begins."""
        if trainer.start_epoch == 0 or not (self.folder / KEPT).exists():
            return
        kept = json.loads((self.folder / KEPT).read_text(encoding="utf-8"))
        self.losses = [(x, y) for x, y in kept["losses"] if x <= trainer.start_epoch]
        self.scores = [(x, y, z) for x, y, z in kept["scores"] if x <= trainer.start_epoch]

    def on_train_batch_end(self, trainer: Any) -> None:
        """Takes in a step's loss; writes at most every few seconds."""
        self._epoch = trainer.epoch
        self._recent.append(float(trainer.loss) / trainer.batch_size)
        if len(self._recent) < STEPS_A_POINT:
            return
        steps = len(trainer.train_loader)
        last = self.losses[-1][0] if self.losses else float(trainer.start_epoch)
        self.losses.append((last + STEPS_A_POINT / steps, sum(self._recent) / STEPS_A_POINT))
        self._recent.clear()
        if time.monotonic() - self._written_at > REFRESH_S:
            self.write(trainer, self.losses[-1][0])

    def on_fit_epoch_end(self, trainer: Any) -> None:
        """Takes in what Ultralytics' validation found.

        Not what it finds once more when it ends: it tells that as an epoch that never was.
        """
        if trainer.epoch != self._epoch:
            return
        found = trainer.metrics
        ap50, ap = found.get("metrics/mAP50(B)"), found.get("metrics/mAP50-95(B)")
        if ap50 is not None and ap is not None:
            self.scores.append((trainer.epoch + 1.0, float(ap50), float(ap)))
        self.write(trainer, trainer.epoch + 1.0)

    def write(self, trainer: Any, done: float) -> None:
        """Writes the page anew; `done` epochs are behind."""
        self._written_at = time.monotonic()
        taken_s = time.time() - trainer.train_time_start
        here = done - trainer.start_epoch
        left_s = taken_s / here * (trainer.epochs - done) if here > 0 else 0.0
        state = (
            f"epoch {done:.1f} of {trainer.epochs}, {taken_s / 60:.0f} min taken, "
            f"about {max(0.0, left_s) / 60:.0f} min left"
        )
        drawing = _drawing(self.losses, self.scores)
        page = PAGE.format(name=self.name, refresh=REFRESH_S, state=state, drawing=drawing)
        write_lines(self.folder / "curve.html", [page])
        kept = {"losses": self.losses, "scores": self.scores}
        write_lines(self.folder / KEPT, [json.dumps(kept)])


def _drawing(
    losses: Sequence[tuple[float, float]], scores: Sequence[tuple[float, float, float]]
) -> str:
    import io

    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.plot([x for x, _ in losses], [y for _, y in losses], color="#0072b2")
    left.set(xlabel="epoch", ylabel="training loss a picture")
    for column, label, colour in ((1, "AP50", "#d55e00"), (2, "AP", "#009e73")):
        right.plot(
            [row[0] for row in scores],
            [row[column] for row in scores],
            marker="o",
            label=label,
            color=colour,
        )
    right.set(xlabel="epoch", ylabel="validation", ylim=(0, 1))
    right.legend()
    text = io.StringIO()
    figure.savefig(text, format="svg")
    return text.getvalue()[text.getvalue().index("<svg") :]
