"""What a killed scan leaves behind, so that the next one neither loses nor doubles anything.

`DIR/.work/run.json` says what the run was; `<key>.looks.jsonl` holds the looks of a source that
is under way, `<key>.done.json` the results of one that is finished.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from pydantic import BaseModel, ConfigDict, ValidationError

from detector.device import DeviceProblem
from detector.errors import OutputError, RecordingError
from detector.files import cannot_write, make_folder, write_lines
from detector.footage import FootageFile
from detector.looks import LookBoxes
from detector.observation import Observation
from detector.pipeline.recording import read_line, write_line

WORK = ".work"


class Settings(BaseModel):
    """What a run was started with; a resumed run must be the same work."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    rules: tuple[str, ...]
    every_s: float
    min_confidence: float | None
    slices: bool = False
    as_one: bool = False
    name_time: str | None = None
    camera: str | None
    track: str | None
    starts_at: str | None


class SourceResult(BaseModel):
    """What came of one source."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    media: str
    sha256: str
    size_bytes: int
    modified_ns: int
    media_s: float
    wall_s: float
    frames_decoded: int
    looks: int
    decode_s: float
    damaged: int = 0
    distrusted: int = 0
    sparse_s: float | None = None
    observations: tuple[Observation, ...]
    device_problems: tuple[DeviceProblem, ...] = ()


class Journal:
    """The working folder of one output folder."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self._work = out / WORK

    def begin(self, settings: Settings, *, resume: bool) -> None:
        """Take the output folder for this run.

        Raises OutputError when it holds somebody else's files, an unfinished run that is not
        resumed, or a run with other settings.
        """
        earlier = self._earlier()
        if earlier is None:
            self._refuse_strangers()
        elif resume:
            _refuse_other_work(earlier, settings, self.out)
        elif not self.finished:
            raise OutputError(
                f"{self.out} holds an unfinished run: add --resume to finish it, "
                "or remove the folder to start anew"
            )
        else:
            self._forget()
        make_folder(self._work)
        write_lines(self._work / "run.json", [settings.model_dump_json(indent=1)])
        (self._work / "finished").unlink(missing_ok=True)

    @property
    def finished(self) -> bool:
        """Whether the earlier run in this folder came to its end."""
        return (self._work / "finished").exists()

    def end(self, *, failed: bool) -> None:
        """Note that the run came to its end; where sources failed, it can still be resumed."""
        write_lines(self._work / "finished", ["failed\n" if failed else "whole\n"])

    def result(self, file: FootageFile) -> SourceResult | None:
        """The result of a source that was finished earlier and has not changed since."""
        try:
            text = self._done(file.name).read_text(encoding="utf-8")
            result = SourceResult.model_validate_json(text)
            same = file.stamp() == (result.size_bytes, result.modified_ns)
        except (OSError, ValidationError):
            return None
        return result if same and result.name == file.name else None

    def keep_result(self, result: SourceResult) -> None:
        """Note that a source is finished."""
        write_lines(self._done(result.name), [result.model_dump_json()])

    def looks(self, name: str) -> LooksFile:
        """The looks of one source."""
        return LooksFile(self._work / f"{_key(name)}.looks.jsonl")

    def _done(self, name: str) -> Path:
        return self._work / f"{_key(name)}.done.json"

    def _earlier(self) -> Settings | None:
        try:
            text = (self._work / "run.json").read_text(encoding="utf-8")
            return Settings.model_validate_json(text)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValidationError) as error:
            raise OutputError(
                f"{self._work / 'run.json'} cannot be read; remove {self.out} to start anew"
            ) from error

    def _refuse_strangers(self) -> None:
        if self.out.is_file():
            raise OutputError(f"{self.out} is a file; choose a folder for --out")
        foreign = self.out.is_dir() and any(it.name != WORK for it in self.out.iterdir())
        if foreign:
            raise OutputError(
                f"{self.out} holds files that are not from a scan; choose an empty folder for --out"
            )

    def _forget(self) -> None:
        for file in self._work.iterdir():
            file.unlink()
        for evidence in sorted((self.out / "evidence").rglob("*"), reverse=True):
            evidence.rmdir() if evidence.is_dir() else evidence.unlink()


class LooksFile:
    """The looks of one source, appended as they are judged."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[bytes] | None = None

    def read(self) -> list[LookBoxes]:
        """The looks that were kept, without a last line that a kill cut off."""
        looks: list[LookBoxes] = []
        whole = 0
        for line in self._lines():
            try:
                looks.append(read_line(line.decode("utf-8")).look)
            except (RecordingError, UnicodeDecodeError):
                break
            whole += len(line)
        if self.path.exists():
            os.truncate(self.path, whole)
        return looks

    def append(self, look: LookBoxes) -> LookBoxes:
        """Keep one more look; OutputError when the disk is full.

        Returns the look as it will read when resumed: rules must judge the same numbers
        whether or not the run was killed.
        """
        line = write_line(look)
        try:
            if self._file is None:
                self._file = self.path.open("ab", buffering=0)
            self._file.write(line.encode() + b"\n")
        except OSError as error:
            raise cannot_write(self.path, error) from error
        return read_line(line).look

    def close(self) -> None:
        """Close the file; it is opened again by the next `append`."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _lines(self) -> Iterator[bytes]:
        try:
            with self.path.open("rb") as file:
                yield from (line for line in file if line.endswith(b"\n"))
        except FileNotFoundError:
            return


def _key(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", errors="surrogateescape")).hexdigest()[:20]


def _refuse_other_work(earlier: Settings, now: Settings, out: Path) -> None:
    before, after = earlier.model_dump(), now.model_dump()
    changed = [name for name in before if before[name] != after[name]]
    if changed:
        told = "; ".join(
            f"{name} was {json.dumps(before[name])}, is {json.dumps(after[name])}"
            for name in changed
        )
        raise OutputError(
            f"{out} holds a run with other settings ({told}): repeat it as it was, "
            "or choose another --out"
        )
