"""Live streams: RTSP, HTTP MJPEG, HLS, a picture that is polled, and a file played as if live."""

from detector.footage.live.clock import Clock, RealClock
from detector.footage.live.contract import (
    Clip,
    Gap,
    LiveLook,
    StreamHealth,
    StreamKind,
    StreamOptions,
    StreamState,
    Transport,
)
from detector.footage.live.stream import LiveStream

__all__ = [
    "Clip",
    "Clock",
    "Gap",
    "LiveLook",
    "LiveStream",
    "RealClock",
    "StreamHealth",
    "StreamKind",
    "StreamOptions",
    "StreamState",
    "Transport",
]
