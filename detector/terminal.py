"""What a person or a program sees of a running scan on the terminal."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from threading import Lock
from typing import Protocol, TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from detector.observation import Observation
from detector.pipeline.progress import Listener, SourceEnd
from detector.taxonomy import TAXONOMY


class ClosableListener(Listener, Protocol):
    """A listener that holds the terminal until it is closed."""

    def close(self) -> None:
        """Let go of the terminal."""
        ...


class BarListener:
    """A progress bar with time left, and a line for each source as it ends."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lock = Lock()
        self._total = 0
        self._ended = 0
        self._shares: dict[str, float] = {}
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            TextColumn("left 剩余"),
            TimeRemainingColumn(),
            console=console,
        )
        self._task: TaskID | None = None

    def begin(self, sources: int, total_bytes: int) -> None:
        """Start the bar."""
        self._total = sources
        self._task = self._progress.add_task("", total=float(sources))
        self._show()
        self._progress.start()

    def advance(self, name: str, share: float) -> None:
        """Move the bar by the part of a source that is done."""
        with self._lock:
            self._shares[name] = min(1.0, share)
            self._show()

    def end_source(self, end: SourceEnd) -> None:
        """Print what came of a source."""
        with self._lock:
            self._shares.pop(end.name, None)
            self._ended += 1
            self._show()
        self._console.print(source_line(end), soft_wrap=True)

    def close(self) -> None:
        """Take the bar away."""
        self._progress.stop()

    def _show(self) -> None:
        if self._task is not None:
            self._progress.update(
                self._task,
                completed=min(float(self._total), self._ended + sum(self._shares.values())),
                description=f"scanning 扫描 {self._ended}/{self._total}",
            )


class JsonListener:
    """One JSON object a line for each step, for programs."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = Lock()

    def begin(self, sources: int, total_bytes: int) -> None:
        """Say how much there is to do."""
        self.say({"event": "begin", "sources": sources, "bytes": total_bytes})

    def advance(self, name: str, share: float) -> None:
        """Say how far a source is."""
        self.say({"event": "progress", "source": name, "share": round(min(1.0, share), 4)})

    def end_source(self, end: SourceEnd) -> None:
        """Say what came of a source."""
        entry = asdict(end) | {"findings": dict(end.findings)}
        self.say({"event": "source", **entry})

    def close(self) -> None:
        """Nothing is held."""

    def say(self, entry: dict[str, object]) -> None:
        """Say one thing."""
        line = json.dumps(entry, ensure_ascii=False)
        with self._lock:
            self._stream.write(line + "\n")
            self._stream.flush()


def kind_name(kind: str) -> str:
    """A kind in both languages."""
    entry = TAXONOMY.kind(kind)
    return f"{entry.zh} {entry.en}"


def source_line(end: SourceEnd) -> Text:
    """One line on what came of a source."""
    if end.error is not None:
        return Text(f"✗ {end.error}", style="red")
    counts = ", ".join(f"{kind_name(kind)} {count}" for kind, count in end.findings)
    again = " (from the earlier run)" if end.resumed else ""
    media = f"{clock(end.media_s)}, " if end.media_s else ""
    looks = f"{end.looks} look" + ("s" if end.looks != 1 else "")
    blind = f", {end.distrusted} not trusted 不可信" if end.distrusted else ""
    sparse = f", one every {end.sparse_s:g} s: too few for gap_s 间隔过大" if end.sparse_s else ""
    found = counts or "nothing found 未发现"
    return Text(f"✓ {end.name}: {media}{looks}{blind}{sparse}; {found}{again}")


def clock(seconds: float) -> str:
    """Seconds as h:mm:ss."""
    whole = round(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def closing_table(observations: Sequence[Observation], problems: Iterable[str]) -> Table:
    """Observations and problems by kind; `problems` are the kinds of the problems."""
    table = Table(title="Suspected, a person must confirm  疑似，须人工核实")
    table.add_column("Kind 类别")
    table.add_column("Observations 发现", justify="right")
    table.add_column("Problems 问题", justify="right")
    seen = Counter(str(it.kind) for it in observations)
    joined = Counter(problems)
    for kind in TAXONOMY.kinds:
        if seen[kind.name]:
            table.add_row(kind_name(kind.name), str(seen[kind.name]), str(joined[kind.name]))
    table.add_section()
    table.add_row("All 合计", str(len(observations)), str(joined.total()))
    return table


def failures_table(errors: Sequence[tuple[str, str]]) -> Table:
    """Sources that could not be scanned, and why."""
    table = Table(title="Not scanned 未能扫描", title_style="red")
    table.add_column("Source 来源", overflow="fold")
    table.add_column("Why 原因", overflow="fold")
    for name, message in errors:
        table.add_row(Text(name), Text(message))
    return table


def where(out: Path) -> str:
    """Where the page of a run lies."""
    return f"Page 页面: {out / 'index.html'}"
