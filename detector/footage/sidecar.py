"""The clock beside a video: `<stem>.times.csv`, the real time of each picture of a time lapse.

Columns: `frame` counts from 0, `local_time` in ISO 8601, `t_s_real` in real seconds; others
are passed over.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from detector.errors import SourceError
from detector.footage.clock import later

SIDECAR_SUFFIX = ".times.csv"
_COLUMNS = ("frame", "local_time", "t_s_real")
_DRIFT_S = 2.0


@dataclass(frozen=True)
class Sidecar:
    """Real time of each picture: `times_ms` (n,) rising from 0, `started_at` aware or None."""

    name: str
    times_ms: NDArray[np.int64]
    started_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    frame: int
    local_time: datetime
    real_s: float


def read_sidecar(video: Path, zone: ZoneInfo | None) -> Sidecar | None:
    """The clock beside this video, None where there is none.

    A naive `local_time` is in `zone`; without a zone `started_at` stays None. SourceError, with
    the line, for a malformed file.
    """
    path = video.with_name(video.stem + SIDECAR_SUFFIX)
    if not path.is_file():
        return None
    rows = _read(path)
    _check_order(path, rows)
    start = rows[0].local_time
    if start.tzinfo is None and zone is not None:
        start = start.replace(tzinfo=zone)
    times_s = np.array([row.real_s for row in rows]) - rows[0].real_s
    times_ms = np.rint(times_s * 1000).astype(np.int64)
    return Sidecar(path.name, times_ms, start if start.tzinfo is not None else None)


def _fail(path: Path, line: int, what: str) -> NoReturn:
    raise SourceError(
        f"{path.name}, line {line}: {what}; correct the line, or take the file away to use the "
        "video's own clock"
    )


def _read(path: Path) -> list[_Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as text:
            rows = list(_parse(path, text))
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path.name}: cannot be read as UTF-8 text; save it anew") from error
    if not rows:
        _fail(path, 2, "there is no row")
    return rows


def _parse(path: Path, text: Iterable[str]) -> Iterable[_Row]:
    reader = csv.DictReader(text)
    try:
        if not set(_COLUMNS) <= set(reader.fieldnames or ()):
            _fail(path, 1, f"the columns {', '.join(_COLUMNS)} are needed")
        for fields in reader:
            yield _row(path, reader.line_num, [fields[column] for column in _COLUMNS])
    except csv.Error as error:
        _fail(path, reader.line_num, f"is no CSV ({error})")


def _row(path: Path, line: int, fields: list[str | None]) -> _Row:
    frame, local_time, real_s = (field or "" for field in fields)
    try:
        row = _Row(line, int(frame), datetime.fromisoformat(local_time), float(real_s))
    except (ValueError, OverflowError):
        _fail(path, line, f"cannot read {frame!r}, {local_time!r}, {real_s!r}")
    if not math.isfinite(row.real_s) or abs(row.real_s) > 1e10:
        _fail(path, line, f"t_s_real {real_s!r} is not a number of seconds")
    return row


def _check_order(path: Path, rows: list[_Row]) -> None:
    first, before = rows[0], None
    for number, row in enumerate(rows):
        if row.frame != number:
            _fail(path, row.line, f"frame {row.frame} stands where {number} is due")
        if (row.local_time.tzinfo is None) != (first.local_time.tzinfo is None):
            _fail(path, row.line, "some local_time have an offset and some have none")
        if before is not None and round(row.real_s, 3) <= round(before.real_s, 3):
            _fail(path, row.line, "t_s_real does not rise by a millisecond or more")
        _check_drift(path, first, row)
        before = row


def _check_drift(path: Path, first: _Row, row: _Row) -> None:
    """The two clocks of a row must agree, but for a change to or from summer time."""
    if first.local_time.tzinfo is not None:
        start = later(first.local_time, row.real_s - first.real_s)
        drift_s = abs((row.local_time - start).total_seconds()) if start else 0.0
    else:
        real_s = row.real_s - first.real_s
        drift_s = abs((row.local_time - first.local_time).total_seconds() - real_s)
        drift_s = min(drift_s, abs(drift_s - 3600))
    if drift_s > _DRIFT_S:
        _fail(path, row.line, f"local_time and t_s_real are {drift_s:.0f} s apart")
