"""What was measured, on what, where: the frame of an evaluation."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from detector.taxonomy import TAXONOMY
from training.evaluation.figures import Judged
from training.evaluation.look import Looks, Seen
from training.evaluation.result import DataFacts, ModelFacts, Note
from training.evaluation.target import Target
from training.evaluation.task import Task
from training.labels import LabelBox

if TYPE_CHECKING:
    from detector.model import Model

# Below this, resampling knows too few different things for its interval to be wide enough.
FEW = 10


def model_facts(model: Model, *, slices: bool, looks: Sequence[Looks]) -> ModelFacts:
    """What the model says of itself, and what looking cost."""
    pictures = sum(len(it.seen) for it in looks)
    return ModelFacts(
        file=model.path.name,
        version=model.version,
        sha256=model.sha256,
        engine=model.engine,
        precision=model.precision,
        input_size_px=model.input_size,
        slices=slices,
        thresholds=model.thresholds,
        seconds_per_picture=round(sum(it.detect_s for it in looks) / max(1, pictures), 4),
    )


def data_facts(
    task: Task,
    looks: Looks,
    labels: Sequence[Sequence[LabelBox]],
    quiet: Mapping[str, Looks],
    groups: int,
) -> DataFacts:
    """What was looked at; `labels` go with the looks, `groups` is how many were resampled."""
    return DataFacts(
        name=task.name,
        pictures=len(looks.seen),
        groups=groups,
        classes=tuple(it.name for it in task.targets),
        quiet={name: len(it.seen) for name, it in quiet.items()},
        digest=digest(
            list(zip(looks.seen, labels, strict=True)),
            [seen for it in quiet.values() for seen in it.seen],
        ),
        iou=task.iou,
        min_width_px=task.min_width_px,
    )


def digest(labelled: Sequence[tuple[Seen, Sequence[LabelBox]]], quiet: Sequence[Seen]) -> str:
    """The sha256 over the sorted names, picture digests and labels of everything looked at."""
    lines = sorted(
        json.dumps([seen.picture.name, seen.sha256, sorted(map(_label, labels))])
        for seen, labels in (*labelled, *((seen, ()) for seen in quiet))
    )
    return sha256("\n".join(lines).encode("utf-8")).hexdigest()


def _label(box: LabelBox) -> list[str]:
    edges = (box.x, box.y, box.width, box.height)
    return [TAXONOMY.class_names[box.class_id], *(f"{edge:.6f}" for edge in edges)]


def machine() -> str:
    """Processor and cores."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    named = next((line.partition(":")[2].strip() for line in lines if "model name" in line), "")
    return f"{named or platform.processor() or platform.machine()}, {os.cpu_count()} cores"


def today() -> str:
    """The date in UTC."""
    return datetime.now(UTC).date().isoformat()


def notes(
    targets: Sequence[Target], classes: Mapping[str, Judged], groups: Sequence[str]
) -> Iterator[Note]:
    """What a reader must mind; `groups` names the group of each picture."""
    for target in targets:
        if target.name not in classes:
            yield Note(
                zh=f"模型不识别“{target.zh}”：未测量，不计入平均。",
                en=f"The model does not know {target.en}: not measured, not part of the mean.",
            )
            continue
        labels = classes[target.name].labels
        holding = {group for group, count in zip(groups, labels, strict=True) if count}
        if not holding:
            yield Note(
                zh=f"“{target.zh}”没有计入的标注，只能看误报。",
                en=f"{target.en}: no labels that count, only false alarms can be read.",
            )
        elif len(holding) < FEW:
            yield Note(
                zh=f"“{target.zh}”的标注只来自 {len(holding)} 组图片，区间偏窄，仅供参考。",
                en=f"{target.en}: labels come from only {len(holding)} groups of pictures, "
                "the interval is narrower than it should be.",
            )
