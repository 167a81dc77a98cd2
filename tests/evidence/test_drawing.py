"""Annotated pictures at every size."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.evidence import Caption, Mark, ZoneOutline, annotate, suspected_mark
from detector.evidence.layout import Rect, place_label
from detector.evidence.marks import clock, duration
from detector.evidence.text import rgb
from detector.looks import Pixels, Size
from detector.taxonomy import TAXONOMY, Kind

AT = datetime(2026, 5, 1, 8, 12, 33, tzinfo=timezone(timedelta(hours=8)))
CAPTION = Caption("解放路_cam07.mp4", 372, AT, "人行道 A", 372, arrival_known=False)


def grey(width: int, height: int) -> Pixels:
    return np.full((height, width, 3), 128, np.uint8)


def has_colour(picture: Pixels, colour: str) -> bool:
    return bool((picture == np.array(rgb(colour)[::-1])).all(axis=2).any())


@pytest.mark.parametrize(
    ("width", "height", "times"),
    [(352, 240, 3), (320, 240, 3), (480, 854, 2), (639, 480, 2), (640, 480, 1), (3840, 2160, 1)],
)
def test_small_pictures_are_enlarged_to_be_readable(width: int, height: int, times: int) -> None:
    assert annotate(grey(width, height), []).shape == (height * times, width * times, 3)


def test_a_narrow_tall_picture_is_not_enlarged_beyond_the_limit() -> None:
    assert annotate(grey(100, 2000), []).shape == (2000, 100, 3)


def test_the_original_is_untouched() -> None:
    picture = grey(1280, 720)
    annotate(picture, [suspected_mark(Kind.EXPOSED_GARBAGE, 0.8, (100, 100, 300, 300))])
    assert (picture == 128).all()


def test_the_caption_is_below_and_covers_nothing() -> None:
    drawn = annotate(grey(1280, 720), [], [], CAPTION)
    assert drawn.shape[0] > 720
    assert (drawn[:720] == 128).all()
    assert drawn[720:].max() > 200


def test_a_caption_says_least_dwell_and_that_a_person_must_confirm() -> None:
    texts = CAPTION.parts()
    assert texts[:4] == (
        "解放路_cam07.mp4",
        "2026-05-01 08:12:33+08:00",
        "区域 人行道 A",
        "停留 ≥ 6 min 12 s",
    )
    assert "须人工核实" in texts[-1]


def test_without_a_clock_the_caption_says_stream_time() -> None:
    assert Caption("a.mp4", 3723.4).parts()[1] == "+1:02:03"


def test_the_label_of_a_violation_says_suspected_in_both_languages() -> None:
    mark = suspected_mark(Kind.EXPOSED_GARBAGE, 0.824, (0, 0, 1, 1))
    assert mark.label == "疑似 暴露垃圾 Exposed garbage 0.82"
    assert mark.colour == TAXONOMY.colour_of(Kind.EXPOSED_GARBAGE)
    assert mark.main


def test_the_main_mark_is_drawn_more_strongly() -> None:
    box = (300.0, 300.0, 900.0, 600.0)
    counts = []
    for main in (True, False):
        drawn = annotate(grey(1280, 720), [Mark(box, "", "#ff0000", main=main)])
        counts.append((drawn[450, 250:350] == (0, 0, 255)).all(axis=1).sum())
    assert counts[0] >= 3 * counts[1] > 0


def test_a_zone_is_outlined_and_named() -> None:
    zone = ZoneOutline("消防通道", [(100, 100), (900, 120), (800, 600), (90, 500)])
    assert has_colour(annotate(grey(1280, 720), [], [zone]), "#ffd60a")


@pytest.mark.parametrize("corners", [[], [(0, 0), (5, 5)], [(0, 0), (float("nan"), 1), (2, 2)]])
def test_a_zone_that_is_no_area_is_left_out(corners: list[tuple[float, float]]) -> None:
    assert (annotate(grey(640, 480), [], [ZoneOutline("", corners)]) == 128).all()


@pytest.mark.parametrize("box", [(float("nan"), 0, 5, 5), (-50, -50, -1, -1), (700, 0, 800, 50)])
def test_a_box_that_cannot_show_is_left_out(box: tuple[float, float, float, float]) -> None:
    assert (annotate(grey(640, 480), [Mark(box, "x", "#ff0000", main=True)]) == 128).all()


def test_duration_in_words() -> None:
    assert [duration(s) for s in (0, 59.9, 372, 11100, 187200)] == [
        "0 s", "59 s", "6 min 12 s", "3 h 05 min", "2 d 4 h",
    ]  # fmt: skip
    assert clock(59.99) == "0:00:59"


COORDINATE = st.floats(-300, 900)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(COORDINATE, COORDINATE, COORDINATE, COORDINATE), max_size=4),
    st.text(max_size=60),
    st.integers(20, 700),
    st.integers(20, 500),
)
def test_any_boxes_names_and_sizes_can_be_drawn(
    boxes: list[tuple[float, float, float, float]], name: str, width: int, height: int
) -> None:
    marks = [Mark(box, name, "#0072b2", main=i == 0) for i, box in enumerate(boxes)]
    drawn = annotate(grey(width, height), marks, [], Caption(name, 0.0, zone=name))
    assert drawn.shape[1] % width == 0


PICTURE = Size(640, 480)
LABEL = Size(200, 24)


def test_a_label_stands_above_its_box() -> None:
    own = Rect(100, 100, 200, 200)
    assert place_label(LABEL, own, PICTURE, [own], []) == Rect(100, 76, 300, 100)


@pytest.mark.parametrize(
    "own", [Rect(100, 0, 200, 90), Rect(600, 0, 640, 50), Rect(0, 440, 60, 480), Rect(0, 0, 9, 9)]
)
def test_at_the_rim_a_label_stays_inside_and_off_its_box(own: Rect) -> None:
    place = place_label(LABEL, own, PICTURE, [own], [])
    assert place.overlap(Rect(0, 0, *PICTURE)) == LABEL.width * LABEL.height
    assert place.overlap(own) == 0


def test_labels_of_neighbours_do_not_lie_on_each_other() -> None:
    boxes = [Rect(100, 100, 200, 200), Rect(140, 100, 240, 200)]
    placed: list[Rect] = []
    for own in boxes:
        placed.append(place_label(LABEL, own, PICTURE, boxes, placed))
    assert placed[0].overlap(placed[1]) == 0


def test_a_box_that_fills_the_picture_has_its_label_inside() -> None:
    own = Rect(0, 0, 640, 480)
    assert place_label(LABEL, own, PICTURE, [own], []) == Rect(0, 0, 200, 24)
