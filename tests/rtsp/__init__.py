"""A real RTSP server for tests and benchmarks; see `server.RtspServer`."""

from tests.rtsp.server import RtspServer, missing

__all__ = ["RtspServer", "missing"]
