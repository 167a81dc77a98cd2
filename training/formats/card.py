"""The card of an imported source: what is known, and what its city has still to write."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from detector.taxonomy import TAXONOMY

if TYPE_CHECKING:
    from training.formats.importing import ImportReport

# Columns of the cards.
_WIDTH = 120
TO_WRITE = "**TO BE WRITTEN 待填写**"


def card(report: ImportReport, origin: str, licence: str) -> str:
    """The card as Markdown, in the order of the other cards."""
    total = sum(report.pictures.values())
    counted = ", ".join(f"{label} {report.boxes.get(label, 0):,}" for label in report.labelled)
    missing = ", ".join(name for name in TAXONOMY.class_names if name not in report.labelled)
    pictures, groups = report.pictures, report.groups
    points = {
        "Origin": _line(origin) or TO_WRITE,
        "Licence": _line(licence) or TO_WRITE,
        "Imported": f"{total:,} pictures from {report.format} labels, {report.empty:,} of them "
        "without a box.",
        "Labelled": f"boxes of {counted or 'none of our classes'}.",
        "Not labelled": f"{missing or 'none'}. Things of these classes may be in sight without a "
        "box.",
        "Split": f"by scene group, as `scenes.csv` says: {pictures['train']:,} pictures in "
        f"{groups['train']:,} groups train, {pictures['val']:,} in {groups['val']:,} groups val.",
        "Left out on import": f"{report.dropped:,} boxes of classes that the class map leaves out, "
        f"{report.skipped:,} shapes without an area, {report.unlabelled:,} pictures without any "
        f"label. {report.clipped:,} boxes stuck out of their picture a little and were cut.",
        "Where, when, which cameras; day, night, weather": TO_WRITE,
        "How the boxes were drawn, what was left unboxed (far, hidden, doubtful)": TO_WRITE,
        "People and number plates in sight, what was agreed about them": TO_WRITE,
        "Faults seen in a sample (`streetwarden data check` writes contact sheets)": TO_WRITE,
    }
    lines = [
        fill(f"- **{name}:** {text}", _WIDTH, subsequent_indent="  ", break_on_hyphens=False)
        for name, text in points.items()
    ]
    return "\n".join([f"# {report.name}", "", *lines, ""])


def _line(text: str) -> str:
    return " ".join(text.split())
