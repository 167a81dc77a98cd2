"""Average precision on scenes whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from training.coco import Boxes, score
from training.frames import evenly

pytest.importorskip("faster_coco_eval")

TRUTH = np.array([[0, 0, 100, 100], [200, 200, 300, 300]], dtype=np.float32)


def boxes(xyxy: object, class_id: int = 9, confidence: float = 0.9) -> Boxes:
    rows = np.array(xyxy, dtype=np.float32).reshape(-1, 4)
    count = len(rows)
    return Boxes(
        rows,
        np.full(count, class_id, dtype=np.int64),
        np.full(count, confidence, dtype=np.float32),
    )


@pytest.mark.parametrize(
    ("found", "ap50", "ap"),
    [
        pytest.param(TRUTH, 1.0, 1.0, id="perfect"),
        pytest.param(TRUTH[:1], 51 / 101, 51 / 101, id="one of two"),
        pytest.param(TRUTH + 1000, 0.0, 0.0, id="elsewhere"),
        pytest.param([], 0.0, 0.0, id="nothing"),
    ],
)
def test_known_precision(found: object, ap50: float, ap: float) -> None:
    result = score([boxes(TRUTH)], [boxes(found)], [9])[9]
    assert result.labels == 2
    assert result.ap50 == pytest.approx(ap50, abs=0.001)
    assert result.ap == pytest.approx(ap, abs=0.001)


def test_a_loose_box_counts_at_a_lower_overlap() -> None:
    known, loose = [boxes([0, 0, 100, 100])], [boxes([0, 0, 100, 45])]
    assert score(known, loose, [9])[9].ap50 == 0
    assert score(known, loose, [9], iou=0.4)[9].ap50 == pytest.approx(1.0)
    assert score(known, loose, [9], iou=0.4)[9].ap is None


def test_a_class_without_labels_is_left_out() -> None:
    assert score([boxes(TRUTH, 9)], [boxes(TRUTH, 9)], [8]) == {}


def test_other_classes_do_not_count() -> None:
    assert score([boxes(TRUTH, 9)], [boxes(TRUTH, 8)], [8, 9])[9].ap50 == 0


def test_frames_are_spread_over_the_clip() -> None:
    assert evenly(100, 4) == (12, 37, 62, 87)
    assert evenly(3, 5) == (0, 1, 2)
