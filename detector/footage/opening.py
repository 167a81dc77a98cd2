"""Opening files: what they are in plain words where they cannot be used, and behind guards."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import av
import av.logging
from av.container import InputContainer
from av.stream import Discard, Disposition
from av.video.stream import VideoStream

from detector.errors import SourceError
from detector.footage.contract import FootageFile
from detector.footage.limits import (
    MAX_VIDEO_PX,
    VIDEO_DEMUXERS,
    VIDEO_PROTOCOLS,
    check_video_size,
)
from detector.looks import Size

_OPTIONS = {
    "protocol_whitelist": VIDEO_PROTOCOLS,
    "format_whitelist": VIDEO_DEMUXERS,
    "max_pixels": str(MAX_VIDEO_PX),
}


def fingerprint(file: FootageFile) -> str:
    """SHA-256 of the file's bytes, in hex; SourceError where it is no file that can be read."""
    name = file.name
    if file.path.is_dir():
        raise SourceError(f"{name}: is a folder, not a file; name it as a source of its own")
    if not file.path.exists():
        raise SourceError(f"{name}: there is no such file any more; check the path")
    if not file.path.is_file():
        raise SourceError(f"{name}: is not an ordinary file; copy it to one first")
    try:
        if file.path.stat().st_size == 0:
            raise SourceError(f"{name}: is empty (0 bytes); copy it from the camera again")
        with file.path.open("rb") as data:
            return hashlib.file_digest(data, "sha256").hexdigest()
    except PermissionError as error:
        raise SourceError(f"{name}: may not be read; allow yourself to read it") from error
    except OSError as error:
        raise SourceError(f"{name}: cannot be read ({error.strerror}); check the disk") from error


@dataclass(frozen=True, slots=True)
class OpenVideo:
    """An open container and the stream of pictures in it."""

    container: InputContainer
    stream: VideoStream

    def close(self) -> None:
        """Close the file."""
        self.container.close()


def open_video(file: FootageFile) -> OpenVideo:
    """Open a video file, and nothing but this file; close it after use.

    SourceError where it is no video, holds no pictures, or is larger than the limits.
    """
    # FFmpeg writes what it thinks of a file straight to the terminal unless told not to.
    av.logging.set_level(None)
    av.logging.set_libav_level(av.logging.PANIC)
    try:
        path = str(file.path.absolute())
        container = av.open(path, options=_OPTIONS, metadata_errors="replace")
    except (av.FFmpegError, UnicodeError) as error:
        raise SourceError(
            f"{file.name}: is not a video that can be read; if it plays elsewhere, convert it "
            "to MP4 (H.264)"
        ) from error
    try:
        return OpenVideo(container, _picture_stream(file, container))
    except BaseException:
        container.close()
        raise


def _picture_stream(file: FootageFile, container: InputContainer) -> VideoStream:
    """The largest stream of moving pictures, set up for decoding; cover pictures do not count."""
    streams = [
        stream
        for stream in container.streams.video
        if not stream.disposition & Disposition.attached_pic and has_decoder(stream)
    ]
    if not streams:
        raise SourceError(
            f"{file.name}: holds no moving pictures that can be decoded; convert it to MP4 (H.264)"
        )
    chosen = max(streams, key=lambda stream: stream.width * stream.height)
    if chosen.width and chosen.height:
        check_video_size(file.name, Size(chosen.width, chosen.height))
    for stream in container.streams:
        if stream is not chosen:
            stream.discard = Discard.all
    chosen.codec_context.options = {"max_pixels": str(MAX_VIDEO_PX)}
    return chosen


def has_decoder(stream: VideoStream) -> bool:
    """Whether this build of FFmpeg can decode the stream."""
    return getattr(stream, "codec_context", None) is not None
