"""The observations of one camera, appended to a file for each local day."""

from __future__ import annotations

import contextlib
import json
import os
from collections import OrderedDict, defaultdict
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import UUID

from detector.files import cannot_write, make_folder
from detector.observation import Observation, State

MOST_FILES = 32


class ObservationFiles:
    """`<folder>/<YYYY-MM-DD>.jsonl`, by the local date of the start; one line per revision.

    A line that a kill cut off is removed before the next is added.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # A stay of many days is told in an old file while new ones begin in today's.
        self._sizes: OrderedDict[Path, int] = OrderedDict()

    def append(self, observations: Iterable[Observation]) -> None:
        """Add those that are not there yet, and see them on the disk.

        Raises OutputError, which names the file.
        """
        by_file: dict[Path, list[Observation]] = defaultdict(list)
        for observation in observations:
            by_file[self._file_of(observation.started_at)].append(observation)
        for path, lines in by_file.items():
            known = self._sizes.pop(path, None)
            try:
                self._sizes[path] = self._append(path, lines, known)
            except OSError as error:
                # All of them come again, also those that are in their files by now.
                self._sizes.clear()
                raise cannot_write(path, error) from error
        while len(self._sizes) > MOST_FILES:
            self._sizes.popitem(last=False)

    def last_revision(self, id_: UUID, started_at: datetime | None) -> int:
        """The highest revision of an observation that is on the disk, 0 for none."""
        told = _revisions(_whole_lines(self._file_of(started_at)))
        return max((revision for known, revision in told if known == str(id_)), default=0)

    def open_stays(self) -> list[Observation]:
        """The last revision on the disk of every stay that is not over by it."""
        last: dict[UUID, Observation] = {}
        for path in sorted(self._folder.glob("*.jsonl")):
            for line in _whole_lines(path):
                with contextlib.suppress(ValueError):
                    observation = Observation.model_validate_json(line)
                    last[observation.id] = observation
        return [it for it in last.values() if it.state is State.ONGOING]

    def _file_of(self, started_at: datetime | None) -> Path:
        day = "unknown" if started_at is None else started_at.date().isoformat()
        return self._folder / f"{day}.jsonl"

    def _append(self, path: Path, fresh: list[Observation], known_bytes: int | None) -> int:
        """Returns the size of the file; `known_bytes` is it before, where we wrote it last."""
        make_folder(path.parent)
        # Somebody may have moved the file away or cut it, as log rotation does.
        if known_bytes is None or known_bytes != _size(path):
            kept = _whole_lines(path)
            told = _revisions(kept)
            known_bytes = sum(map(len, kept))
            fresh = [it for it in fresh if (str(it.id), it.revision) not in told]
        with path.open("ab") as file:
            file.truncate(known_bytes)
            file.writelines(it.model_dump_json().encode() + b"\n" for it in fresh)
            file.flush()
            os.fsync(file.fileno())
            return file.tell()


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


def _whole_lines(path: Path) -> list[bytes]:
    try:
        with path.open("rb") as file:
            return [line for line in file if line.endswith(b"\n")]
    except FileNotFoundError:
        return []


def _revisions(lines: Iterable[bytes]) -> set[tuple[str, int]]:
    told: set[tuple[str, int]] = set()
    for line in lines:
        # A line that somebody spoilt must not stop the watch.
        with contextlib.suppress(ValueError, KeyError, TypeError):
            entry = json.loads(line)
            told.add((entry["id"], entry["revision"]))
    return told
