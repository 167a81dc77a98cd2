"""The packets of a connection: kept for clips, timed, and decoded as far as looks need it.

A key frame that is decoded by itself can wait until somebody wants its look; where none does
before the next one comes, it never is.
"""

from __future__ import annotations

from av.video.frame import VideoFrame

from detector.footage.clip import VideoPacket
from detector.footage.live.chooser import Chooser, Step
from detector.footage.live.decoding import LiveDecoder
from detector.footage.live.eye import Eye
from detector.footage.live.ring import Ring
from detector.footage.live.timekeeper import Moment, Timekeeper


class Play:
    """Decodes what of the packets must be decoded."""

    def __init__(
        self,
        chooser: Chooser,
        eye: Eye,
        decoder: LiveDecoder,
        keeper: Timekeeper,
        ring: Ring,
    ) -> None:
        self._chooser = chooser
        self._eye = eye
        self._decoder = decoder
        self._keeper = keeper
        self._ring = ring
        self._tick_s = 0.0
        self._waits: VideoPacket | None = None
        self._session = keeper.session

    def take(self, packet: VideoPacket, stamp: int, now_s: float, ahead_s: float) -> None:
        """The next packet, with its stamp in ticks; see `Timekeeper.tell` for the times."""
        self._tick_s = self._tick_s or float(packet.time_base)
        moment = self._keeper.tell(stamp * self._tick_s, now_s, ahead_s)
        if moment.session != self._session:
            # What the decoder still holds has stamps of the clock that was left.
            self._session = moment.session
            self._decoder.drain()
            self._chooser.begin()
            self._ring.clear()
            self._waits = None
        key = packet.is_keyframe
        self._ring.add(moment.t_s, key, packet)
        due = self._eye.due.at(moment.t_s)
        step = self._chooser.step(moment.t_s, key, due)
        if step is not Step.SKIP:
            self._decode(step, packet, due)
        if self._waits is not None and self._eye.wants(self._moment(self._waits.pts)):
            self.end()

    def end(self) -> None:
        """Decode what still waits to be wanted."""
        packet, self._waits = self._waits, None
        if packet is not None:
            self._alone(packet)

    def _decode(self, step: Step, packet: VideoPacket, due: bool) -> None:
        decoder = self._decoder
        # What waited is an older key frame, or the last one, which is caught up with.
        self._waits = packet if step is Step.KEY else None
        match step:
            case Step.DECODE:
                self._see(decoder.next(packet, spare=not due))
            case Step.CATCH_UP:
                for missed in self._ring.since_key():
                    spare = not self._eye.due.at(self._moment(missed.pts).t_s)
                    self._see(decoder.next(missed, spare))
            case Step.SETTLE:
                self._see(decoder.drain())
                still_due = self._eye.due.at(self._moment(packet.pts).t_s)
                self._waits = packet if still_due else None

    def _alone(self, packet: VideoPacket) -> None:
        frames = self._decoder.alone(packet)
        if frames:
            self._see(frames, asked=True)
        elif not packet.is_corrupt:
            self._chooser.disappointed()

    def _see(self, frames: list[VideoFrame], *, asked: bool = False) -> None:
        for frame in frames:
            if frame.pts is not None:
                self._eye.see_frame(frame, self._moment(frame.pts), asked=asked)

    def _moment(self, stamp: int | None) -> Moment:
        return self._keeper.of((stamp or 0) * self._tick_s)
