from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest

from detector.errors import OutputError
from detector.looks import LookBoxes
from detector.pipeline.watch import kept_looks
from detector.pipeline.watch.kept_looks import KeptLooks
from tests.pipeline.watch.scenes import SIZE, FakeJudge, Stay, Street, number_of

STREET = Street((Stay(20, 0, 9e9),))


def fill(kept: KeptLooks, numbers: range, moments: Collection[float]) -> None:
    for number in numbers:
        look = STREET.look(number)
        boxes = LookBoxes(look.t_s, look.at, SIZE, STREET.boxes(number))
        kept.add(boxes, look.picture, lambda: moments)


def stored(folder: Path) -> set[str]:
    return {it.name for it in folder.glob("*")}


def test_only_looks_that_are_referred_to_reach_the_disk(tmp_path):
    kept = KeptLooks(tmp_path)
    fill(kept, range(20), {4.0, 6.0})

    assert stored(tmp_path) == {"4000.jpg", "4000.json", "6000.jpg", "6000.json"}


def test_a_kept_look_comes_back_with_picture_and_boxes_from_memory_and_from_disk(tmp_path):
    kept = KeptLooks(tmp_path)
    fill(kept, range(20), {4.0})

    for look in (kept.at(4.0), KeptLooks(tmp_path).at(4.0), kept.at(38.0)):
        assert look is not None
        assert look.boxes.boxes.xyxy.tolist() == [[20, 220, 80, 260]]
        assert look.bgr.shape == (SIZE.height, SIZE.width, 3)
        assert abs(int(look.bgr[200, 200, 0]) - 90) <= 2
        assert look.jpeg.startswith(b"\xff\xd8")
    assert kept.at(8.0) is None


def test_what_nothing_refers_to_any_more_is_removed(tmp_path):
    fill(KeptLooks(tmp_path), range(20), {4.0})
    fill(KeptLooks(tmp_path), range(20, 30), set())

    assert stored(tmp_path) == set()


def test_nothing_is_asked_while_there_is_room_in_memory(tmp_path):
    kept = KeptLooks(tmp_path, in_memory=4)
    look = STREET.look(0)
    boxes = LookBoxes(look.t_s, look.at, SIZE, STREET.boxes(0))

    def never() -> set[float]:
        raise AssertionError

    kept.add(boxes, look.picture, never)
    assert number_of(STREET.look(0).picture) == 0


def test_before_the_end_what_is_in_memory_and_referred_to_is_stored(tmp_path):
    kept = KeptLooks(tmp_path)
    fill(kept, range(2), set())
    kept.flush({2.0})

    assert stored(tmp_path) == {"2000.jpg", "2000.json"}
    assert kept.at(4.0) is None


def test_a_fault_of_the_rules_cannot_fill_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr("detector.pipeline.watch.kept_looks.MOST_LOOKS", 5)
    fill(KeptLooks(tmp_path), range(40), {2.0 * number for number in range(40)})

    assert len(list(tmp_path.glob("*.jpg"))) == 5


def test_a_spoilt_picture_is_none(tmp_path):
    fill(KeptLooks(tmp_path), range(20), {4.0})
    (tmp_path / "4000.jpg").write_bytes(b"no picture")

    assert KeptLooks(tmp_path).at(4.0) is None


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "looks").write_text("in the way")

    with pytest.raises(OutputError, match="looks"):
        fill(KeptLooks(tmp_path / "looks"), range(20), {4.0})


def test_the_rules_refer_to_the_arrival_of_what_stands_and_not_of_what_passes():
    judge = FakeJudge()
    passing = Street(tuple(Stay(60 * n, 4 + 2 * n, 6 + 2 * n) for n in range(8)))
    standing = Street((Stay(500, 4, 900),))
    for street, expected in ((passing, False), (standing, True)):
        judge = FakeJudge()
        for number in range(12):
            prepared = judge.prepare(street.look(number))
            judge.judge(prepared, judge.boxes(prepared, street.see(prepared.views)))
        assert (4.0 in judge.moments()) is expected


def test_a_full_disk_still_loses_what_nothing_refers_to(tmp_path, monkeypatch):
    kept = KeptLooks(tmp_path)
    fill(kept, range(10), {4.0})

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(kept_looks, "_write", full)
    with pytest.raises(OutputError):
        fill(kept, range(10, 20), set(map(float, range(20, 40))))

    assert stored(tmp_path) == set()
