from __future__ import annotations

from pathlib import Path

import pytest

from detector.errors import CameraFileError
from detector.scene.paths import contained


def test_a_file_below_the_folder_is_found(tmp_path: Path) -> None:
    assert contained(tmp_path, "views/主.jpg") == tmp_path.resolve() / "views/主.jpg"
    # Nobody decodes it: it is a name like any other.
    assert contained(tmp_path, "%2e%2e/a.jpg").parent.parent == tmp_path.resolve()


@pytest.mark.parametrize(
    "path",
    ["", ".", "..", "../a", "a/../../b", "/etc/passwd", "a\\..\\b", "a\0b", "n" * 5000 + "/../.."],
)
def test_a_path_out_of_the_folder_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(CameraFileError):
        contained(tmp_path, path)


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.jpg").write_bytes(b"")
    (inside / "a.jpg").symlink_to(tmp_path / "secret.jpg")
    (inside / "b").symlink_to(tmp_path)
    (inside / "loop").symlink_to(inside / "loop")
    for path in ("a.jpg", "b/secret.jpg", "loop/x"):
        with pytest.raises(CameraFileError):
            contained(inside, path)


def test_a_link_within_the_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real.jpg").write_bytes(b"")
    (tmp_path / "a.jpg").symlink_to(tmp_path / "real.jpg")
    assert contained(tmp_path, "a.jpg").name == "real.jpg"
