"""How every camera is doing, for the table, the log and the metrics."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime

from detector.footage.live import StreamState
from detector.scene.fleet import FleetCamera

RATE_WINDOW_S = 60.0


@dataclass(frozen=True, slots=True)
class CameraHealth:
    """One camera now.

    `state` is that of its stream. `lag_s` is how old the last picture was when it had been
    judged. `drops` are looks that came too fast for the model, and damaged pictures. `cost_ms`
    is the mean time per look on all processors, `saved_share` of looks at which nothing had
    changed. `fault` is what is wrong with the camera itself, `error` what went wrong last, in
    masked words. `unwritten` are revisions that the disk did not take yet.
    """

    id: str
    name: str
    state: str
    fps: float
    looks_per_s: float
    lag_s: float | None
    last_frame_at: datetime | None
    looks: int
    drops: int
    reconnects: int
    gaps: int
    cost_ms: float
    saved_share: float
    distrusted: int
    view: str | None
    fault: str | None
    open_stays: int
    unwritten: int
    error: str | None

    @property
    def sound(self) -> bool:
        """Whether pictures come and can be trusted."""
        return self.state == "live" and self.fault is None


def absent(camera: FleetCamera, error: str) -> CameraHealth:
    """A camera that is not watched, because it could not be started."""
    return CameraHealth(
        id=camera.id,
        name=camera.camera.name,
        state=StreamState.WAITING.value,
        fps=0.0,
        looks_per_s=0.0,
        lag_s=None,
        last_frame_at=None,
        looks=0,
        drops=0,
        reconnects=0,
        gaps=0,
        cost_ms=0.0,
        saved_share=0.0,
        distrusted=0,
        view=None,
        fault=None,
        open_stays=0,
        unwritten=0,
        error=error,
    )


class Rate:
    """Events per second over the last minute, from a count that grows."""

    def __init__(self) -> None:
        self._points: deque[tuple[float, int]] = deque()

    def see(self, now_s: float, total: int) -> float:
        """Take in the count at a monotonic time; returns the rate."""
        self._points.append((now_s, total))
        while now_s - self._points[0][0] > RATE_WINDOW_S:
            self._points.popleft()
        since_s, before = self._points[0]
        return (total - before) / (now_s - since_s) if now_s > since_s else 0.0
