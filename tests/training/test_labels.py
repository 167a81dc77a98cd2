"""Label lines, class mapping, and what a teacher may add."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.errors import DataError
from training.label_files import read
from training.labels import LabelBox, covered, from_xyxy, iou, mapped, write

CAR = 3


def test_a_label_file_comes_back_as_written(tmp_path: Path) -> None:
    boxes = (LabelBox(3, 0.5, 0.25, 0.2, 0.1), LabelBox(9, 0.1, 0.1, 0.2, 0.2))
    write(tmp_path / "a.txt", boxes)
    assert read(tmp_path / "a.txt") == boxes


def test_a_box_beyond_the_edge_is_cut(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", [from_xyxy(0, -0.2, 0.5, 0.2, 1.5), from_xyxy(0, 1.1, 0.1, 1.2, 0.2)])
    (box,) = read(tmp_path / "a.txt")
    assert box.xyxy() == pytest.approx((0.0, 0.5, 0.2, 1.0))


@pytest.mark.parametrize(
    "line",
    ["0 0.5", "car 0.5 0.5 0.1 0.1", "0 0.5 0.5 nan 0.1", "0 0.5 0.5 0.1 1.4", "-1 .5 .5 .1 .1"],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.txt").write_text(f"0 0.5 0.5 0.1 0.1\n{line}\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"/a\.txt line 2: .*mend it"):
        read(tmp_path / "a.txt")


def test_empty_lines_are_no_boxes(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("\n  \n", encoding="utf-8")
    assert read(tmp_path / "a.txt") == ()


def test_a_polygon_is_read_as_the_box_round_it(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("2 0.1 0.2 0.5 0.2 0.5 0.6 0.1 0.6\n", encoding="utf-8")
    (box,) = read(tmp_path / "a.txt")
    assert box.class_id == 2
    assert box.xyxy() == pytest.approx((0.1, 0.2, 0.5, 0.6))


def test_classes_that_we_do_not_have_are_kept_apart() -> None:
    boxes = [LabelBox(0, 0.5, 0.5, 0.1, 0.1), LabelBox(8, 0.2, 0.2, 0.1, 0.1)]
    ours, others = mapped(boxes, {0: CAR})
    assert [box.class_id for box in ours] == [CAR]
    assert [box.class_id for box in others] == [8]


def test_iou_of_half_overlapping_boxes() -> None:
    assert iou(from_xyxy(0, 0, 0, 0.2, 0.1), from_xyxy(0, 0.1, 0, 0.3, 0.1)) == pytest.approx(1 / 3)
    assert iou(from_xyxy(0, 0, 0, 0.1, 0.1), from_xyxy(0, 0.5, 0, 0.6, 0.1)) == 0


def test_the_share_of_a_box_that_another_covers() -> None:
    small, large = from_xyxy(0, 0.1, 0.1, 0.2, 0.2), from_xyxy(0, 0, 0, 0.15, 0.5)
    assert covered(small, large) == pytest.approx(0.5)
    assert covered(large, small) == pytest.approx(0.005 / 0.075)
    assert covered(small, from_xyxy(0, 0.5, 0.5, 0.6, 0.6)) == 0
