"""Letting go of a thread that hangs in a read: its sockets are shut from outside."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from threading import Event, Lock


class Cancel:
    """Tells the thread of a connection that nobody waits for it any more."""

    def __init__(self) -> None:
        self.gone = Event()
        self._sockets: set[socket.socket] = set()
        self._lock = Lock()

    @contextlib.contextmanager
    def holding(self, connection: socket.socket) -> Iterator[None]:
        """While this lasts, `cancel` shuts the socket, which ends a read from it."""
        with self._lock:
            self._sockets.add(connection)
        if self.gone.is_set():
            _shut(connection)
        try:
            yield
        finally:
            with self._lock:
                self._sockets.discard(connection)

    def cancel(self) -> None:
        """Say so, from any thread."""
        self.gone.set()
        with self._lock:
            for connection in self._sockets:
                _shut(connection)


def _shut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
