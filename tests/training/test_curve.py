"""The page that shows a run while it goes on."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from training.curve import KEPT, STEPS_A_POINT, Curve

pytestmark = pytest.mark.train


@pytest.fixture(autouse=True)
def _matplotlib() -> None:
    pytest.importorskip("matplotlib")


def trainer(epoch: int, start: int = 0) -> SimpleNamespace:
    """A trainer of three epochs of `STEPS_A_POINT` steps, two pictures a step."""
    return SimpleNamespace(
        epoch=epoch,
        start_epoch=start,
        epochs=3,
        loss=8.0,
        batch_size=2,
        train_loader=range(STEPS_A_POINT),
        train_time_start=0.0,
        metrics={"metrics/mAP50(B)": 0.5, "metrics/mAP50-95(B)": 0.3},
    )


def go_through(curve: Curve, epoch: int, start: int = 0) -> None:
    for _ in range(STEPS_A_POINT):
        curve.on_train_batch_end(trainer(epoch, start))
    curve.on_fit_epoch_end(trainer(epoch, start))


def test_the_last_look_of_a_run_is_no_epoch(tmp_path: Path) -> None:
    curve = Curve(tmp_path, "tiny")
    go_through(curve, 0)
    curve.on_fit_epoch_end(trainer(1))
    assert curve.losses == [(1.0, 4.0)]
    assert curve.scores == [(1.0, 0.5, 0.3)]
    assert "epoch 1.0 of 3" in (tmp_path / "curve.html").read_text(encoding="utf-8")


def test_a_later_piece_goes_on_with_the_curve_where_it_begins(tmp_path: Path) -> None:
    first = Curve(tmp_path, "tiny")
    for epoch in (0, 1):
        go_through(first, epoch)
    later = Curve(tmp_path, "tiny")
    later.on_train_start(trainer(1, start=1))
    go_through(later, 1, start=1)
    kept = json.loads((tmp_path / KEPT).read_text(encoding="utf-8"))
    assert [x for x, _ in kept["losses"]] == [1.0, 2.0]
    assert [x for x, _, _ in kept["scores"]] == [1.0, 2.0]


def test_a_new_run_begins_a_new_curve(tmp_path: Path) -> None:
    go_through(Curve(tmp_path, "tiny"), 0)
    again = Curve(tmp_path, "tiny")
    again.on_train_start(trainer(0))
    assert again.losses == []
