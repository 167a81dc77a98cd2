"""Pictures from clips, an even handful of each: for false alarms on footage new to the model.

python -m training.frames FOLDER_OF_CLIPS OUT [--each 12]
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import av
import cv2
import numpy as np


def evenly(count: int, wanted: int) -> tuple[int, ...]:
    """`wanted` places spread over 0..count-1; all of them where there are fewer."""
    if count <= wanted:
        return tuple(range(count))
    return tuple(round((place + 0.5) * count / wanted - 0.5) for place in range(wanted))


def write_frames(clip: Path, out: Path, each: int) -> int:
    """Writes at most `each` pictures of a clip as JPEG; returns how many."""
    with av.open(str(clip)) as container:
        count = sum(1 for _ in container.decode(video=0))
    wanted = set(evenly(count, each))
    with av.open(str(clip)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number in wanted:
                picture = np.asarray(frame.to_ndarray(format="bgr24"), dtype=np.uint8)
                cv2.imwrite(str(out / f"{clip.stem}_{number:05}.jpg"), picture)
    return len(wanted)


def main(argv: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="training.frames", description="pictures from clips")
    parser.add_argument("clips", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--each", type=int, default=12)
    args = parser.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)
    for clip in sorted(args.clips.rglob("*.mp4")):
        print(clip.name, write_frames(clip, args.out, args.each))


if __name__ == "__main__":
    main()
