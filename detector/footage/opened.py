"""What an opened video and an opened photo have in common."""

from __future__ import annotations

from detector.footage.contract import FootageFile, FootageInfo
from detector.footage.decoder import Tally


class OpenedFile:
    """The facts of a file and the tally of what was decoded; see `contract.Footage`."""

    _info: FootageInfo

    def __init__(self, file: FootageFile) -> None:
        self._file = file
        self._tally = Tally()

    @property
    def info(self) -> FootageInfo:
        """The facts of the file."""
        return self._info

    @property
    def frames_decoded(self) -> int:
        """How many pictures were decoded so far."""
        return self._tally.frames

    @property
    def decode_s(self) -> float:
        """Seconds spent so far on decoding, and on copying what became a look."""
        return self._tally.decode_s

    @property
    def damaged(self) -> int:
        """How many times decoding failed so far; what failed was skipped."""
        return self._tally.damaged
