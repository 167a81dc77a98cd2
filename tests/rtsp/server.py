"""A real RTSP server as a child process, which a test can cut, freeze and bring back."""

from __future__ import annotations

import functools
import json
import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

# The bindings of GStreamer belong to the system's Python, not to the environment of the tests.
SYSTEM_PYTHON = "/usr/bin/python3"
SCRIPT = Path(__file__).with_name("gst_server.py")
_PROBE = (
    "import gi; gi.require_version('GstRtspServer', '1.0'); gi.require_version('Gst', '1.0');"
    "from gi.repository import Gst, GstRtspServer; Gst.init(None);"
    "assert Gst.ElementFactory.find('rtph264pay') and Gst.ElementFactory.find('h264parse')"
)


@functools.cache
def missing() -> str | None:
    """Why no server can be started here, None where one can."""
    try:
        done = subprocess.run([SYSTEM_PYTHON, "-c", _PROBE], capture_output=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return f"there is no usable {SYSTEM_PYTHON}"
    if done.returncode:
        return "GStreamer's RTSP server is not installed (gir1.2-gst-rtsp-server-1.0, plugins)"
    return None


class RtspServer:
    """Serves films (mount to path of an H.264, H.265 or MJPEG file) in loops on 127.0.0.1.

    With `user` it asks for a password, by digest or in the basic way. RuntimeError where the
    server cannot be started; see `missing`.
    """

    def __init__(
        self,
        films: Mapping[str, Path],
        *,
        user: str | None = None,
        password: str | None = None,
        digest: bool = True,
    ) -> None:
        if (reason := missing()) is not None:
            raise RuntimeError(reason)
        self._wanted: dict[str, object] = {
            "port": 0,
            "films": {mount: str(path.absolute()) for mount, path in films.items()},
            "user": user,
            "password": password,
            "digest": digest,
        }
        self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    def url(self, mount: str, *, user: str | None = None, password: str = "") -> str:
        """The address of a mount, with a user name and a password where they are given."""
        who = "" if user is None else f"{quote(user, safe='')}:{quote(password, safe='')}@"
        return f"rtsp://{who}127.0.0.1:{self.port}/{mount}"

    def freeze(self) -> None:
        """Stop the process in its tracks: its connections stay open and mute."""
        os.kill(self._process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen process go on."""
        os.kill(self._process.pid, signal.SIGCONT)

    def kill(self) -> None:
        """End the process at once; its connections are reset."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def restart(self) -> None:
        """Start again on the same port, after `kill` or in its stead."""
        self.kill()
        self._start()

    def cpu_s(self) -> float:
        """Seconds of processor time that the server has used since its start."""
        after_name = self._proc("stat").rpartition(")")[2].split()
        return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")

    def rss_bytes(self) -> int:
        """Memory that the server holds."""
        return int(self._proc("statm").split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def _proc(self, what: str) -> str:
        return Path(f"/proc/{self._process.pid}/{what}").read_text()

    def _start(self) -> None:
        self._process = subprocess.Popen(
            [SYSTEM_PYTHON, str(SCRIPT), json.dumps(self._wanted)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "GST_DEBUG": "0"},
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line.strip():
            raise RuntimeError("the RTSP server did not start")
        self.port = int(line)
        self._wanted["port"] = self.port
