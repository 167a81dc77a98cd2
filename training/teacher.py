"""The COCO teacher: people and vehicles in pictures whose source does not label them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from detector.taxonomy import TAXONOMY
from training.labels import LabelBox, from_xyxy

MIN_CONFIDENCE = 0.45
INPUT_PX = 640
BATCH = 16
COCO_CLASSES = ("person", "bicycle", "car", "motorcycle", "bus", "truck")

Teacher = Callable[[Sequence[Path]], list[tuple[LabelBox, ...]]]


def load_teacher(weights: Path) -> Teacher:
    """A function from picture files to boxes in our classes. Needs the train extra."""
    from training.ultra import load_yolo

    model = load_yolo(weights)
    wanted = {
        number: TAXONOMY.class_id(name)
        for number, name in model.names.items()
        if name in COCO_CLASSES
    }

    def look(pictures: Sequence[Path]) -> list[tuple[LabelBox, ...]]:
        results = model.predict(
            [str(path) for path in pictures],
            imgsz=INPUT_PX,
            conf=MIN_CONFIDENCE,
            classes=sorted(wanted),
            verbose=False,
        )
        return [
            tuple(
                from_xyxy(our_id, *edges)
                for number, edges in zip(
                    r.boxes.cls.int().tolist(), r.boxes.xyxyn.tolist(), strict=True
                )
                if (our_id := wanted[number]) is not None
            )
            for r in results
        ]

    return look


def boxes_by_key(
    pictures: Iterable[tuple[str, Path]], teacher: Teacher, cache: Path
) -> dict[str, tuple[LabelBox, ...]]:
    """The teacher's boxes by sample key; those in the JSON file `cache` are not asked again."""
    known = _read(cache)
    todo = [(key, path) for key, path in pictures if key not in known]
    for start in range(0, len(todo), BATCH):
        part = todo[start : start + BATCH]
        for (key, _), boxes in zip(part, teacher([path for _, path in part]), strict=True):
            known[key] = boxes
    if todo:
        _write(cache, known)
    return known


def _read(cache: Path) -> dict[str, tuple[LabelBox, ...]]:
    if not cache.exists():
        return {}
    data: dict[str, list[list[float]]] = json.loads(cache.read_text(encoding="utf-8"))
    return {
        key: tuple(LabelBox(int(row[0]), *row[1:]) for row in rows) for key, rows in data.items()
    }


def _write(cache: Path, known: dict[str, tuple[LabelBox, ...]]) -> None:
    rows = {
        key: [
            [box.class_id, *(round(v, 5) for v in (box.x, box.y, box.width, box.height))]
            for box in boxes
        ]
        for key, boxes in known.items()
    }
    cache.write_text(json.dumps(rows), encoding="utf-8")
