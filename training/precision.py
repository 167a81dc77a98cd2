"""What a model loses in bfloat16, and so what each engine should compute in.

Only the loss is measured. Which is faster is known: a processor that computes in bfloat16 itself
needed 0.57 of the time of f32, and on one that does not the run time takes f32 whatever the file
says. There OpenVINO imitates bfloat16 by rounding: slower, with the same loss, so the loss can be
measured on any machine. ONNX Runtime computes in f32 only.
"""

from __future__ import annotations

from pathlib import Path
from statistics import fmean

from detector.model.engines.base import Precision
from detector.model.engines.openvino import OpenVinoEngine, bf16_offered
from detector.model.model import Model, Source
from detector.model.onnx_file import read_onnx
from training import coco
from training.errors import DataError
from training.evaluation.look import look_at
from training.evaluation.scene import in_pixels
from training.labelled import Collection
from training.release import Precisions

STREAMS = 2
MIN_CONFIDENCE = 0.001
# Mean average precision, 0..1, that a faster precision may cost.
MOST_LOST = 0.005


def fastest(onnx: Path, collection: Collection, measured_on: str) -> Precisions:
    """Measures f32 and bf16 on labelled pictures; bf16 where it loses at most 0.005 of mean AP.

    `measured_on` names the pictures. DataError where none of them has a label.
    """
    (ap50, ap), (ap50_bf16, ap_bf16) = (
        measure(onnx, precision, collection) for precision in ("f32", "bf16")
    )
    how = "bf16 by the processor" if bf16_offered() else "bf16 imitated by rounding"
    return Precisions(
        openvino=chosen(ap, ap_bf16),
        ap50_f32=round(ap50, 4),
        ap_f32=round(ap, 4),
        ap50_bf16=round(ap50_bf16, 4),
        ap_bf16=round(ap_bf16, 4),
        measured_on=f"{measured_on}, {len(collection.pictures)} pictures, OpenVINO; {how}",
    )


def chosen(ap_f32: float, ap_bf16: float) -> Precision:
    """The fastest precision that keeps mean AP, 0..1, within 0.005."""
    return "bf16" if ap_f32 - ap_bf16 <= MOST_LOST else "f32"


def measure(onnx: Path, precision: Precision, collection: Collection) -> tuple[float, float]:
    """Mean AP50 and mean AP, 0..1, over the classes that have labels; DataError without any."""
    looks = look_at(
        _model(onnx, precision),
        [entry.picture for entry in collection.pictures],
        min_confidence=MIN_CONFIDENCE,
    )
    truth = [
        in_pixels(entry.boxes, seen.size)
        for entry, seen in zip(collection.pictures, looks.seen, strict=True)
    ]
    scores = coco.score(
        truth, [seen.found for seen in looks.seen], sorted(collection.labelled_classes)
    )
    if not scores:
        raise DataError("no label in the pictures that precision is measured on: give others")
    return fmean(it.ap50 for it in scores.values()), fmean(it.ap or 0.0 for it in scores.values())


def _model(path: Path, precision: Precision) -> Model:
    """A model that computes in `precision` even where the processor has to imitate it."""
    onnx = read_onnx(path)
    source = Source(onnx.path, onnx.sha256, onnx.card, onnx.card.input_size_px, onnx.fixed)
    return Model(source, OpenVinoEngine(onnx.content, precision, STREAMS))
