"""An evaluation on the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from detector.taxonomy import TAXONOMY
from training.evaluation.alarms import ANY
from training.evaluation.measure import MEAN
from training.evaluation.result import (
    Comparison,
    Confusion,
    Estimate,
    Evaluation,
    ModelFacts,
    WidthFigures,
)

VERDICTS = {
    "better": ("better 更好", "green"),
    "worse": ("worse 更差", "red"),
    "no difference shown": ("no difference shown 未见差别", "dim"),
}


def show(console: Console, evaluation: Evaluation) -> None:
    """Print the tables of an evaluation."""
    console.print(_head(evaluation), soft_wrap=True)
    console.print(_classes(evaluation))
    if evaluation.alarms:
        console.print(_alarms(evaluation))
    if evaluation.widths:
        console.print(_widths(evaluation))
    if evaluation.confusion is not None:
        console.print(_confusion(evaluation.confusion))
    if evaluation.comparison is not None:
        console.print(Text(f"B 乙: {_model(evaluation.comparison.model)}"), soft_wrap=True)
        console.print(_comparison(evaluation, evaluation.comparison))
    for note in evaluation.notes:
        console.print(Text(f"{note.zh} {note.en}", style="yellow"), soft_wrap=True)


def ap_name(iou: float) -> str:
    """What average precision at an overlap is called.

    >>> ap_name(0.5)
    'AP50'
    """
    return f"AP{round(iou * 100)}"


def _head(evaluation: Evaluation) -> Text:
    data = evaluation.data
    width = f", labels at least {data.min_width_px:g} px wide" if data.min_width_px else ""
    return Text(
        f"{_model(evaluation.model)}\n"
        f"{data.name}: {data.pictures} pictures in {data.groups} groups, "
        f"right at IoU {data.iou:g}{width}; below each figure its 95 % interval 下行为 95 % 区间"
    )


def _model(facts: ModelFacts) -> str:
    sliced = ", slices" if facts.slices else ""
    return (
        f"{facts.file} {facts.sha256[:12]}: {facts.engine} {facts.precision}, "
        f"{facts.input_size_px} px{sliced}, {facts.seconds_per_picture:.3f} s a picture"
    )


def _classes(evaluation: Evaluation) -> Table:
    table = Table(title="Figures by class 各类指标")
    table.add_column("Class 类别")
    ten = evaluation.mean_ap_50_95 is not None
    heads = ["Labels 标注", ap_name(evaluation.data.iou), *(["AP50-95"] if ten else [])]
    for head in (*heads, "Precision 准确率", "Recall 召回率", "AUC", "At 阈值"):
        table.add_column(head, justify="right")
    for it in evaluation.classes.values():
        over_ten = [_cell(it.ap_50_95)] if ten else []
        table.add_row(
            f"{it.zh} {it.en}",
            str(it.labels),
            _cell(it.ap),
            *over_ten,
            _cell(it.precision),
            _cell(it.recall),
            _cell(it.auc),
            "/".join(f"{value:.2f}" for value in it.thresholds.values()),
        )
    for name in evaluation.unknown:
        table.add_row(_class(name), "not known to the model 模型不识别")
    table.add_section()
    over_ten = [_cell(evaluation.mean_ap_50_95)] if ten else []
    table.add_row("平均 Mean", "", _cell(evaluation.mean_ap), *over_ten)
    return table


def _alarms(evaluation: Evaluation) -> Table:
    table = Table(title="False alarms on pictures without the class 无该类图片上的误报")
    for head in ("Pictures 图片集", "Class 类别"):
        table.add_column(head, overflow="fold")
    for head in ("Pictures 图片", "Alarmed 误报图片", "In 100 每百张", "Boxes in 100 每百张框"):
        table.add_column(head, justify="right")
    for row in evaluation.alarms:
        table.add_row(
            Text(row.set),
            _class(row.class_name),
            str(row.pictures),
            str(row.raised),
            _cell(row.per_100, 1),
            _cell(row.boxes_per_100, 1),
            end_section=row.class_name == ANY,
        )
    return table


def _widths(evaluation: Evaluation) -> Table:
    table = Table(title="Recall by width in pixels of the picture 不同宽度（像素）的召回率")
    table.add_column("Class 类别")
    other = evaluation.comparison.widths if evaluation.comparison else {}
    bins = {it.from_px: _bin(it) for its in evaluation.widths.values() for it in its}
    for start in sorted(bins):
        table.add_column(bins[start], justify="right")
    for name, its in evaluation.widths.items():
        rows = [("", its)] if not other else [(" A 甲", its), (" B 乙", other.get(name, ()))]
        for mark, row in rows:
            cells = {it.from_px: f"{_cell(it.recall, 2)} n={it.labels}" for it in row}
            table.add_row(_class(name) + mark, *(cells.get(start, "-") for start in sorted(bins)))
    return table


def _bin(it: WidthFigures) -> str:
    if it.to_px is None:
        return f">= {it.from_px:g}"
    return f"{it.from_px:g} to {it.to_px:g}"


def _confusion(it: Confusion) -> Table:
    table = Table(title="Labels (rows) by what they were found as 标注（行）被检出为（列）")
    table.add_column("")
    for name in (*map(_class, it.classes), "missed 漏检"):
        table.add_column(name, justify="right")
    heads = (*map(_class, it.classes), "nothing labelled 无标注")
    for head, row in zip(heads, it.counts, strict=True):
        table.add_row(head, *map(str, row))
    return table


def _comparison(evaluation: Evaluation, it: Comparison) -> Table:
    table = Table(title="B against A, paired 乙与甲成对比较")
    for head in ("Class 类别", "Figure 指标"):
        table.add_column(head, overflow="fold")
    for head in ("A 甲", "B 乙", "Difference 差值"):
        table.add_column(head, justify="right")
    table.add_column("B is 乙")
    names = {"ap": ap_name(evaluation.data.iou), "ap_50_95": "AP50-95"}
    for row in it.differences:
        words, style = VERDICTS[row.verdict]
        table.add_row(
            Text(_class(row.class_name)),
            names.get(row.figure, row.figure),
            f"{row.first:.3f}",
            f"{row.second:.3f}",
            _cell(row.difference),
            Text(words, style=style),
        )
    return table


def _cell(it: Estimate | None, digits: int = 3) -> str:
    if it is None or it.value is None:
        return "-"
    if it.low is None or it.high is None:
        return f"{it.value:.{digits}f}"
    return f"{it.value:.{digits}f}\n{it.low:.{digits}f} to {it.high:.{digits}f}"


def _class(key: str) -> str:
    return " ".join(_both(key))


def _both(key: str) -> Iterator[str]:
    """Chinese and English names of a class, of merged ones, or what else a row is about."""
    fixed = {ANY: ("任一违规", "any violation"), MEAN: ("平均", "mean")}
    if key in fixed:
        yield from fixed[key]
        return
    ids = [TAXONOMY.class_id(name) for name in key.split("+")]
    if None in ids:
        yield key
        return
    entries = [TAXONOMY.classes[class_id] for class_id in ids if class_id is not None]
    yield "＋".join(entry.zh for entry in entries)
    yield " + ".join(entry.en for entry in entries)
