"""Streams by RTSP, over TCP or UDP."""

from __future__ import annotations

import av

from detector.footage.limits import MAX_VIDEO_PX
from detector.footage.live.cancel import Cancel
from detector.footage.live.contract import StreamError, StreamOptions, Transport
from detector.footage.live.endpoint import Login, resolve
from detector.footage.live.rtsp_check import checked_rtsp
from detector.footage.live.source import Demuxed, silence, told

_PROTOCOLS = {
    "rtsp": {Transport.TCP: "rtsp,tcp", Transport.UDP: "rtsp,tcp,rtp,udp"},
    "rtsps": {Transport.TCP: "rtsp,tcp,tls", Transport.UDP: "rtsp,tcp,tls,rtp,udp"},
}
# A socket that is silent for so long beyond the watchdog's patience belongs to a thread that was
# given up; this ends it.
_GRACE_S = 2.0
_LOOK_INTO_US = "500000"
_UDP_BUFFER_BYTES = "1048576"


def open_rtsp(options: StreamOptions, cancel: Cancel) -> Demuxed:
    """Open a stream; StreamError where it cannot be, or may not be."""
    login = None if options.user is None else Login(options.user, options.password or "")
    endpoint = resolve(options.address, options.kind, options.networks, login)
    silence()
    settings = {
        "rtsp_transport": options.transport.value,
        "protocol_whitelist": _PROTOCOLS[endpoint.scheme][options.transport],
        "format_whitelist": "rtsp",
        "allowed_media_types": "video",
        # FFmpeg's own limit: PyAV's would take Python's lock several times for each packet of the
        # network, which a hundred cameras cannot afford.
        "timeout": str(round((options.silent_after_s + _GRACE_S) * 1e6)),
        "analyzeduration": _LOOK_INTO_US,
        "fpsprobesize": "0",
        "max_pixels": str(MAX_VIDEO_PX),
        "user_agent": "Streetwarden",
    }
    if options.transport is Transport.UDP:
        settings["buffer_size"] = _UDP_BUFFER_BYTES
    try:
        with checked_rtsp(endpoint, cancel):
            container = av.open(endpoint.url_with_login, format="rtsp", options=settings)
    except (av.FFmpegError, UnicodeError) as error:
        # Its own words hold the address with the password.
        raise StreamError(told(error)) from None
    try:
        return Demuxed(container)
    except BaseException:
        container.close()
        raise
