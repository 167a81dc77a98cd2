"""An RTSP server that plays films in a loop; a program of its own, for the system's Python.

Takes one JSON object as its argument: `port` (0 for any), `films` (mount to path), and `user`,
`password`, `digest` where a password is asked for. Prints the port it listens on.
"""

from __future__ import annotations

import json
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

PAYLOADERS = {
    "video/x-h264": "rtph264pay",
    "video/x-h265": "rtph265pay",
    "image/jpeg": "rtpjpegpay",
}


class Film:
    """The coded pictures of a file, read once."""

    def __init__(self, path):
        wanted = ";".join(PAYLOADERS)
        reading = Gst.parse_launch(
            f'filesrc location="{path}" ! parsebin ! appsink name=out sync=false caps="{wanted}"'
        )
        reading.set_state(Gst.State.PLAYING)
        out = reading.get_by_name("out")
        self.samples = []
        while (sample := out.emit("pull-sample")) is not None:
            self.samples.append(sample)
        reading.set_state(Gst.State.NULL)
        if not self.samples:
            raise SystemExit(f"{path}: holds nothing that can be served")
        self.caps = self.samples[0].get_caps()
        buffers = [sample.get_buffer() for sample in self.samples]
        stamps = sorted(buffer.pts for buffer in buffers)
        step = (stamps[-1] - stamps[0]) // max(len(stamps) - 1, 1) or Gst.SECOND // 25
        self.length = stamps[-1] - stamps[0] + step
        self.pictures = [
            (
                buffer.extract_dup(0, buffer.get_size()),
                buffer.pts - stamps[0],
                (buffer.dts if buffer.dts != Gst.CLOCK_TIME_NONE else buffer.pts) - stamps[0],
                step,
                buffer.get_flags() & Gst.BufferFlags.DELTA_UNIT,
            )
            for buffer in buffers
        ]


class Loop:
    """One film on its way to the clients of one mount."""

    def __init__(self, film, source):
        self.film, self.at = film, 0
        source.set_property("caps", film.caps)
        source.connect("need-data", self.push)

    def push(self, source, _length):
        rounds, index = divmod(self.at, len(self.film.pictures))
        data, pts, dts, duration, delta = self.film.pictures[index]
        offset = rounds * self.film.length
        buffer = Gst.Buffer.new_wrapped(data)
        buffer.pts, buffer.duration = pts + offset, duration
        if dts + offset >= 0:
            buffer.dts = dts + offset
        if delta:
            buffer.set_flags(Gst.BufferFlags.DELTA_UNIT)
        self.at += 1
        source.emit("push-buffer", buffer)


def factory_of(path):
    film = Film(path)
    payload = PAYLOADERS[film.caps.get_structure(0).get_name()]
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(f"( appsrc name=src is-live=true format=time ! {payload} name=pay0 pt=96 )")
    factory.set_shared(True)

    def configure(_factory, media):
        media.film_loop = Loop(film, media.get_element().get_child_by_name("src"))

    factory.connect("media-configure", configure)
    return factory


def protect(server, factories, user, password, digest):
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    if digest:
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(user, password, token)
    else:
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    server.set_auth(auth)
    role = Gst.Structure.new_empty("viewer")
    for permission in ("media.factory.access", "media.factory.construct"):
        role.set_value(permission, True)
    for factory in factories:
        factory.add_role_from_structure(role)


def main():
    wanted = json.loads(sys.argv[1])
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(str(wanted["port"]))
    factories = {mount: factory_of(path) for mount, path in wanted["films"].items()}
    if wanted.get("user"):
        protect(server, factories.values(), wanted["user"], wanted["password"], wanted["digest"])
    for mount, factory in factories.items():
        server.get_mount_points().add_factory(f"/{mount}", factory)
    if not server.attach(None):
        raise SystemExit("the port is taken")
    print(server.get_bound_port(), flush=True)
    GLib.MainLoop().run()


main()
