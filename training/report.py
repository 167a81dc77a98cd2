"""What a measurement says: figures as data, and as a table to read."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ClassFigures(_Frozen):
    """Average precision, 0..1; `ap` over IoU 0.50 to 0.95, None where one IoU was asked."""

    labels: int
    ap50: float
    ap: float | None


class SetFigures(_Frozen):
    """One set; with `iou` the `ap50` of its classes is the precision at that overlap."""

    name: str
    note: str
    pictures: int
    iou: float | None
    classes: dict[str, ClassFigures]

    @property
    def mean_ap50(self) -> float:
        """Mean over the classes that have labels here."""
        return sum(c.ap50 for c in self.classes.values()) / max(1, len(self.classes))

    @property
    def mean_ap(self) -> float | None:
        """Mean over the classes, None where one IoU was asked."""
        values = [c.ap for c in self.classes.values() if c.ap is not None]
        return sum(values) / len(values) if values else None


class Report(_Frozen):
    """One model on every set.

    `best_balance` is (threshold, precision, recall); `alarms` are shares of pictures.
    """

    model: str
    sha256: str
    engine: str
    precision: str
    input_size: int
    machine: str
    sets: tuple[SetFigures, ...]
    best_balance: dict[str, tuple[float, float, float]]
    thresholds: dict[str, float]
    alarms: dict[str, dict[str, float]]


def table(report: Report) -> str:
    """The report as plain text."""
    return "\n".join(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    ran = f"{report.engine} {report.precision}, {report.input_size} px"
    yield f"{report.model} {report.sha256[:12]}: {ran}"
    for figures in report.sets:
        at = "AP50" if figures.iou is None else f"AP at IoU {figures.iou}"
        yield f"\n{figures.name} ({figures.pictures} pictures; {figures.note})"
        yield f"  {'class':<18}{'labels':>7}{at:>15}{'AP':>8}"
        for name, c in figures.classes.items():
            yield f"  {name:<18}{c.labels:>7}{c.ap50:>15.3f}{_number(c.ap):>8}"
        yield f"  {'mean':<18}{'':>7}{figures.mean_ap50:>15.3f}{_number(figures.mean_ap):>8}"
    yield "\nthresholds (best balance on val: threshold, precision, recall)"
    for name, threshold in report.thresholds.items():
        best = report.best_balance.get(name)
        yield f"  {name:<18}{threshold:>6.2f}   " + (
            "not measured" if best is None else "{:.2f} {:.2f} {:.2f}".format(*best)
        )
    yield "\npictures without a violation that raise a false alarm"
    for name, shares in report.alarms.items():
        yield f"  {name}: " + ", ".join(f"{kind} {share:.1%}" for kind, share in shares.items())


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
