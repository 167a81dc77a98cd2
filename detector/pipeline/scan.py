"""Scan footage: every source to its observations, all of them to problems, pages and a summary."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event

from detector.errors import OutputError, StreetwardenError
from detector.files import file_sha256
from detector.footage import FootageFile, discover
from detector.join.problems import join
from detector.model import Model
from detector.pipeline.journal import Journal, Settings, SourceResult
from detector.pipeline.locating import Locator
from detector.pipeline.outputs import RunRecord, write_outputs
from detector.pipeline.progress import Listener, SourceEnd
from detector.pipeline.proving import Prover
from detector.pipeline.settings import ScanSettings
from detector.pipeline.source import SourceScanner, StoppedError
from detector.pipeline.stages import StageTimes
from detector.rules.rulebook import RULES


class Scan:
    """One run over many sources."""

    def __init__(
        self,
        settings: ScanSettings,
        model: Model,
        locator: Locator,
        listener: Listener,
    ) -> None:
        self._settings = settings
        self._model = model
        self._listener = listener
        self._journal = Journal(settings.out)
        self._times = StageTimes()
        self._stop = Event()
        self._scanner = SourceScanner(
            settings=settings,
            model=model,
            locator=locator,
            journal=self._journal,
            prover=Prover(settings.out),
            listener=listener,
            stop=self._stop,
            times=self._times,
        )

    def run(self, sources: Sequence[Path]) -> RunRecord:
        """Scan the sources and write all outputs.

        A source that fails is noted and the rest goes on. Raises OutputError when the output
        cannot be written, StreetwardenError when there is nothing to scan.
        """
        started = time.perf_counter()
        discovery = discover(sources, as_one=self._settings.as_one)
        files, twins = _without_twins(_outside(self._settings.out, discovery.files))
        errors = [(name, str(error)) for name, error in discovery.errors]
        if not files:
            faults = [message for _, message in errors]
            raise StreetwardenError(
                "; ".join(faults) or "there is nothing to scan but --out itself"
            )
        self._journal.begin(self._identity(files), resume=self._settings.resume)
        self._listener.begin(len(files), sum(it.stamp().size_bytes for it in files))
        for name, message in errors:
            self._listener.end_source(SourceEnd(name, 0, error=message))
        results, failures = self._scan_all(files)
        record = RunRecord(
            results=tuple(results),
            errors=tuple(errors + failures),
            twins=tuple(twins),
            skipped_files=discovery.skipped,
            wall_s=time.perf_counter() - started,
            model=self._model,
            stages=self._times,
            rules=RULES,
            problems=tuple(join([it for result in results for it in result.observations])),
        )
        write_outputs(self._settings, self._journal, record)
        self._journal.end(failed=bool(record.errors))
        return record

    def _identity(self, files: Sequence[FootageFile]) -> Settings:
        settings = self._settings
        return Settings(
            model=self._model.sha256,
            rules=tuple(f"{rule.name}@{rule.version}" for rule in RULES),
            every_s=settings.every_s,
            min_confidence=settings.min_confidence,
            slices=settings.slices,
            as_one=settings.as_one,
            name_time=settings.name_time,
            camera=settings.cameras.digest(files),
            track=file_sha256(settings.track) if settings.track else None,
            starts_at=settings.starts_at.isoformat() if settings.starts_at else None,
        )

    def _scan_all(
        self, files: Sequence[FootageFile]
    ) -> tuple[list[SourceResult], list[tuple[str, str]]]:
        with ThreadPoolExecutor(self._settings.jobs, thread_name_prefix="source") as pool:
            futures = [pool.submit(self._scan_one, file) for file in files]
            try:
                outcomes = [future.result() for future in futures]
            except BaseException:
                self._halt(futures)
                raise
        results = [it for it in outcomes if isinstance(it, SourceResult)]
        failures = [it for it in outcomes if isinstance(it, tuple)]
        return results, failures

    def _halt(self, futures: Sequence[Future[SourceResult | tuple[str, str]]]) -> None:
        self._stop.set()
        for future in futures:
            future.cancel()

    def _scan_one(self, file: FootageFile) -> SourceResult | tuple[str, str]:
        try:
            earlier = self._journal.result(file)
            result = earlier or self._scanner.scan(file)
            if earlier is None:
                self._journal.keep_result(result)
        except (OutputError, StoppedError):
            raise
        except StreetwardenError as error:
            return self._fail(file, str(error))
        except Exception as error:
            # One source that trips over a fault of ours must not cost the night's other footage.
            return self._fail(file, f"{file.name}: internal fault, {type(error).__name__}: {error}")
        self._listener.end_source(_end_of(file, result, resumed=earlier is not None))
        return result

    def _fail(self, file: FootageFile, message: str) -> tuple[str, str]:
        size = file.stamp().size_bytes if file.path.exists() else 0
        self._listener.end_source(SourceEnd(file.name, size, error=message))
        return file.name, message


def _end_of(file: FootageFile, result: SourceResult, *, resumed: bool) -> SourceEnd:
    counts = Counter(it.kind.value for it in result.observations)
    return SourceEnd(
        name=file.name,
        size_bytes=result.size_bytes,
        media_s=result.media_s,
        wall_s=result.wall_s,
        looks=result.looks,
        distrusted=result.distrusted,
        sparse_s=result.sparse_s,
        findings=tuple(sorted(counts.items())),
        resumed=resumed,
    )


def _outside(out: Path, files: Sequence[FootageFile]) -> list[FootageFile]:
    """The files that are not our own evidence from an earlier run."""
    return [file for file in files if not file.path.resolve().is_relative_to(out.resolve())]


def _without_twins(
    files: Sequence[FootageFile],
) -> tuple[list[FootageFile], list[tuple[str, str]]]:
    """Files without byte-for-byte copies, and the pairs (copy, the file that it copies).

    A copy would give the same observations again, with the same ids.
    """
    sizes = Counter(file.stamp().size_bytes for file in files)
    first: dict[str, str] = {}
    kept: list[FootageFile] = []
    twins: list[tuple[str, str]] = []
    for file in files:
        digest = _digest(file.path) if sizes[file.stamp().size_bytes] > 1 else None
        if digest is not None:
            if digest in first:
                twins.append((file.name, first[digest]))
                continue
            first[digest] = file.name
        kept.append(file)
    return kept, twins


def _digest(path: Path) -> str | None:
    try:
        return file_sha256(path)
    except OSError:
        return None  # opening it will say why
