"""The files that a finished run leaves in its output folder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from detector.files import write_lines
from detector.join.geojson import write_geojson
from detector.model import Model
from detector.observation import SCHEMA_VERSION, Observation, RuleVersion
from detector.pipeline.journal import Journal, SourceResult
from detector.pipeline.recording import write_line
from detector.pipeline.settings import ScanSettings
from detector.pipeline.stages import StageTimes
from detector.problem import Problem
from detector.report import PageData, SummaryView, write_page


@dataclass(frozen=True)
class RunRecord:
    """What came of a run: results and errors by source, and what it was done with.

    `errors` are (source, message), `twins` (copy, the file that it copies).
    """

    results: tuple[SourceResult, ...]
    errors: tuple[tuple[str, str], ...]
    twins: tuple[tuple[str, str], ...]
    skipped_files: int
    wall_s: float
    model: Model
    rules: tuple[RuleVersion, ...]
    stages: StageTimes
    problems: tuple[Problem, ...]

    @property
    def observations(self) -> list[Observation]:
        """All observations, source by source."""
        return [it for result in self.results for it in result.observations]


def write_outputs(settings: ScanSettings, journal: Journal, record: RunRecord) -> None:
    """Write observations, boxes, problems, summary and page."""
    out = settings.out
    write_observations(out, record.observations)
    if settings.keep_boxes:
        write_lines(out / "boxes.jsonl", _box_lines(journal, record.results))
    write_geojson(out / "problems.geojson", record.problems)
    summary = json.dumps(_summary(settings, record), ensure_ascii=False, indent=1)
    write_lines(out / "summary.json", [summary, "\n"])
    write_page(out, _page(record))


def write_observations(out: Path, observations: Sequence[Observation]) -> None:
    """Write `observations.jsonl`, one observation a line."""
    lines = (observation.model_dump_json() + "\n" for observation in observations)
    write_lines(out / "observations.jsonl", lines)


def _box_lines(journal: Journal, results: Sequence[SourceResult]) -> Iterator[str]:
    for result in results:
        for look in journal.looks(result.name).read():
            yield write_line(look, result.name) + "\n"


def _summary(settings: ScanSettings, record: RunRecord) -> dict[str, object]:
    return {
        "schema_version": SCHEMA_VERSION,
        "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "model": {
            "name": record.model.path.stem,
            "version": record.model.version,
            "sha256": record.model.sha256,
            "engine": record.model.engine,
            "precision": record.model.precision,
            "input_size": record.model.input_size,
            "slices": settings.slices,
        },
        "rules": {rule.name: rule.version for rule in record.rules},
        "total": totals(record),
        "stages_s": _stages(record),
        "sources": [_source(result, record.problems) for result in record.results],
        "errors": [{"source": name, "message": message} for name, message in record.errors],
        "copies": [{"source": copy, "same_as": first} for copy, first in record.twins],
        "skipped_files": record.skipped_files,
    }


def totals(record: RunRecord) -> dict[str, object]:
    """What a run came to, over all sources."""
    results = record.results
    return {
        "sources": len(results),
        "media_s": round(sum(it.media_s for it in results), 3),
        "wall_s": round(record.wall_s, 3),
        "frames_decoded": sum(it.frames_decoded for it in results),
        "looks": sum(it.looks for it in results),
        "observations": sum(len(it.observations) for it in results),
        "problems": len(record.problems),
        "errors": len(record.errors),
    }


def _stages(record: RunRecord) -> dict[str, float]:
    times = record.model.times
    stages = record.stages
    return {
        "decoding": round(stages.decode_s, 3),
        "preparing": round(times.prepare_s, 3),
        "engine": round(times.engine_s, 3),
        "post_processing": round(times.post_s, 3),
        "rules": round(stages.rules_s, 3),
        "evidence": round(stages.evidence_s, 3),
    }


def _source(result: SourceResult, problems: Sequence[Problem]) -> dict[str, object]:
    own = {it.id for it in result.observations}
    return {
        "name": result.name,
        "media": result.media,
        "sha256": result.sha256,
        "media_s": result.media_s,
        "wall_s": result.wall_s,
        "frames_decoded": result.frames_decoded,
        "damaged": result.damaged,
        "looks": result.looks,
        "looks_not_trusted": result.distrusted,
        "looks_too_far_apart_s": result.sparse_s,
        "device_problems": [it.model_dump(mode="json") for it in result.device_problems],
        "observations": len(result.observations),
        "problems": sum(not own.isdisjoint(it.observations) for it in problems),
        "errors": 0,
    }


def _page(record: RunRecord) -> PageData:
    results = record.results
    summary = SummaryView(
        sources=len(results),
        photos=sum(it.media == "photo" for it in results),
        videos=sum(it.media == "video" for it in results),
        media_s=sum(it.media_s for it in results),
        wall_s=record.wall_s,
        looks=sum(it.looks for it in results),
        observations=sum(len(it.observations) for it in results),
        problems=len(record.problems),
        errors=record.errors,
        model=f"{record.model.path.stem} {record.model.version}",
        rules=tuple(f"{rule.name} {rule.version}" for rule in record.rules),
    )
    return PageData(
        title="Streetwarden",
        generated_at=datetime.now(UTC),
        summary=summary,
        problems=record.problems,
        observations=record.observations,
    )
