"""A checkpoint small enough to keep, from which a training goes on. Needs the train extra.

Ultralytics' own holds AdamW's two moments in 32 bits, four times the weights. Kept here are the
weights in half precision and the second moment in bfloat16, which has the range that squares of
gradients need; the first moment, an average over about ten steps, starts again at zero.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from detector.files import write_bytes
from training.errors import DataError

MAX_BYTES = 12 * 1024 * 1024
# Settings of Ultralytics that name folders of one machine.
PLACES = ("data", "project", "save_dir")
MOMENT, SECOND_MOMENT = "exp_avg", "exp_avg_sq"


def write_small(checkpoint: Path, out: Path) -> None:
    """Writes a resumable checkpoint of at most 12 MB, whole or not at all.

    DataError where it cannot be had, OutputError where it cannot be written.
    """
    import torch

    from training.ultra import prepare

    prepare()
    ckpt = torch.load(checkpoint, map_location="cpu", weights_only=False)
    if not ckpt.get("optimizer"):
        raise DataError(f"{checkpoint} holds no state of a training: its run was finished")
    for state in ckpt["optimizer"]["state"].values():
        state.pop(MOMENT, None)
        if SECOND_MOMENT in state:
            state[SECOND_MOMENT] = state[SECOND_MOMENT].bfloat16()
    _forget_paths(ckpt)
    content = io.BytesIO()
    torch.save(ckpt, content)
    size = content.tell()
    if size > MAX_BYTES:
        raise DataError(f"the checkpoint would have {size} bytes, more than {MAX_BYTES}")
    write_bytes(out, [content.getvalue()])


def _forget_paths(ckpt: dict[str, Any]) -> None:
    """Takes out where the training ran; a resumed one is told where it runs."""
    ckpt.pop("git", None)
    for settings in (ckpt["train_args"], vars(ckpt["ema"].args)):
        for name in PLACES:
            settings[name] = None
        settings["model"] = Path(settings["model"]).name
    ckpt["ema"].pt_path = None


def completed(ckpt: dict[str, Any]) -> dict[str, Any]:
    """The checkpoint with what `write_small` left out; others are given back as they are."""
    import torch

    for state in (ckpt.get("optimizer") or {}).get("state", {}).values():
        if SECOND_MOMENT in state:
            second = state[SECOND_MOMENT].float()
            state[SECOND_MOMENT] = second
            state.setdefault(MOMENT, torch.zeros_like(second))
    return ckpt
