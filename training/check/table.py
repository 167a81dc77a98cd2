"""The tables that a check prints."""

from __future__ import annotations

from collections import defaultdict

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from detector.taxonomy import TAXONOMY
from training.check.finding import KINDS, SEVERITY_ZH, Severity
from training.check.run import CheckReport

_STYLE = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
_EXAMPLES = 3


def print_report(report: CheckReport, console: Console) -> None:
    """Prints what was found, then pictures and boxes by class and side."""
    found = report.by_kind()
    if found:
        console.print(_findings(report))
    else:
        console.print(f"{report.pictures:,} pictures, nothing found 未发现问题")
    if report.balance:
        console.print(_balance(report))
    console.print(
        f"{report.pictures:,} pictures 图片, {report.errors:,} errors 错误; "
        f"{len(report.sheets)} contact sheets 样张 in {escape(str(report.out))}",
        soft_wrap=True,
    )


def _findings(report: CheckReport) -> Table:
    table = Table(title=f"{escape(report.name)}: findings 检查结果", title_justify="left")
    table.add_column("severity 级别", no_wrap=True)
    table.add_column("what 问题")
    table.add_column("count 数量", justify="right")
    table.add_column("first 示例", overflow="fold")
    for name, found in report.by_kind().items():
        kind = KINDS[name]
        examples = [escape(str(it)) for it in found[:_EXAMPLES]]
        more = (
            [f"… {len(found) - _EXAMPLES:,} more in check.json"] if len(found) > _EXAMPLES else []
        )
        table.add_row(
            f"[{_STYLE[kind.severity]}]{kind.severity} {SEVERITY_ZH[kind.severity]}[/]",
            f"{kind.en} {kind.zh}\n[dim]{kind.remedy}[/]",
            f"{len(found):,}",
            "\n".join([*examples, *more]),
        )
    return table


def _balance(report: CheckReport) -> Table:
    sides = sorted(
        {count.side for count in report.balance}, key=("train", "val", "check", "").index
    )
    boxes: dict[tuple[str, str], int] = defaultdict(int)
    pictures: dict[tuple[str, str], int] = defaultdict(int)
    for count in report.balance:
        boxes[count.class_name, count.side] += count.boxes
        pictures[count.class_name, count.side] += count.pictures
    table = Table(title="boxes in pictures 标注框数 / 图片数", title_justify="left")
    table.add_column("class 类别")
    for side in sides:
        table.add_column(side or "all 全部", justify="right")
    for entry in TAXONOMY.classes:
        row = [(boxes[entry.name, side], pictures[entry.name, side]) for side in sides]
        if any(count for count, _ in row):
            cells = [f"{count:,} / {shown:,}" if count else "-" for count, shown in row]
            table.add_row(f"{entry.zh} {entry.en}", *cells)
    return table
