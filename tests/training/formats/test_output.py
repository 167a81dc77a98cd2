"""A folder written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from training.errors import DataError
from training.formats.output import LEFT_AFTER_S, new_folder


def test_what_a_kill_left_goes_in_time_and_work_in_progress_stays(tmp_path: Path) -> None:
    old, young, other = (tmp_path / name for name in (".out.a.part", ".out.b.part", ".two.c.part"))
    for folder in (old, young, other):
        folder.mkdir()
    for folder in (old, other):
        long_ago = folder.stat().st_mtime - LEFT_AFTER_S - 60
        os.utime(folder, (long_ago, long_ago))
    with new_folder(tmp_path / "out") as folder:
        (folder / "a.txt").touch()
    assert {path.name for path in tmp_path.iterdir()} == {"out", young.name, other.name}


def interrupted(out: Path) -> None:
    with new_folder(out, replaces="a.txt") as folder:
        (folder / "a.txt").write_text("second", encoding="utf-8")
        raise KeyboardInterrupt


def test_an_interrupted_result_leaves_the_earlier_one(tmp_path: Path) -> None:
    with new_folder(tmp_path / "out", replaces="a.txt") as folder:
        (folder / "a.txt").write_text("first", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        interrupted(tmp_path / "out")
    assert (tmp_path / "out" / "a.txt").read_text(encoding="utf-8") == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_of_something_else_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").touch()
    with pytest.raises(DataError, match="not empty"), new_folder(tmp_path / "out", replaces="a"):
        pass
    assert (tmp_path / "out" / "mine.txt").exists()
