"""What the released model sees in a folder's pictures, kept so that a rule is measured quickly."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from benchmarks.events.junction import Shot
from detector.looks import LookBoxes, Picture
from detector.model import Model
from detector.pipeline.appearance import appearance_of
from detector.pipeline.recording import read_line, write_line
from training.pictures import read_picture

CACHE = Path(__file__).parents[2] / ".cache" / "benchmarks" / "events"


def seen_by_model(model: Model, shots: Sequence[Shot], *, appearance: bool) -> list[LookBoxes]:
    """A look at each picture; the model's boxes are read from the cache where they are there."""
    names = "\n".join(shot.path.name for shot in shots)
    key = hashlib.sha256(f"{model.sha256} {model.engine} {names}".encode()).hexdigest()[:16]
    kept = CACHE / f"{key}.looks.jsonl"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        lines = [write_line(_look(model, shot)) for shot in shots]
        kept.write_text("\n".join(lines) + "\n", encoding="utf-8")
    lines = kept.read_text(encoding="utf-8").splitlines()
    looks = [read_line(line).look for line in lines]
    if not appearance:
        return looks
    return [_with_appearance(look, shot) for look, shot in zip(looks, shots, strict=True)]


def _look(model: Model, shot: Shot) -> LookBoxes:
    bgr = read_picture(shot.path)
    boxes = model.detect_boxes([bgr])[0]
    return LookBoxes(shot.t_s, shot.at, Picture.from_bgr(bgr).size, boxes)


def _with_appearance(look: LookBoxes, shot: Shot) -> LookBoxes:
    appearance = appearance_of(Picture.from_bgr(read_picture(shot.path)))
    return LookBoxes(look.t_s, look.at, look.size, look.boxes, look.regions, appearance)
