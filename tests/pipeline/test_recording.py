from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from detector.errors import RecordingError
from detector.looks import Boxes, LookBoxes, Size
from detector.pipeline.recording import read_line, write_line

SINCE = datetime(2000, 1, 1)  # noqa: DTZ001 - hypothesis wants it naive
numbers = st.floats(0, 4000, allow_nan=False)


@st.composite
def looks(draw: st.DrawFn) -> LookBoxes:
    rows = []
    for _ in range(draw(st.integers(0, 5))):
        x, y = draw(numbers), draw(numbers)
        width, height = draw(st.floats(1, 500)), draw(st.floats(1, 500))
        rows.append((x, y, x + width, y + height, draw(st.integers(0, 10)), draw(st.floats(0, 1))))
    at = draw(st.none() | st.datetimes(SINCE, timezones=st.timezones()))
    return LookBoxes(draw(st.floats(0, 1e6)), at, Size(1920, 1080), Boxes.of(rows))


def in_utc(at: datetime | None) -> datetime | None:
    """Python never finds two hours equal that a clock change skips or repeats, in unlike zones."""
    return None if at is None else at.astimezone(UTC)


@given(looks())
@example(
    LookBoxes(
        0.0,
        datetime(2008, 4, 6, 2, tzinfo=ZoneInfo("America/Tijuana")),  # skipped by summer time
        Size(1920, 1080),
        Boxes.of([]),
    )
)
def test_a_written_line_reads_the_same_twice(look: LookBoxes):
    once = read_line(write_line(look)).look
    again = read_line(write_line(once)).look

    assert write_line(once) == write_line(again)
    assert len(once.boxes) == len(look.boxes)
    assert once.t_s == look.t_s
    assert in_utc(once.at) == in_utc(look.at)


@pytest.mark.parametrize(
    ("name", "class_id"),
    [("car", 3), ("police", 3), ("ups", 5), ("motorbike", 2), ("pedestrian", 0), (9, 9), (9.0, 9)],
)
def test_a_class_may_be_an_id_a_name_or_an_alias(name: object, class_id: int):
    line = json.dumps({"t": 1, "size": [100, 100], "boxes": [[1, 2, 3, 4, name, 0.5]]})

    assert read_line(line).look.boxes.class_id.tolist() == [class_id]


@pytest.mark.parametrize("unknown", ["toilet", 99, -1, 1.5])
def test_an_unknown_class_is_left_out_and_counted(unknown: object):
    line = json.dumps(
        {"t": 1, "size": [9, 9], "boxes": [[1, 2, 3, 4, unknown, 0.5], [1, 2, 3, 4, "car", 0.5]]}
    )

    recorded = read_line(line)
    assert recorded.unknown_classes == 1
    assert len(recorded.look.boxes) == 1


@pytest.mark.parametrize(
    "row",
    [
        [1, 2, 3, 4, "car"],
        [3, 2, 1, 4, "car", 0.5],
        [1, 2, 1, 4, "car", 0.5],
        [1, 2, 3, 4, "car", 1.5],
        ["1", 2, 3, 4, "car", 0.5],
        [1, 2, 3, 4, "car", "high"],
    ],
)
def test_an_impossible_box_is_left_out_and_counted(row: list[object]):
    recorded = read_line(json.dumps({"t": 0, "size": [9, 9], "boxes": [row]}))

    assert (recorded.bad_boxes, len(recorded.look.boxes)) == (1, 0)


def test_further_keys_and_further_entries_of_a_box_are_ignored():
    line = '{"t": 2, "size": [9, 9], "frame": 7, "boxes": [[1, 2, 3, 4, "car", 0.5, "id-7", 3]]}'

    assert len(read_line(line).look.boxes) == 1


def test_the_default_size_stands_in_for_a_missing_one():
    assert read_line('{"t": 0, "boxes": []}', Size(640, 360)).look.size == (640, 360)


def test_a_line_without_any_size_says_what_to_add():
    with pytest.raises(RecordingError, match="size"):
        read_line('{"t": 0, "boxes": []}')


@pytest.mark.parametrize(
    "line",
    [
        "",
        "no json",
        "[]",
        '{"boxes": []}',
        '{"t": -1, "size": [9, 9], "boxes": []}',
        '{"t": NaN, "size": [9, 9], "boxes": []}',
        '{"t": 1, "size": [0, 9], "boxes": []}',
        '{"t": 1, "size": [9, 9], "at": "2026-01-01T00:00:00", "boxes": []}',
        '{"t": 1, "size": [9, 9]}',
    ],
)
def test_a_malformed_line_is_refused(line: str):
    with pytest.raises(RecordingError):
        read_line(line)


@given(st.text())
def test_any_text_is_a_look_or_a_clear_refusal(text: str):
    with contextlib.suppress(RecordingError):
        read_line(text, Size(9, 9))


def test_a_look_that_repeats_an_earlier_one_is_read_as_such():
    look = LookBoxes(3.0, None, Size(640, 360), Boxes.of([]), repeated=True)

    assert read_line(write_line(look)).look.repeated
    assert not read_line(write_line(replace(look, repeated=False))).look.repeated


def test_a_look_is_read_with_the_view_that_it_shows_and_how_that_was_nudged():
    nudge = np.array([[1.0, 0.01, 25.3], [0.0, 1.0, 1 / 3], [1e-6, 0.0, 1.0]])
    look = LookBoxes(3.0, None, Size(640, 360), Boxes.of([]), view="main", matrix=nudge)

    read = read_line(write_line(look)).look
    assert read.view == "main"
    assert read.matrix is not None
    assert (read.matrix == nudge).all()
    assert read_line(write_line(replace(look, view=None, matrix=None))).look.matrix is None
