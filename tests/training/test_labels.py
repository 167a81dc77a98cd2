"""Label lines, class mapping, and what a teacher may add."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.labels import LabelBox, filled, from_xyxy, iou, mapped, parse, read, write

CAR, TRUCK, BIN = 3, 5, 7
FILL = frozenset({CAR, TRUCK})


def test_a_label_file_comes_back_as_written(tmp_path: Path) -> None:
    boxes = (LabelBox(3, 0.5, 0.25, 0.2, 0.1), LabelBox(9, 0.1, 0.1, 0.2, 0.2))
    write(tmp_path / "a.txt", boxes)
    assert read(tmp_path / "a.txt") == boxes


def test_a_box_beyond_the_edge_is_cut(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", [from_xyxy(0, -0.2, 0.5, 0.2, 1.5), from_xyxy(0, 1.1, 0.1, 1.2, 0.2)])
    (box,) = read(tmp_path / "a.txt")
    assert box.xyxy() == pytest.approx((0.0, 0.5, 0.2, 1.0))


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("0 0.5 0.5 0.1 0.1\n0 0.5\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"a\.txt: line 2"):
        read(tmp_path / "a.txt")


def test_empty_lines_are_no_boxes() -> None:
    assert parse("\n  \n") == ()


def test_classes_that_we_do_not_have_are_kept_apart() -> None:
    ours, others = mapped(parse("0 .5 .5 .1 .1\n8 .2 .2 .1 .1"), {0: CAR})
    assert [box.class_id for box in ours] == [CAR]
    assert [box.class_id for box in others] == [8]


@pytest.mark.parametrize(
    ("teacher", "added"),
    [
        pytest.param(LabelBox(CAR, 0.8, 0.8, 0.1, 0.1), True, id="a car that nobody labelled"),
        pytest.param(LabelBox(CAR, 0.5, 0.5, 0.2, 0.2), False, id="the labelled car again"),
        pytest.param(LabelBox(TRUCK, 0.5, 0.5, 0.2, 0.2), False, id="the labelled car as a truck"),
        pytest.param(LabelBox(CAR, 0.2, 0.2, 0.1, 0.1), False, id="a rickshaw that we leave out"),
        pytest.param(LabelBox(BIN, 0.8, 0.8, 0.1, 0.1), False, id="a class it is not asked for"),
    ],
)
def test_the_teacher_adds_only_what_is_new(teacher: LabelBox, added: bool) -> None:
    ours = (LabelBox(CAR, 0.5, 0.5, 0.2, 0.2),)
    rickshaw = (LabelBox(6, 0.2, 0.2, 0.1, 0.1),)
    assert filled(ours, rickshaw, (teacher,), FILL) == ((*ours, teacher) if added else ours)


def test_iou_of_half_overlapping_boxes() -> None:
    assert iou(from_xyxy(0, 0, 0, 0.2, 0.1), from_xyxy(0, 0.1, 0, 0.3, 0.1)) == pytest.approx(1 / 3)
    assert iou(from_xyxy(0, 0, 0, 0.1, 0.1), from_xyxy(0, 0.5, 0, 0.6, 0.1)) == 0
