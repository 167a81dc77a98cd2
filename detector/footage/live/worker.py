"""One connection in a thread of its own, which can be given up where it hangs."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from detector.address import mask_address
from detector.errors import SourceError
from detector.footage.clip import Remuxer
from detector.footage.live.cancel import Cancel
from detector.footage.live.chooser import Chooser, Due
from detector.footage.live.clock import Clock
from detector.footage.live.contract import LiveLook, StreamKind, StreamOptions
from detector.footage.live.decoding import LiveDecoder
from detector.footage.live.eye import End, Eye
from detector.footage.live.film import Film
from detector.footage.live.frozen import FrozenWatch
from detector.footage.live.handoff import Handoff
from detector.footage.live.hls import open_hls
from detector.footage.live.mjpeg import Mjpeg
from detector.footage.live.play import Play
from detector.footage.live.pulse import Pulse
from detector.footage.live.ring import Ring
from detector.footage.live.rtsp import open_rtsp
from detector.footage.live.source import Source
from detector.footage.live.still import Still, decoded
from detector.footage.live.timekeeper import Timekeeper


@dataclass(frozen=True)
class Carried:
    """What one connection hands to the next.

    `epoch_s` is the wall time of stream second 0; `last_t_s` the last stream second told,
    `look_t_s` that of the last look. `wall_zero_s` is the wall time at which the steady clock read
    zero, as it was when the stream was made.
    """

    epoch_s: float | None
    last_t_s: float
    look_t_s: float | None
    session: int
    wall_zero_s: float
    chooser: Chooser
    frozen: FrozenWatch


class Worker:
    """Opens a stream, reads, decodes and hands over looks, until it ends or is given up.

    Nothing of it is shared with other connections: a thread that is given up in a read and wakes
    up later finds nobody to disturb.
    """

    def __init__(
        self,
        options: StreamOptions,
        clock: Clock,
        carried: Carried,
        wanted: Callable[[], bool],
    ) -> None:
        """Nothing is opened before `start`; see `Eye` for `wanted`."""
        self.cancel = Cancel()
        self.pulse = Pulse(clock)
        # A file does not run away; the others do.
        waits = options.kind is StreamKind.FILE
        self.handoff: Handoff[LiveLook | End] = Handoff(waits)
        self.ring = Ring(options.ring_s, options.ring_bytes)
        self.remuxer: Remuxer | None = None
        self.thread = threading.Thread(target=self._run, name="live-stream", daemon=True)
        self._options = options
        self._clock = clock
        self._carried = carried
        self._keeper: Timekeeper | None = None
        self._chooser = copy.copy(carried.chooser)
        self._chooser.begin()
        due = Due(options.every_s)
        if carried.look_t_s is not None:
            due.looked(carried.look_t_s)
        self.eye = Eye(clock, due, copy.copy(carried.frozen), self.handoff, wanted)

    def start(self) -> None:
        """Begin, in a thread that does not keep the process alive."""
        self.thread.start()

    def give_up(self) -> None:
        """Let the thread go; it ends when its read does."""
        self.cancel.cancel()
        self.handoff.close()

    def carry(self) -> Carried:
        """What the next connection goes on from."""
        keeper = self._keeper
        look_t_s = self.eye.last_t_s
        carried = replace(
            self._carried,
            look_t_s=self._carried.look_t_s if look_t_s is None else look_t_s,
            chooser=copy.copy(self._chooser),
            frozen=copy.copy(self.eye.frozen),
        )
        if keeper is None:
            return carried
        return replace(
            carried, epoch_s=keeper.epoch_s, last_t_s=keeper.last_t_s, session=keeper.session
        )

    def _run(self) -> None:
        try:
            self._connect()
            end = End("the stream ended", finished=self._options.kind is StreamKind.FILE)
        except SourceError as fault:
            end = End(mask_address(str(fault)))
        except Exception as error:  # one camera's oddity must not end the watch over the others
            end = End(f"failed in an unforeseen way ({type(error).__name__})")
        self.handoff.put(end)

    def _connect(self) -> None:
        if self._options.kind is StreamKind.PICTURE:
            self._poll(Still(self._options, self._clock, self.cancel))
            return
        source = _opened(self._options, self._clock, self.cancel)
        try:
            self.remuxer = source.remuxer
            self._play(source)
        finally:
            source.close()

    def _begin(self, age_s: float) -> Timekeeper:
        carried = self._carried
        self.pulse.open()
        self._keeper = Timekeeper(carried.epoch_s, carried.last_t_s, carried.session + 1, age_s)
        return self._keeper

    def _poll(self, still: Still) -> None:
        keeper = self._begin(0.0)
        fresh: bytes | None = None
        for body in still.bodies():
            steady_s = self.pulse.beat()
            moment = keeper.tell(steady_s, *self._now(steady_s))
            fresh = body or fresh
            if fresh is None:
                self.eye.frozen.same(steady_s)
            # Who asks once a fetch loses its turn to streams, which ask on every packet.
            for _ in still.rest():
                if fresh and self.eye.due.at(moment.t_s) and self.eye.wants(moment):
                    self.eye.see(decoded(fresh), moment)
                    fresh = None

    def _play(self, source: Source) -> None:
        keeper = self._begin(source.age_s)
        gone = self.cancel.gone
        decoder = LiveDecoder(source.context, self.eye.tally)
        play = Play(self._chooser, self.eye, decoder, keeper, self.ring)
        for packet in source.packets():
            if gone.is_set():
                return
            now = self._now(self.pulse.beat())
            if packet.pts is not None:
                play.take(packet, packet.pts, *now)
        play.end()

    def _now(self, steady_s: float) -> tuple[float, float]:
        """The time on the wall as if its clock never stepped, and how far the wall is ahead."""
        now_s = self._carried.wall_zero_s + steady_s
        return now_s, self._clock.wall_s() - now_s


def _opened(options: StreamOptions, clock: Clock, cancel: Cancel) -> Source:
    match options.kind:
        case StreamKind.RTSP:
            return open_rtsp(options, cancel)
        case StreamKind.HLS:
            return open_hls(options, clock, cancel)
        case StreamKind.MJPEG:
            return Mjpeg(options, cancel)
    return Film(options, clock, cancel)
