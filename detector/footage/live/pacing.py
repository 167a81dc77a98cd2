"""Packets that come in bursts, a segment at a time, given at about the pace of their stamps."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event

from detector.footage.clip import VideoPacket
from detector.footage.live.clock import Clock

# A little faster than they were taken, so that what an outage left behind is caught up with.
_RATE = 1.25
# So far behind, the times are counted anew: the rest is not to come in one burst.
_BEHIND_S = 1.0
# A longer wait for the next picture is none that the camera made.
_FAR_S = 3.0


def paced(packets: Iterator[VideoPacket], clock: Clock, gone: Event) -> Iterator[VideoPacket]:
    """The packets, in the order of decoding, each not before it is due; ends when `gone` is set."""
    from_s, base_s = clock.steady_s(), None
    for packet in packets:
        stamp = packet.pts if packet.dts is None else packet.dts
        if stamp is None:
            continue
        stamp_s = float(stamp * packet.time_base)
        now_s = clock.steady_s()
        base_s = stamp_s if base_s is None else base_s
        wait_s = from_s + (stamp_s - base_s) / _RATE - now_s
        if not -_BEHIND_S <= wait_s <= _FAR_S:
            from_s, base_s = now_s, stamp_s
        elif wait_s > 0 and clock.wait(gone, wait_s):
            return
        yield packet
