"""What processes and the machine used, as Linux tells it under /proc."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
CORES = os.cpu_count() or 1
PROC = Path("/proc")
# Of the first line of /proc/stat: user, nice, system, irq, softirq and steal are time at work.
_BUSY_FIELDS = (0, 1, 2, 5, 6, 7)


@dataclass(frozen=True)
class Usage:
    """A process at one moment: seconds of processor time so far, memory, files, threads."""

    cpu_s: float
    rss_bytes: int
    open_files: int
    threads: int


def usage(pid: int) -> Usage:
    """How a process is doing now; ProcessLookupError where it is gone."""
    folder = PROC / str(pid)
    try:
        after_name = (folder / "stat").read_text().rpartition(")")[2].split()
        rss = int((folder / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        files = len(list((folder / "fd").iterdir()))
    except FileNotFoundError as error:
        raise ProcessLookupError(pid) from error
    cpu_s = (int(after_name[11]) + int(after_name[12])) / TICKS_PER_S
    return Usage(cpu_s, rss, files, int(after_name[17]))


def machine_busy_s() -> float:
    """Seconds of processor time that all of the machine has used, over all cores."""
    fields = (PROC / "stat").read_text().splitlines()[0].split()[1:]
    return sum(int(fields[at]) for at in _BUSY_FIELDS) / TICKS_PER_S
