"""The last seconds of a stream as it came: packets, not pictures, and none of them copied."""

from __future__ import annotations

from collections import deque
from threading import Lock
from typing import NamedTuple

from av.packet import Packet
from av.video.stream import VideoStream


class Kept(NamedTuple):
    """A packet with its stream time in seconds."""

    t_s: float
    key: bool
    packet: Packet[VideoStream]


class Ring:
    """Keeps whole runs from key frame to key frame, as many as `length_s` needs.

    Where `most_bytes` are exceeded, what is oldest goes, and with it the start of a run.
    """

    def __init__(self, length_s: float, most_bytes: int) -> None:
        self._length_s = length_s
        self._most_bytes = most_bytes
        self._kept: deque[Kept] = deque()
        self._keys_s: deque[float] = deque()
        self._bytes = 0
        self._lock = Lock()

    def add(self, t_s: float, key: bool, packet: Packet[VideoStream]) -> None:
        """Keep one more packet; the next of the stream, in the order of decoding."""
        with self._lock:
            self._kept.append(Kept(t_s, key, packet))
            self._bytes += packet.size
            if key:
                self._keys_s.append(t_s)
                while len(self._keys_s) > 1 and self._keys_s[1] <= t_s - self._length_s:
                    self._drop_run()
            while self._bytes > self._most_bytes:
                self._drop()

    def between(self, from_t_s: float, until_t_s: float) -> list[Kept]:
        """The packets from the last key frame at or before the start to the end.

        Where the ring begins later, from its first key frame on; empty where none is in the time.
        """
        with self._lock:
            kept = [one for one in self._kept if one.t_s <= until_t_s]
        starts = [at for at, one in enumerate(kept) if one.key]
        before = [at for at in starts if kept[at].t_s <= from_t_s]
        if not starts or kept[-1].t_s < from_t_s:
            return []
        return kept[before[-1] if before else starts[0] :]

    def since_key(self) -> list[Packet[VideoStream]]:
        """The packets from the last key frame on, all where there is none."""
        with self._lock:
            kept = list(self._kept)
        start = next((at for at in range(len(kept) - 1, -1, -1) if kept[at].key), 0)
        return [one.packet for one in kept[start:]]

    def clear(self) -> None:
        """Forget all of it."""
        with self._lock:
            self._kept.clear()
            self._keys_s.clear()
            self._bytes = 0

    @property
    def span_s(self) -> float:
        """Seconds from the first packet to the last one."""
        with self._lock:
            return self._kept[-1].t_s - self._kept[0].t_s if self._kept else 0.0

    def _drop_run(self) -> None:
        self._drop()
        while self._kept and not self._kept[0].key:
            self._drop()

    def _drop(self) -> None:
        gone = self._kept.popleft()
        self._bytes -= gone.packet.size
        if gone.key:
            self._keys_s.popleft()
