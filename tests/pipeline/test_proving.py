from __future__ import annotations

from pathlib import Path
from typing import cast
from uuid import UUID

import pytest

from detector.errors import SourceError
from detector.footage import Footage, FootageInfo
from detector.looks import Size
from detector.pipeline.proving import Prover
from tests.rules.scenes import car, kerb, run, scene


class Damaged:
    """Footage that gives no pictures, and no clip: it cannot be read there."""

    info = FootageInfo(
        name="a.mp4",
        path=Path("a.mp4"),
        media="video",
        sha256="0" * 64,
        size=Size(1920, 1080),
        duration_s=100.0,
        started_at=None,
        geotag=None,
    )

    def __init__(self, fault: Exception) -> None:
        self._fault = fault

    def pictures_at(self, _times_s: list[float]) -> list[object]:
        return []

    def clip(self, _from_s: float, _until_s: float) -> bytes | None:
        raise self._fault


def test_a_clip_that_cannot_be_cut_costs_the_clip_and_nothing_else(tmp_path: Path):
    (finding,) = run(scene(100, (10, 100, car())), [kerb(60)])
    id_ = UUID(int=7)

    footage = cast("Footage", Damaged(SourceError("a.mp4: is damaged")))
    assert Prover(tmp_path).prove(footage, {}, {id_: finding}) == {id_: ()}


def test_a_fault_of_ours_is_not_taken_for_damaged_footage(tmp_path: Path):
    (finding,) = run(scene(100, (10, 100, car())), [kerb(60)])
    id_ = UUID(int=7)

    footage = cast("Footage", Damaged(KeyError("ours")))
    with pytest.raises(KeyError):
        Prover(tmp_path).prove(footage, {}, {id_: finding})
