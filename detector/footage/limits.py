"""What footage may be: the sizes, suffixes and formats that are accepted, and the refusals.

A header can claim any size, so each limit is checked before a picture is decoded.
"""

from __future__ import annotations

from detector.errors import SourceError
from detector.looks import Size

MIN_SIDE_PX = 16
MAX_PHOTO_PX = 80_000_000
MAX_VIDEO_PX = 40_000_000
MAX_VIDEO_SIDE_PX = 8192

PHOTO_FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
PHOTO_SUFFIXES = ("jpg", "jpeg", "png", "webp", "avif")
VIDEO_SUFFIXES = (
    *("mp4", "mov", "m4v", "mkv", "webm", "avi", "ts"),
    *("mts", "m2ts", "mpg", "mpeg", "3gp", "flv"),
)

# Playlists and concat scripts are demuxers too, and they open other files and addresses: only
# containers that hold their pictures themselves are on the list, and only local files are read.
VIDEO_DEMUXERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv"
VIDEO_PROTOCOLS = "file"


def _check_least(name: str, size: Size) -> None:
    if min(size) < MIN_SIDE_PX:
        raise SourceError(
            f"{name}: the picture is {size.width} x {size.height} pixels, too small to see "
            f"anything; use pictures of at least {MIN_SIDE_PX} pixels on each side"
        )


def _megapixels(count_px: int) -> str:
    return f"{count_px / 1e6:.1f} megapixels"


def check_photo_size(name: str, size: Size) -> None:
    """Refuse a photo of this header size in pixels: SourceError where too small or too large."""
    _check_least(name, size)
    if size.width * size.height > MAX_PHOTO_PX:
        raise SourceError(
            f"{name}: the photo is {size.width} x {size.height} pixels "
            f"({_megapixels(size.width * size.height)}), above the limit of "
            f"{_megapixels(MAX_PHOTO_PX)}; make it smaller or cut it into parts"
        )


def check_video_size(name: str, size: Size) -> None:
    """Refuse a video of this picture size in pixels: SourceError where too small or too large."""
    _check_least(name, size)
    if max(size) > MAX_VIDEO_SIDE_PX or size.width * size.height > MAX_VIDEO_PX:
        raise SourceError(
            f"{name}: the video is {size.width} x {size.height} pixels, above the limit of "
            f"{MAX_VIDEO_SIDE_PX} pixels a side and {_megapixels(MAX_VIDEO_PX)}; "
            "convert it to a smaller size"
        )
