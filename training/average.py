"""Averages two checkpoints of one architecture: fine-tuned weights hold on to what the start knew.

    python -m training.average FIRST.pt SECOND.pt OUT.pt --share 0.6

Writes a half-precision checkpoint that Ultralytics loads, without the paths of the machine it was
trained on.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from training.exporting.checkpoint import save
from training.heads import keep_one_to_many
from training.ultra import load_yolo

if TYPE_CHECKING:
    from ultralytics.nn.tasks import DetectionModel


def average(first: DetectionModel, second: DetectionModel, share: float) -> None:
    """Sets `first` to `share` of itself and the rest of `second`, running statistics included.

    Only the one-to-many head is kept. KeyError where the architectures differ.
    """
    keep_one_to_many(first)
    keep_one_to_many(second)
    other = second.state_dict()
    mixed = {
        name: share * value + (1 - share) * other[name] if value.is_floating_point() else value
        for name, value in first.state_dict().items()
    }
    first.load_state_dict(mixed)


def main(argv: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="training.average", description="average two checkpoints")
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--share", type=float, default=0.6, help="of the first, 0 to 1")
    args = parser.parse_args(argv)
    if not 0 <= args.share <= 1:
        parser.error("--share must be from 0 to 1")
    first = load_yolo(args.first).model.float()
    average(first, load_yolo(args.second).model.float(), args.share)
    save(first, args.out)


if __name__ == "__main__":
    main()
