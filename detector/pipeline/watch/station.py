"""One camera of the watch: its stream, the thread that reads it, and the post that judges it."""

from __future__ import annotations

import time
from dataclasses import replace
from threading import Event

from detector.address import IPNetwork, StreamKind, mask_address
from detector.device import DeviceFault
from detector.footage.live import Gap, StreamHealth, StreamState
from detector.looks import Look
from detector.pipeline.watch.engine import Waiting
from detector.pipeline.watch.health import CameraHealth, Rate
from detector.pipeline.watch.opening import open_post
from detector.pipeline.watch.runner import Runner
from detector.pipeline.watch.shared import SeenGap, Shared
from detector.pipeline.watch.state import watched_until
from detector.pipeline.watch.stream_options import options_of
from detector.scene.fleet import FleetCamera


class Station:
    """A camera that is watched; `start` and `stop` it once."""

    def __init__(
        self,
        camera: FleetCamera,
        digest: str,
        networks: tuple[IPNetwork, ...],
        shared: Shared,
    ) -> None:
        """Take up what an earlier run left; nothing is opened before `start`.

        Raises CameraFileError where its password or a reference picture cannot be had.
        """
        self.id = camera.id
        self.digest = digest
        self._camera = camera
        self._shared = shared
        self._stop = Event()
        self._error: str | None = None
        options = replace(
            options_of(camera, networks), seen_until=watched_until(shared.folder_of(camera.id))
        )
        self._stream = shared.make_stream(options, self._stop, self._note_gap)
        self._post = open_post(camera, shared, self._stream, self._warn)
        self._runner = Runner(self._stream, self._stop, self._put, self._warn, self._wanted)
        self._rate = Rate()

    @property
    def over(self) -> bool:
        """Whether its recording is at its end."""
        return self._runner.over

    def start(self) -> None:
        """Begin to watch."""
        self._runner.start()

    def ask_to_stop(self) -> None:
        """Let go of the stream; `stop` waits for it."""
        self._stop.set()

    def stop(self, timeout_s: float) -> None:
        """Stop; what lasts stays open and is taken up by the next station of this camera."""
        self._stop.set()
        if not self._runner.join(timeout_s):
            self._warn("the stream did not let go in time")
        self._shared.queue.forget(self.id)
        try:
            self._post.close()
        except Exception as error:  # the others must stop, too
            self._warn(f"its state could not be saved: {error}")

    def tick(self) -> CameraHealth:
        """Let time pass, about once a second; returns how the camera is."""
        stream = self._stream.health()
        self._post.tick(stream.state is StreamState.LIVE)
        self._post.note_stream(self._fault_of(stream))
        return self._health(stream)

    def _put(self, look: Look) -> None:
        self._shared.queue.put(self.id, Waiting(self._post, look))

    def _wanted(self) -> bool:
        return self._shared.queue.wants(self.id)

    def _warn(self, message: str) -> None:
        self._error = mask_address(message)
        self._shared.listener.warn(self.id, self._error)

    def _note_gap(self, gap: Gap) -> None:
        reason = mask_address(gap.reason)
        self._shared.tell_gap(
            SeenGap(camera_id=self.id, from_at=gap.from_at, until_at=gap.until_at, reason=reason)
        )

    def _fault_of(self, stream: StreamHealth) -> DeviceFault | None:
        if stream.state is StreamState.FROZEN:
            return DeviceFault.FROZEN
        # A still that does not change gives no look, and a live stream may hold none to decode.
        still = self._camera.stream.kind is StreamKind.PICTURE
        if stream.state is StreamState.STOPPED or (still and stream.state is StreamState.LIVE):
            return None
        patience_s = self._camera.stream.silent_after_s + 2 * self._camera.camera.looking.every_s
        if stream.quiet_s > patience_s:
            return DeviceFault.SILENT
        # What an earlier run found holds until something comes.
        return self._post.stream_fault if stream.last_frame_at is None else None

    def _health(self, stream: StreamHealth) -> CameraHealth:
        post = self._post.health()
        return CameraHealth(
            id=self.id,
            name=self._camera.camera.name,
            state=stream.state.value,
            fps=stream.fps,
            looks_per_s=self._rate.see(time.monotonic(), post.counts.looks),
            lag_s=stream.lag_s if post.lag_s is None else post.lag_s,
            last_frame_at=stream.last_frame_at,
            looks=post.counts.looks,
            drops=stream.drops + self._shared.queue.drops.get(self.id, 0),
            reconnects=stream.reconnects,
            gaps=stream.gaps,
            cost_ms=post.cost_ms,
            saved_share=post.saved_share,
            distrusted=post.counts.distrusted,
            view=post.view,
            fault=post.fault.value if post.fault else None,
            open_stays=post.open_stays,
            unwritten=post.unwritten,
            error=stream.error or self._error,
        )
