"""A model that answers from a table, and pictures to show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from detector.looks import Boxes
from detector.taxonomy import TAXONOMY
from training.labelled import Collection, Labelled
from training.labels import from_xyxy

SIDE_PX = 200
Row = tuple[float, float, float, float, str, float]


class TableModel:
    """Answers by the grey level of a picture; otherwise it looks like `detector.model.Model`."""

    def __init__(
        self, answers: Mapping[int, Sequence[Row]], thresholds: Mapping[str, float] | None = None
    ) -> None:
        self.answers = answers
        self.thresholds = dict(thresholds or dict.fromkeys(TAXONOMY.class_names, 0.5))
        self.path = Path("table.onnx")
        self.version, self.sha256 = "1", "ab" * 32
        self.engine, self.precision, self.input_size = "onnxruntime", "f32", 640
        self.asked: list[tuple[float | None, bool]] = []

    def detect_boxes(
        self, pictures: Sequence[Any], min_confidence: float | None = None, slices: bool = False
    ) -> list[Boxes]:
        self.asked.append((min_confidence, slices))
        return [boxes(self.answers.get(int(it[0, 0, 0]), ())) for it in pictures]


def boxes(rows: Sequence[Row]) -> Boxes:
    """Boxes from rows of edges, class name, confidence."""
    return Boxes.of([(*row[:4], ident(row[4]), row[5]) for row in rows])


def ident(name: str) -> int:
    """The id of a class that exists."""
    found = TAXONOMY.class_id(name)
    assert found is not None
    return found


def grey_picture(path: Path, level: int, side_px: int = SIDE_PX) -> Path:
    """A picture of one grey, 200 pixels wide and high."""
    cv2.imwrite(str(path), np.full((side_px, side_px, 3), level, dtype=np.uint8))
    return path


def collection(
    folder: Path, labels: Mapping[int, Sequence[tuple[float, float, float, float, str]]]
) -> Collection:
    """A picture for each grey level with its labels in pixels."""
    return Collection(
        TAXONOMY.class_names,
        tuple(
            Labelled(
                grey_picture(folder / f"p{level}.png", level),
                tuple(
                    from_xyxy(ident(name), *(edge / SIDE_PX for edge in edges))
                    for *edges, name in rows
                ),
            )
            for level, rows in labels.items()
        ),
    )
