"""Recorded boxes, one look a line: what a scan keeps, and what a replay reads.

A line is `{"t": seconds, "size": [w, h], "boxes": [[x1, y1, x2, y2, class, confidence], ...]}`,
class by id, name or alias of the taxonomy. `size`, `source`, `at` (aware wall time), `regions`
(boxes of what was examined, where that was not the whole picture), `repeated` (true where
nothing had changed and the boxes are those of an earlier look), `view` (the camera's view that it
shows) and `matrix` (3 x 3, from where the view's zones were drawn, at this size, to where they lie
in the picture, where the camera was nudged) may be missing; further keys and further entries of a
box are ignored.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StrictStr,
    ValidationError,
    field_validator,
)

from detector.errors import RecordingError
from detector.looks import Boxes, LookBoxes, Size
from detector.taxonomy import TAXONOMY

COORDINATE_DIGITS = 2
CONFIDENCE_DIGITS = 4


Finite: TypeAlias = Annotated[float, Field(allow_inf_nan=False)]
Three: TypeAlias = tuple[Finite, Finite, Finite]


class _Line(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    t: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    size: tuple[Annotated[int, Field(gt=0)], Annotated[int, Field(gt=0)]] | None = None
    boxes: list[list[StrictStr | float]]
    source: str | None = None
    at: AwareDatetime | None = None
    regions: list[tuple[Finite, Finite, Finite, Finite]] | None = None
    repeated: bool = False
    view: str | None = None
    matrix: tuple[Three, Three, Three] | None = None

    @field_validator("matrix")
    @classmethod
    def _leads_back(
        cls, rows: tuple[Three, Three, Three] | None
    ) -> tuple[Three, Three, Three] | None:
        if rows is not None and np.linalg.matrix_rank(np.array(rows)) < 3:
            raise ValueError("should be a matrix that can be inverted")
        return rows


@dataclass(frozen=True, slots=True)
class Recorded:
    """One line: its look, the source it names, and how many of its boxes were left out."""

    look: LookBoxes
    source: str | None
    unknown_classes: int
    bad_boxes: int


def write_line(look: LookBoxes, source: str | None = None) -> str:
    """A look as one line of JSON without the line end."""
    entry: dict[str, object] = {} if source is None else {"source": source}
    entry |= {"t": look.t_s}
    if look.at is not None:
        entry["at"] = look.at.isoformat()
    entry |= {"size": list(look.size), "boxes": _rows(look.boxes)}
    if look.regions is not None:
        entry["regions"] = look.regions.tolist()
    if look.repeated:
        entry["repeated"] = True
    if look.view is not None:
        entry["view"] = look.view
    if look.matrix is not None:
        entry["matrix"] = look.matrix.tolist()
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":"))


def read_line(text: str, default_size: Size | None = None) -> Recorded:
    """Parse one line.

    `default_size` stands in for a missing size. Raises RecordingError that says what is wrong;
    the caller adds file and line.
    """
    try:
        line = _Line.model_validate_json(text)
    except ValidationError as error:
        raise RecordingError(_first_fault(error)) from error
    size = Size(*line.size) if line.size else default_size
    if size is None:
        raise RecordingError(
            "the line has no size and the camera file's view has none; add one of them"
        )
    parsed = [_parse_box(row) for row in line.boxes]
    good = [row for row in parsed if not isinstance(row, str)]
    return Recorded(
        LookBoxes(
            line.t,
            line.at,
            size,
            Boxes.of(good),
            _regions(line.regions),
            repeated=line.repeated,
            view=line.view,
            matrix=None if line.matrix is None else np.array(line.matrix),
        ),
        line.source,
        unknown_classes=parsed.count("class"),
        bad_boxes=parsed.count("box"),
    )


def _regions(rows: Sequence[Sequence[float]] | None) -> NDArray[np.float32] | None:
    return None if rows is None else np.asarray(rows, dtype=np.float32).reshape(-1, 4)


def _rows(boxes: Boxes) -> list[list[float | int]]:
    return [
        [
            *(round(float(corner), COORDINATE_DIGITS) for corner in corners),
            int(class_id),
            round(float(confidence), CONFIDENCE_DIGITS),
        ]
        for corners, class_id, confidence in zip(
            boxes.xyxy, boxes.class_id, boxes.confidence, strict=True
        )
    ]


def _parse_box(row: list[str | float]) -> tuple[float, float, float, float, int, float] | str:
    """A usable row, or which part of it is at fault: "class" or "box"."""
    if len(row) < 6:
        return "box"
    class_id = _class_id(row[4])
    if class_id is None:
        return "class"
    numbers = [value for value in (*row[:4], row[5]) if isinstance(value, float)]
    if len(numbers) < 5 or not all(math.isfinite(value) for value in numbers):
        return "box"
    x1, y1, x2, y2, confidence = numbers
    if x2 <= x1 or y2 <= y1 or not 0 <= confidence <= 1:
        return "box"
    return (x1, y1, x2, y2, class_id, confidence)


def _class_id(value: str | float) -> int | None:
    if isinstance(value, str):
        return TAXONOMY.class_id(value)
    known = value.is_integer() and 0 <= value < len(TAXONOMY.classes)
    return int(value) if known else None


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in fault["loc"])
    return f"{where}: {fault['msg']}" if where else fault["msg"]
