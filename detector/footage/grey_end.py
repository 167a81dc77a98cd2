"""JPEGs whose data end early behind a whole-looking file, which libjpeg fills up with grey."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext

from detector.looks import Pixels

_GREY = 128
_LEAST_ROWS = 8


def ends_grey(path: Path, bgr: Pixels) -> bool:
    """Whether the (h, w, 3) picture of this JPEG ends in a filling, not in picture.

    The filling is exactly mid-grey. A photo may be so by itself, therefore FFmpeg's strict
    decoder has the last word; it is too strict to be asked about every photo.
    """
    return bool(np.all(bgr[-_LEAST_ROWS:] == _GREY)) and not _strictly_whole(path)


def _strictly_whole(path: Path) -> bool:
    decoder = VideoCodecContext.create("mjpeg", "r")
    decoder.options = {"err_detect": "explode"}
    try:
        return bool([*decoder.decode(Packet(path.read_bytes())), *decoder.decode(None)])
    except av.FFmpegError:
        return False
