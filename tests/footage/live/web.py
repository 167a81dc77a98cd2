"""A web server on loopback whose every path is a function of a test."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeAlias

Page: TypeAlias = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Gives each request to the page of its path."""

    site: Site

    def do_GET(self) -> None:
        self.site.visits.append(self.path)
        page = self.site.pages.get(self.path)
        try:
            if page is None:
                self.answer(404)
            else:
                page(self)
        except OSError:
            self.close_connection = True  # the other side has gone

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False


@dataclass
class Site:
    """Pages by path, and the paths that were asked for."""

    port: int
    closing: threading.Event
    pages: dict[str, Page] = field(default_factory=dict)
    visits: list[str] = field(default_factory=list)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@contextmanager
def serving() -> Iterator[Site]:
    handler = type("Bound", (Handler,), {})
    server = _Server(("127.0.0.1", 0), handler)
    site = Site(server.server_address[1], threading.Event())
    handler.site = site
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        site.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
