"""Tables for the terminal."""

from __future__ import annotations

from rich.table import Table

from detector.taxonomy import TAXONOMY
from training.dataset.write import Counts
from training.formats import ImportReport
from training.release import ReleaseNumbers


def counts_table(counts: Counts) -> Table:
    """Boxes of a dataset by class: labelled, added by teachers, ignored; and its pictures."""
    train, val = counts["train"], counts["val"]
    table = Table(
        title=f"{train.get('pictures', 0)} pictures train 训练, {val.get('pictures', 0)} val 验证"
    )
    table.add_column("class 类别")
    for name in ("labelled 已标注", "added 教师补标", "ignored 忽略", "val 验证"):
        table.add_column(name, justify="right")
    for entry in TAXONOMY.classes:
        kinds = [train.get(f"{entry.name} {what}", 0) for what in ("labelled", "added", "ignored")]
        measured = val.get(f"{entry.name} labelled", 0)
        table.add_row(f"{entry.name} {entry.zh}", *map(str, (*kinds, measured)))
    return table


def import_table(report: ImportReport) -> Table:
    """What an import wrote, and what it left out."""
    table = Table(title=f"{report.name}: {report.out}", show_header=False)
    for side, count in report.pictures.items():
        table.add_row(f"pictures {side}", f"{count} ({report.groups.get(side, 0)} scenes)")
    for name, count in report.boxes.items():
        table.add_row(f"boxes {name}", str(count))
    for what, count in (
        ("pictures without a thing 无目标图片", report.empty),
        ("pictures without labels, left out 未标注、未采用", report.unlabelled),
        ("boxes of classes left out 未采用类别的框", report.dropped),
        ("boxes cut at the edge 边缘裁剪的框", report.clipped),
        ("shapes without area, left out 无面积、未采用", report.skipped),
    ):
        if count:
            table.add_row(what, str(count))
    return table


def numbers_table(numbers: ReleaseNumbers) -> Table:
    """Thresholds and what they were chosen for, by class."""
    table = Table(title=f"thresholds for a precision of {numbers.precision} 阈值")
    for name in ("class 类别", "threshold 阈值", "precision 准确率", "recall 召回率", "why 依据"):
        table.add_column(name)
    for name, entry in numbers.classes.items():
        table.add_row(
            name, f"{entry.threshold:.2f}", _share(entry.precision), _share(entry.recall), entry.why
        )
    return table


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
