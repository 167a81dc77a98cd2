from __future__ import annotations

import os
from pathlib import Path

import pytest

from detector.footage import FootageFile, discover


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in (
        "a/one.mp4", "a/one.times.csv", "a/two.JPG", "a/.hidden.mp4", "a/notes.txt",
        "a/deep/one.mp4", "a/.git/three.mp4", "b/one.mp4", "b/deep/one.mp4",
    ):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path


def names(files: tuple[FootageFile, ...]) -> list[str]:
    return [file.name for file in files]


def test_a_folder_gives_its_media_sorted_and_counts_the_rest(tree: Path) -> None:
    found = discover([tree / "a"])
    assert names(found.files) == ["deep/one.mp4", "one.mp4", "two.JPG"]
    assert [file.media for file in found.files] == ["video", "video", "photo"]
    assert (found.skipped, found.errors) == (1, ())


def test_a_file_goes_by_its_own_name(tree: Path) -> None:
    assert names(discover([tree / "a/deep/one.mp4"]).files) == ["one.mp4"]


def test_the_same_file_counts_once(tree: Path) -> None:
    found = discover([tree / "a/one.mp4", tree / "a", tree / "a/deep/../one.mp4"])
    assert names(found.files) == ["one.mp4", "deep/one.mp4", "two.JPG"]


def test_files_of_one_name_are_told_apart_by_their_folders(tree: Path) -> None:
    found = discover([tree / "a", tree / "b"])
    assert names(found.files) == [
        "a/deep/one.mp4",
        "a/one.mp4",
        "two.JPG",
        "b/deep/one.mp4",
        "b/one.mp4",
    ]


def test_links_that_leave_the_folder_are_passed_over(tree: Path) -> None:
    (tree / "b/out.mp4").symlink_to(tree / "a/one.mp4")
    (tree / "b/dangling.mp4").symlink_to(tree / "nowhere.mp4")
    (tree / "b/loop").symlink_to(tree / "b")
    (tree / "b/same.mp4").symlink_to(tree / "b/one.mp4")
    found = discover([tree / "b"])
    assert len(found.files) == 2
    assert found.skipped == 2


def test_a_bad_source_does_not_spoil_the_others(tree: Path) -> None:
    (tree / "c").mkdir()
    found = discover([tree / "gone", tree / "a/notes.txt", tree / "c", tree / "b/one.mp4"])
    assert names(found.files) == ["one.mp4"]
    messages = [str(error) for _, error in found.errors]
    assert [name for name, _ in found.errors] == [
        str(tree / "gone"),
        str(tree / "a/notes.txt"),
        str(tree / "c"),
    ]
    assert "no such file or folder" in messages[0]
    assert "mp4, mov" in messages[1]
    assert "jpg, jpeg" in messages[1]
    assert "holds no video or photo" in messages[2]


def test_nothing_gives_nothing() -> None:
    assert discover([]).files == ()


def test_a_name_that_is_no_utf8_can_be_written_into_results(tmp_path: Path) -> None:
    odd = os.fsdecode(bytes(tmp_path) + b"/\xff.mp4")
    try:
        Path(odd).write_bytes(b"x")
    except OSError:
        pytest.skip("this file system takes no such name")

    (file,) = discover([tmp_path]).files

    assert file.name == "\\xff.mp4"
    assert file.path.exists()
