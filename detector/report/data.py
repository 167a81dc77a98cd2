"""What the page shows, and how it travels into the page as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from detector.observation import Observation, stays_inside
from detector.problem import Problem
from detector.taxonomy import TAXONOMY

# Not shown: geometry within the picture is in the pictures themselves.
_LEFT_OUT = {"schema_version", "frame_size", "box"}


@dataclass(frozen=True, slots=True)
class SummaryView:
    """What one run did. Times are seconds: `media_s` of footage, `wall_s` of work.

    `errors` are pairs of source and message; `rules` are names with versions.
    """

    sources: int
    photos: int
    videos: int
    media_s: float
    wall_s: float
    looks: int
    observations: int
    problems: int
    errors: tuple[tuple[str, str], ...]
    model: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageData:
    """Everything on the page. `generated_at` is aware; paths are relative to the output folder."""

    title: str
    generated_at: datetime
    summary: SummaryView
    problems: Sequence[Problem]
    observations: Sequence[Observation]


def page_json(data: PageData) -> str:
    """The data as JSON that is inert inside a script element."""
    return inert_json(
        {
            "title": data.title,
            "generated_at": data.generated_at.isoformat(),
            "summary": asdict(data.summary),
            "kinds": [_kind(kind.name) for kind in TAXONOMY.kinds],
            "sub_kinds": {sub.name: {"zh": sub.zh, "en": sub.en} for sub in TAXONOMY.sub_kinds},
            "problems": [_problem(problem) for problem in data.problems],
            "observations": {str(seen.id): _observation(seen) for seen in data.observations},
        }
    )


def inert_json(value: object) -> str:
    """JSON without the signs that end a script element or open a comment in HTML."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    # A lone surrogate (a file name that is not UTF-8) cannot be written as UTF-8.
    return text.encode("utf-8", "replace").decode("utf-8")


def _kind(name: str) -> dict[str, str]:
    kind = TAXONOMY.kind(name)
    return {
        "name": kind.name,
        "zh": kind.zh,
        "en": kind.en,
        "colour": TAXONOMY.colour_of(name),
    }


def _problem(problem: Problem) -> dict[str, object]:
    fields: dict[str, object] = problem.model_dump(mode="json")
    if problem.cover is not None and not stays_inside(problem.cover):
        fields["cover"] = None
    return fields


def _observation(seen: Observation) -> dict[str, object]:
    return seen.model_dump(mode="json", exclude=_LEFT_OUT)
