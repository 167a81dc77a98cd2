from __future__ import annotations

from collections.abc import Sequence

import pytest

from detector.pipeline.examined import Examined, SeenLook
from detector.pipeline.progress import SourceEnd
from detector.scene.camera import Camera
from detector.terminal import source_line
from tests.rules.scenes import look
from tests.scene.cameras import camera


def sparse_s(times: Sequence[float], **more: object) -> float | None:
    examined = Examined({t_s: SeenLook(look(t_s, [])) for t_s in times})
    return examined.sparse_s(Camera.model_validate(camera(**more)))


@pytest.mark.parametrize(
    ("times", "gap_s", "expected"),
    [
        ([0, 600, 1200], 300, 600),
        ([0, 600, 1200], 1800, None),
        ([0, 1, 2, 600, 601, 602], 300, None),
        ([0], 300, None),
    ],
)
def test_looks_too_far_apart_for_any_stay_are_told(
    times: Sequence[float], gap_s: float, expected: float | None
):
    assert sparse_s(times, gap_s=gap_s) == expected


def test_footage_without_a_camera_file_is_never_too_sparse():
    assert Examined().sparse_s(None) is None


def test_the_line_of_a_source_says_that_its_looks_are_too_far_apart():
    line = source_line(SourceEnd("a.mp4", 10, looks=3, sparse_s=600.0)).plain

    assert "one every 600 s" in line
    assert "gap_s" in line
