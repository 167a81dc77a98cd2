"""Problems as GeoJSON (RFC 7946): WGS-84, coordinates in the order longitude, latitude."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from detector.files import write_lines
from detector.observation import Position
from detector.problem import Problem
from detector.taxonomy import TAXONOMY

# 0.11 m; more digits would claim what no camera knows.
COORDINATE_DIGITS = 6


def feature_collection(problems: Sequence[Problem]) -> dict[str, object]:
    """A FeatureCollection with one feature a problem, in the order given.

    The geometry is null where the position is unknown. The properties are the problem as JSON,
    with both names of kind and sub-kind and with `accuracy_m` (one sigma) and `method` of the
    position; the coordinates themselves stand in the geometry alone.
    """
    return {"type": "FeatureCollection", "features": [_feature(problem) for problem in problems]}


def write_geojson(path: Path, problems: Sequence[Problem]) -> None:
    """Write the problems to `path` as UTF-8, whole or not at all; the folder must exist.

    Raises OutputError when it cannot be written.
    """
    text = json.dumps(feature_collection(problems), ensure_ascii=False, indent=1, allow_nan=False)
    write_lines(path, [text, "\n"])


def _feature(problem: Problem) -> dict[str, object]:
    return {
        "type": "Feature",
        "id": str(problem.id),
        "geometry": _point(problem.position),
        "properties": _properties(problem),
    }


def _point(position: Position | None) -> dict[str, object] | None:
    if position is None:
        return None
    lon, lat = (round(value, COORDINATE_DIGITS) for value in (position.lon, position.lat))
    return {"type": "Point", "coordinates": [lon, lat]}


def _properties(problem: Problem) -> dict[str, object]:
    kind, sub_kind = TAXONOMY.kind(problem.kind), TAXONOMY.sub_kind(problem.sub_kind)
    position = problem.position
    return {
        **problem.model_dump(mode="json", exclude={"position"}),
        "kind_zh": kind.zh,
        "kind_en": kind.en,
        "sub_kind_zh": sub_kind.zh,
        "sub_kind_en": sub_kind.en,
        "accuracy_m": position.accuracy_m if position else None,
        "method": position.method.value if position else None,
        "ellipse": position.ellipse.model_dump() if position and position.ellipse else None,
    }
