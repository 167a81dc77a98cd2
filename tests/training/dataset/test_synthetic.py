"""Drawn pictures: what is solid hides labels, what is thin does not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from training.dataset import synthetic
from training.dataset.fill import Filled
from training.dataset.synthetic import Ground
from training.errors import DataError
from training.labels import LabelBox
from training.pictures import write_jpeg
from training.recipe import SyntheticPart
from training.synthetic.drawn import Drawn

CAR, STALL, BIN, CABLE = 3, 6, 7, 10
BEHIND, BESIDE = LabelBox(BIN, 0.25, 0.5, 0.2, 0.2), LabelBox(CAR, 0.75, 0.5, 0.2, 0.2)
IGNORED = LabelBox(CABLE, 0.25, 0.5, 0.1, 0.1)
PART = SyntheticPart(count=2, backgrounds=("streets",))
LEFT_HALF = ((0.0, 0.0, 40.0, 60.0),)


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    write_jpeg(tmp_path / "street.jpg", np.zeros((60, 80, 3), dtype=np.uint8))
    filled = Filled(own=(BEHIND, BESIDE), added=(BEHIND,), ignored=(IGNORED,))
    return Ground("street", tmp_path / "street.jpg", filled)


def silent(*_: int) -> None:
    pass


def test_a_stall_hides_what_stands_behind_it(
    ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synthetic, "place_stalls", lambda picture, *_: Drawn(picture, LEFT_HALF))
    for made in synthetic.stalls([ground], PART, 1, tmp_path, silent, ()):
        assert [box.class_id for box in made.filled.own] == [CAR, STALL]
        assert made.filled.added == ()
        assert made.filled.ignored == (IGNORED,)
        assert (tmp_path / f"{made.key}.jpg").is_file()


def test_a_cable_lets_things_be_seen(
    ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synthetic, "draw_cables", lambda picture, _: Drawn(picture, LEFT_HALF))
    for made in synthetic.cables([ground], PART, 1, tmp_path, silent):
        assert [box.class_id for box in made.filled.own] == [BIN, CAR, CABLE]
        assert made.filled.added == (BEHIND,)


def test_a_street_without_room_for_a_stall_is_passed_over(
    ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms = iter([False, False, True, True])

    def place(picture: NDArray[np.uint8], *_: object) -> Drawn:
        return Drawn(picture, LEFT_HALF if next(rooms) else ())

    monkeypatch.setattr(synthetic, "place_stalls", place)
    made = synthetic.stalls([ground], PART, 1, tmp_path, silent, ())
    assert [len(it.filled.own) for it in made] == [2, 2]


def test_nothing_to_draw_over_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no pictures to draw cables over"):
        synthetic.cables([], PART, 1, tmp_path, silent)
