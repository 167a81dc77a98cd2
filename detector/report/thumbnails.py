"""Small pictures that travel inside the page."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image

from detector.observation import stays_inside
from detector.problem import Problem

EMBEDDED_PROBLEMS = 600
WIDTH_PX = 360
QUALITY = 72
_LIMIT_PX = 80_000_000


def embedded_thumbnails(out: Path, problems: Sequence[Problem]) -> dict[str, str]:
    """Data URIs by cover path for the 600 problems of the highest score.

    The page loads the others from the evidence folder when they scroll into view. A cover that
    is missing, broken or outside `out` is left out; the page then says that it is missing.
    """
    first = sorted(problems, key=lambda problem: -problem.score.total)[:EMBEDDED_PROBLEMS]
    return dict(_each(out, first))


def _each(out: Path, problems: Sequence[Problem]) -> Iterator[tuple[str, str]]:
    root = out.resolve()
    for problem in problems:
        if problem.cover is None or not stays_inside(problem.cover):
            continue
        jpeg = _thumbnail(root, problem.cover)
        if jpeg is not None:
            yield problem.cover, "data:image/jpeg;base64," + b64encode(jpeg).decode("ascii")


def _thumbnail(root: Path, cover: str) -> bytes | None:
    """JPEG bytes of a picture at most 360 px wide; None where there is no such picture."""
    try:
        path = (root / cover).resolve()
        if not path.is_relative_to(root):
            return None
        with Image.open(path, formats=("JPEG", "PNG", "WEBP")) as picture:
            if picture.width * picture.height > _LIMIT_PX:
                return None
            # JPEG is decoded at a half, quarter or eighth of its size: ten times as fast for 4K.
            picture.draft("RGB", (WIDTH_PX * 2, WIDTH_PX * 2))
            return _small_jpeg(picture)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def _small_jpeg(picture: Image.Image) -> bytes:
    small = picture.convert("RGB")
    small.thumbnail((WIDTH_PX, WIDTH_PX * 2))
    buffer = BytesIO()
    small.save(buffer, "JPEG", quality=QUALITY, optimize=True)
    return buffer.getvalue()
