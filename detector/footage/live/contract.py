"""What a live stream is told and what it tells: options, looks, gaps, health, clips."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from detector.address import IPNetwork, StreamKind, Transport, mask_address
from detector.errors import SourceError
from detector.footage.clip import Clip
from detector.looks import Picture

__all__ = [
    "Clip",
    "Gap",
    "LiveLook",
    "StreamError",
    "StreamHealth",
    "StreamKind",
    "StreamOptions",
    "StreamState",
    "Transport",
]


@dataclass(frozen=True)
class StreamOptions:
    """Where a stream comes from, and how patient to be with it.

    `every_s` is the step of the grid that looks are taken on, zero or less for every picture.
    A stream without data for `silent_after_s`, or with the very same picture for
    `frozen_after_s`, is opened anew. `picture_every_s` is the time between fetches of a picture,
    None for `every_s`. The last `ring_s` seconds, at most `ring_bytes`, are kept for clips.
    `loop` plays a file again and again. `seen_until` is until when an earlier run
    watched, if one did: the time since then is a gap.
    """

    kind: StreamKind
    address: str = field(repr=False)
    networks: tuple[IPNetwork, ...]
    every_s: float
    transport: Transport = Transport.TCP
    silent_after_s: float = 20.0
    frozen_after_s: float = 60.0
    picture_every_s: float | None = None
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    ring_s: float = 12.0
    ring_bytes: int = 6_000_000
    loop: bool = False
    seen_until: datetime | None = None

    @property
    def shown(self) -> str:
        """The address without its secrets."""
        return mask_address(self.address)

    @property
    def fetch_every_s(self) -> float:
        """Seconds between two fetches of a picture, at least one."""
        return max(1.0, self.every_s if self.picture_every_s is None else self.picture_every_s)


@dataclass(frozen=True)
class LiveLook:
    """A look at a live stream.

    `t_s` is in stream seconds since the epoch of the stream and never falls. `at` is the UTC
    time at which the picture was taken, as far as arrival tells. `session` counts the stretches
    over which the stream's own clock ran on; `lag_s` is how old the picture was at hand-over.
    """

    t_s: float
    at: datetime
    picture: Picture
    session: int
    lag_s: float


class StreamState(StrEnum):
    """What a stream is doing."""

    CONNECTING = "connecting"
    LIVE = "live"
    SILENT = "silent"
    FROZEN = "frozen"
    WAITING = "waiting"
    STOPPED = "stopped"


@dataclass(frozen=True)
class StreamHealth:
    """How a stream is; counts are since its start.

    `fps` are coded pictures received per second, `frames` those received and `looks` those
    handed over; `drops` are looks that nobody wanted or took in time, and damaged pictures.
    `decode_s` are seconds of processor time. `quiet_s` are seconds since the last look, wanted or
    not, or since the start, by a clock that never steps. `error` says in masked words what is
    wrong, None while looks come.
    """

    state: StreamState
    fps: float
    lag_s: float | None
    last_frame_at: datetime | None
    frames: int
    looks: int
    drops: int
    reconnects: int
    gaps: int
    decode_s: float
    quiet_s: float
    error: str | None


@dataclass(frozen=True)
class Gap:
    """A time in which nothing was seen: from the last picture before it to the first after it."""

    from_at: datetime
    until_at: datetime
    reason: str


class StreamError(SourceError):
    """A stream cannot be opened or broke off; the message is masked and without a remedy."""
