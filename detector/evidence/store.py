"""Evidence files: written whole or not at all, inside the output folder, with their SHA-256."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import cv2

from detector.errors import OutputError
from detector.files import make_folder, write_bytes
from detector.looks import Pixels

JPEG_QUALITY = 90
FOLDER = "evidence"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that was written: `path` is POSIX and relative to the output folder."""

    path: str
    sha256: str


class EvidenceStore:
    """Writes evidence below `out`/evidence."""

    def __init__(self, out: Path) -> None:
        self._out = out

    def save_jpeg(self, bgr: Pixels, relative_path: str) -> StoredFile:
        """Store a (h, w, 3) uint8 BGR picture as a JPEG of quality 90.

        `relative_path` is relative to the evidence folder. The same picture gives the same bytes;
        a file that is there already is replaced in one step. Raises OutputError where the path
        leaves the evidence folder or the file cannot be written, ValueError for no picture.
        """
        return self.save_bytes(encode_jpeg(bgr), relative_path)

    def save_bytes(self, content: bytes, relative_path: str) -> StoredFile:
        """Store bytes as they are, under the same rules as `save_jpeg`."""
        target = self._contained(relative_path)
        make_folder(target.parent)
        write_bytes(target, [content])
        path = PurePosixPath(FOLDER, relative_path).as_posix()
        return StoredFile(path, hashlib.sha256(content).hexdigest())

    def _contained(self, relative_path: str) -> Path:
        """The file to write. Links are followed first: one planted in the output folder must not
        lead a write elsewhere."""
        root = self._out.resolve() / FOLDER
        parts = PurePosixPath(relative_path).parts
        plain = not any(sign in relative_path for sign in "\\\0") and ".." not in parts
        if plain and parts and not relative_path.startswith("/"):
            parent = root.joinpath(*parts[:-1]).resolve()
            if parent.is_relative_to(root):
                return parent / parts[-1]
        raise OutputError(
            f"{relative_path!r} leaves the evidence folder {root}: use a plain relative path "
            "and remove symbolic links from the output folder"
        )


def encode_jpeg(bgr: Pixels) -> bytes:
    """JPEG bytes of a (h, w, 3) uint8 BGR picture; ValueError where it is no picture."""
    if bgr.ndim != 3 or bgr.shape[2] != 3 or bgr.size == 0:
        raise ValueError(f"a picture has the shape (h, w, 3), not {bgr.shape}")
    ok, encoded = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not ok:
        raise ValueError("the picture cannot be encoded as JPEG")
    return encoded.tobytes()
