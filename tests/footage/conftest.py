"""Small videos and photos to look at, and the shared real ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import av
import numpy as np
import pytest

from detector.footage import FootageFile
from detector.looks import Picture, Pixels

MS = Fraction(1, 1000)


Film: TypeAlias = Callable[..., FootageFile]


def scene(number: int, size: tuple[int, int]) -> Pixels:
    """An RGB picture that differs from that of any other number, and in each of its corners."""
    width, height = size
    rows, columns = np.mgrid[:height, :width]
    picture = np.empty((height, width, 3), np.uint8)
    picture[..., 0] = (rows * 3 + number * 5) % 256
    picture[..., 1] = (columns * 3 + number * 3) % 256
    picture[..., 2] = (number * 7) % 256
    picture[: height // 4, : width // 4] = (255, 0, 0)
    return picture


def as_film(path: Path) -> FootageFile:
    return FootageFile(path, path.name, "video")


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    folder = tmp_path_factory.mktemp("films")

    def make(
        name: str,
        times_ms: Sequence[int] = tuple(range(0, 2000, 40)),
        *,
        size: tuple[int, int] = (64, 48),
        gop: int = 10,
        b_frames: int = 0,
        codec: str = "libx264",
        pix_fmt: str = "yuv420p",
        turn: tuple[float, bool] | None = None,
        metadata: dict[str, str] | None = None,
        options: dict[str, str] | None = None,
    ) -> FootageFile:
        path = folder / name
        with av.open(str(path), "w") as out:
            out.metadata.update(metadata or {})
            stream = out.add_stream(codec, rate=25)
            assert isinstance(stream, av.VideoStream)
            stream.width, stream.height = size
            stream.pix_fmt = pix_fmt
            context = stream.codec_context
            context.gop_size, context.max_b_frames = gop, b_frames
            if codec == "libx264":
                context.time_base = MS
                plain = {"preset": "ultrafast", "sc_threshold": "0", "bf": str(b_frames)}
                stream.options = plain | (options or {})
            if turn is not None:
                stream.set_display_rotation(turn[0], hflip=turn[1])
            for number, time_ms in enumerate(times_ms):
                frame = av.VideoFrame.from_ndarray(scene(number, size), format="rgb24")
                frame.pts, frame.time_base = time_ms, MS
                if codec != "libx264":
                    frame.pts, frame.time_base = number, Fraction(1, 25)
                out.mux(stream.encode(frame))
            out.mux(stream.encode())
        return as_film(path)

    return make


def decoded(path: Path) -> dict[float, Pixels]:
    """Every picture by an independent, plain decoding: stream seconds to BGR."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = list(container.decode(stream))
        tick_s = stream.time_base
        assert tick_s is not None
        origin = frames[0].pts
        assert origin is not None
        return {
            round(float(((frame.pts or 0) - origin) * tick_s), 3): np.asarray(
                frame.to_ndarray(format="bgr24"), np.uint8
            )
            for frame in frames
        }


def alike(one: Picture, other: Picture) -> bool:
    return (one.planes is None) == (other.planes is None) and np.array_equal(one.bgr, other.bgr)


@pytest.fixture(scope="session")
def same() -> Callable[[Picture, Picture], bool]:
    return alike


@pytest.fixture(scope="session")
def plainly() -> Callable[[Path], dict[float, Pixels]]:
    return decoded


@pytest.fixture(scope="session")
def shared() -> Path:
    folder = Path(__file__).parents[2].parent / "shared"
    if not (folder / "video").is_dir():
        pytest.skip(f"the shared material is not at {folder}")
    return folder
