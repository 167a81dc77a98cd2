"""From looks that cannot be trusted to problems of the device, one for each time it lasts."""

from __future__ import annotations

from datetime import datetime

from detector.device import DeviceFault, DeviceProblem


class FaultLog:
    """Follows the fault that the view guard names, look by look."""

    def __init__(self, camera_id: str) -> None:
        self._camera_id = camera_id
        self._open: DeviceProblem | None = None

    def see(
        self, t_s: float, at: datetime | None, fault: DeviceFault | None
    ) -> DeviceProblem | None:
        """Take in a look; returns the problem that it showed to be over."""
        known = self._open
        if known is not None and known.fault is fault:
            self._open = known.model_copy(update={"until_s": t_s, "until_at": at})
            return None
        self._open = None
        if fault is not None:
            self._open = DeviceProblem(
                camera_id=self._camera_id,
                fault=fault,
                since_s=t_s,
                until_s=t_s,
                since_at=at,
                until_at=at,
                over=False,
            )
        return known.model_copy(update={"over": True}) if known is not None else None

    def changes(
        self, t_s: float, at: datetime | None, fault: DeviceFault | None
    ) -> list[DeviceProblem]:
        """Take in a look; returns the problems that it showed to be over, and to begin."""
        before = self._open
        ended = self.see(t_s, at, fault)
        begun = self._open if before is None or ended else None
        return [problem for problem in (ended, begun) if problem is not None]

    @property
    def open(self) -> DeviceProblem | None:
        """The problem that lasts."""
        return self._open
