from __future__ import annotations

import time
from pathlib import Path

import pytest

from detector.errors import CameraFileError
from detector.scene.yaml_file import CAMERA_FILE, Limits, Sexagesimal, read_yaml


def read(folder: Path, content: str | bytes) -> object:
    path = folder / "camera.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_yaml(path)


def test_plain_values_are_read(tmp_path: Path) -> None:
    assert read(tmp_path, "a: [1, 2.5, yes]\nb: {c: 人}\n") == {
        "a": [1, 2.5, True],
        "b": {"c": "人"},
    }


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbfa: 1") == {"a": 1}


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("a: &x [1]\nb: *x", "anchors"),
        ("a: *x", "anchors"),
        ("a: !!python/object/apply:os.system [ls]", "tags"),
        ("a: !!timestamp x", "tags"),
        ("a: 1\na: 2", "twice"),
        ("a: [1", "line 1"),
        ("\ta: 1", "line 1"),
        ("a: 1\n---\nb: 2", "line 2"),
        (b"a: \xff\xfe", "UTF-8"),
        (b"a: \x00", "UTF-8"),
        ("? {a: 1}\n: 2", "plain text"),
        ("[" * 50_000, "too deep"),
        ("a: " + "1:" * 20_000 + "1", "longer than"),
        ("a: " + "9" * 5_000, "digit"),
        ("- 1\n" * 30_000, "values"),
    ],
)
def test_what_is_not_plain_is_refused_with_the_reason(
    tmp_path: Path, content: str | bytes, word: str
) -> None:
    with pytest.raises(CameraFileError, match=word):
        read(tmp_path, content)


def test_a_bomb_of_aliases_is_refused_before_it_unfolds(tmp_path: Path) -> None:
    rows = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    began = time.monotonic()
    with pytest.raises(CameraFileError, match="anchors"):
        read(tmp_path, "\n".join(["a0: &a0 [ha]", *rows]))
    assert time.monotonic() - began < 5


def test_a_file_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    with pytest.raises(CameraFileError, match="larger than 1 MB"):
        read(tmp_path, b"#" * (CAMERA_FILE.largest_bytes + 1))


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(CameraFileError, match=r"cannot be read.*check the path"):
            read_yaml(path)


def test_the_limits_are_those_of_the_kind_of_file(tmp_path: Path) -> None:
    small = Limits(largest_bytes=10, most_values=3)
    path = tmp_path / "camera.yaml"
    path.write_text("[1]")
    assert read_yaml(path, small) == [1]
    path.write_text("[1,2,3]")
    with pytest.raises(CameraFileError, match="more than 3 values"):
        read_yaml(path, small)
    path.write_text("[1, 2, 3, 4]")
    with pytest.raises(CameraFileError, match="larger than"):
        read_yaml(path, small)


def test_a_time_of_day_keeps_its_text_and_stays_a_number(tmp_path: Path) -> None:
    until = read(tmp_path, "22:30")
    assert isinstance(until, Sexagesimal)
    assert (until, until.text) == (22 * 60 + 30, "22:30")
    assert read(tmp_path, "a: [0x10, -3, 1_000]") == {"a": [16, -3, 1000]}


def test_a_key_that_is_an_address_does_not_show_its_password(tmp_path: Path) -> None:
    with pytest.raises(CameraFileError, match="twice") as caught:
        read(tmp_path, "rtsp://a:hunter2@10.0.0.1/: 1\nrtsp://a:hunter2@10.0.0.1/: 2")
    assert "hunter2" not in str(caught.value)
