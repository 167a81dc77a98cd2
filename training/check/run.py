"""Looks at every picture once and writes down what it finds."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from training.check.balance import Count, balance_findings, counts, shape_findings
from training.check.boxes import box_findings
from training.check.choice import write_sheets
from training.check.crops import confirmed, crops
from training.check.doubles import doubles
from training.check.finding import KINDS, Finding, Severity
from training.check.pairs import crop_findings, pair_findings
from training.check.subject import Subject
from training.check.views import View, views_of
from training.errors import DataError
from training.formats.output import new_folder
from training.progress import Tell

REPORT_FILE = "check.json"


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found; `sheets` are the names of the contact sheets under `out`/sheets."""

    name: str
    out: Path
    pictures: int
    findings: tuple[Finding, ...]
    balance: tuple[Count, ...]
    sheets: tuple[str, ...]

    @property
    def errors(self) -> int:
        """How many findings are errors: any at all makes the command end with status 1."""
        return sum(finding.severity is Severity.ERROR for finding in self.findings)

    def by_kind(self) -> dict[str, list[Finding]]:
        """The findings by kind, the gravest kinds first."""
        order = list(Severity)
        kinds = sorted(KINDS.values(), key=lambda kind: order.index(kind.severity))
        return {
            kind.name: found
            for kind in kinds
            if (found := [it for it in self.findings if it.kind == kind.name])
        }


def check(
    subject: Subject, out: Path, *, seed: int = 0, tell: Tell = lambda *_: None
) -> CheckReport:
    """Checks pictures and boxes; writes OUT/check.json and OUT/sheets/*.jpg.

    OUT is written whole or not at all; an earlier check in it is replaced. `seed` chooses the
    pictures of the sheets. DataError where OUT cannot be written or there is no picture at all.
    """
    if not subject.items:
        raise DataError(f"{subject.name} has no pictures to check: check the path")
    with new_folder(out, replaces=REPORT_FILE) as folder:
        findings = [*subject.findings]
        views = _views(subject, findings, tell)
        findings += _doubles(subject, views, tell)
        balance = counts(subject.items)
        findings += balance_findings(balance)
        findings += shape_findings(subject.items, views)
        tell("sheets", 0, 1)
        sheets = write_sheets(subject, findings, folder / "sheets", seed)
        tell("sheets", 1, 1)
        report = CheckReport(
            name=subject.name,
            out=out,
            pictures=len(subject.items),
            findings=tuple(findings),
            balance=tuple(balance),
            sheets=tuple(sheets),
        )
        text = json.dumps(as_json(report), ensure_ascii=False, indent=1)
        (folder / REPORT_FILE).write_text(text + "\n", encoding="utf-8")
    return report


def _views(subject: Subject, findings: list[Finding], tell: Tell) -> list[View | None]:
    items = subject.items
    found: list[View | None] = []
    paths = [item.picture for item in items]
    seen = views_of(paths, lambda number: tell("pictures", number, len(items)))
    for item, view in zip(items, seen, strict=True):
        if isinstance(view, str):
            findings.append(Finding("unreadable", item.key, view, (item.key,)))
            found.append(None)
        else:
            findings += box_findings(item, view)
            found.append(view)
    return found


def _doubles(subject: Subject, views: Sequence[View | None], tell: Tell) -> list[Finding]:
    seen = [(item, view) for item, view in zip(subject.items, views, strict=True) if view]
    if not seen:
        return []
    items = [item for item, _ in seen]
    small = np.stack([view.small for _, view in seen])
    # Sources apart as well as sides: copies in two of them are parted by folds over sources.
    pairs = doubles(small, [(item.side, item.source) for item in items])
    found = list(pair_findings(items, confirmed(items, pairs)))
    cropped = crops(items, small, lambda number, total: tell("crops", number, total))
    return [*found, *crop_findings(items, cropped, found)]


def as_json(report: CheckReport) -> dict[str, object]:
    """The report as check.json holds it."""
    totals = Counter(str(finding.severity) for finding in report.findings)
    return {
        "name": report.name,
        "pictures": report.pictures,
        "totals": {str(severity): totals[severity] for severity in Severity},
        "findings": [
            {
                "kind": name,
                "severity": str(KINDS[name].severity),
                "zh": KINDS[name].zh,
                "en": KINDS[name].en,
                "remedy": KINDS[name].remedy,
                "count": len(found),
                "found": [
                    {"where": it.where, "text": it.text, "pictures": it.keys} for it in found
                ],
            }
            for name, found in report.by_kind().items()
        ],
        "balance": [asdict(count) for count in report.balance],
        "sheets": report.sheets,
    }
