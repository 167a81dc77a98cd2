"""Teachers: trained weights that say what may be in pictures whose source does not label it."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from detector.files import write_lines
from detector.taxonomy import TAXONOMY
from training.errors import DataError
from training.labels import LabelBox, from_xyxy

MIN_CONFIDENCE = 0.1
BATCH = 16
# Pictures after which the guesses are kept, so that a kill loses little.
SAVE_EVERY = 40 * BATCH


@dataclass(frozen=True, slots=True)
class Guess:
    """A box that a teacher saw, with its confidence 0..1."""

    box: LabelBox
    confidence: float


Teacher = Callable[[Sequence[Path]], list[tuple[Guess, ...]]]


def load_teacher(weights: Path, input_px: int) -> Teacher:
    """A function from picture files to guesses in our classes. Needs the train extra."""
    from training.ultra import load_yolo

    model = load_yolo(weights)
    ours = {
        number: found
        for number, name in model.names.items()
        if (found := TAXONOMY.class_id(name)) is not None
    }
    if not ours:
        raise DataError(f"{weights} knows none of our classes: name another teacher in the recipe")

    def look(pictures: Sequence[Path]) -> list[tuple[Guess, ...]]:
        results = model.predict(
            [str(path) for path in pictures],
            imgsz=input_px,
            conf=MIN_CONFIDENCE,
            classes=sorted(ours),
            verbose=False,
        )
        return [
            tuple(
                Guess(from_xyxy(ours[int(number)], *edges), confidence)
                for number, edges, confidence in zip(
                    r.boxes.cls.tolist(), r.boxes.xyxyn.tolist(), r.boxes.conf.tolist(), strict=True
                )
            )
            for r in results
        ]

    return look


def guesses_by_key(
    pictures: Iterable[tuple[str, Path]],
    teacher: Callable[[], Teacher],
    cache: Path,
    tell: Callable[[int, int], None] = lambda *_: None,
) -> Mapping[str, tuple[Guess, ...]]:
    """A teacher's guesses by sample key; it is loaded, and asked, only for what is not in `cache`.

    `cache` is a JSON file that belongs to one teacher at one picture size.
    """
    known = _read(cache)
    todo = [(key, path) for key, path in pictures if key not in known]
    if not todo:
        return known
    look = teacher()
    for start in range(0, len(todo), BATCH):
        part = todo[start : start + BATCH]
        for (key, _), guesses in zip(part, look([path for _, path in part]), strict=True):
            known[key] = guesses
        tell(min(start + BATCH, len(todo)), len(todo))
        if start % SAVE_EVERY == 0:
            _write(cache, known)
    _write(cache, known)
    return known


def forget(folder: Path, keys: Collection[str]) -> None:
    """Drops what any teacher guessed for pictures that are no longer the same."""
    for cache in sorted(folder.glob("*.json")):
        known = _read(cache)
        _write(cache, {key: guesses for key, guesses in known.items() if key not in keys})


def _read(cache: Path) -> dict[str, tuple[Guess, ...]]:
    if not cache.exists():
        return {}
    try:
        data: dict[str, list[list[float]]] = json.loads(cache.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(f"{cache} is damaged: remove it") from error
    return {
        key: tuple(Guess(LabelBox(int(row[0]), *row[1:5]), row[5]) for row in rows)
        for key, rows in data.items()
    }


def _write(cache: Path, known: Mapping[str, Sequence[Guess]]) -> None:
    rows = {key: [_row(guess) for guess in guesses] for key, guesses in known.items()}
    write_lines(cache, [json.dumps(rows)])


def _row(guess: Guess) -> list[float]:
    box = guess.box
    place = (round(value, 5) for value in (box.x, box.y, box.width, box.height))
    return [box.class_id, *place, round(guess.confidence, 4)]
