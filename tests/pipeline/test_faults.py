"""Problems of a camera, one for each time that they last."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from detector.device import DeviceFault, DeviceProblem
from detector.pipeline.faults import FaultLog

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
NO, BLACK, MOVED = None, DeviceFault.BLACK, DeviceFault.UNKNOWN_VIEW


def told(faults: list[DeviceFault | None]) -> tuple[list[DeviceProblem], DeviceProblem | None]:
    """The problems that are over, and the one that lasts, with a look a second."""
    log = FaultLog("cam-1")
    at = [NOON + timedelta(seconds=second) for second in range(len(faults))]
    ended = [log.see(second, at[second], fault) for second, fault in enumerate(faults)]
    return [it for it in ended if it], log.open


def test_a_fault_is_one_problem_from_its_first_to_its_last_look() -> None:
    (problem,), lasting = told([NO, BLACK, BLACK, BLACK, NO, NO])
    assert (problem.fault, problem.since_s, problem.until_s) == (BLACK, 1, 3)
    assert problem.since_at == NOON + timedelta(seconds=1)
    assert problem.over
    assert lasting is None


def test_another_fault_is_another_problem() -> None:
    ended, lasting = told([BLACK, MOVED, MOVED])
    assert [it.fault for it in ended] == [BLACK]
    assert lasting is not None
    assert (lasting.fault, lasting.since_s, lasting.until_s) == (MOVED, 1, 2)
    assert not lasting.over


def test_a_camera_without_fault_has_no_problem() -> None:
    assert told([NO, NO]) == ([], None)
