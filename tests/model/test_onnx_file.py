from __future__ import annotations

import contextlib
import hashlib
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.errors import ModelError
from detector.looks import Size
from detector.model.external import refers_to_files
from detector.model.onnx_file import read_onnx


def refused(path: Path) -> str:
    with pytest.raises(ModelError) as caught:
        read_onnx(path)
    message = str(caught.value)
    assert str(path) in message
    assert "\n" not in message
    return message


def test_a_whole_model_is_read_with_its_digest(make_model) -> None:
    path = make_model()
    file = read_onnx(path)
    assert file.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert file.fixed is None
    assert file.card.version == "1.2.3"


def test_a_model_of_one_size_says_so(make_model) -> None:
    assert read_onnx(make_model(height=64, width=128)).fixed == Size(128, 64)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert "no model file" in refused(tmp_path / "nothing.onnx")
    assert "no model file" in refused(tmp_path)


@pytest.mark.parametrize(
    "content",
    [b"", b"version https://git-lfs.github.com/spec/v1\n", random.Random(1).randbytes(5000)],
    ids=["empty", "text", "random"],
)
def test_a_file_that_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.onnx"
    path.write_bytes(content)
    refused(path)


@pytest.mark.parametrize("share", [0.01, 0.3, 0.6, 0.9, 0.999])
def test_a_model_cut_short_is_refused(make_model, share: float) -> None:
    path = make_model()
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    refused(path)


def test_a_model_with_weights_in_another_file_is_refused_though_the_file_is_there(
    make_model, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_model(external=True)
    # Given as bytes, both engines would look in the working folder.
    monkeypatch.chdir(path.parent)
    assert "other files" in refused(path)


def test_another_output_than_the_raw_head_is_refused(make_model) -> None:
    assert "(1, 15, N)" in refused(make_model(channels=84))


def test_an_input_that_is_no_multiple_of_32_is_refused(make_model) -> None:
    assert "multiple of 32" in refused(make_model(height=100, width=128))


def test_a_model_without_metadata_is_refused(make_model) -> None:
    assert "streetwarden export" in refused(make_model(metadata={}))


@given(st.binary(max_size=200))
def test_any_bytes_are_walked_to_an_end(content: bytes) -> None:
    with contextlib.suppress(ValueError):
        assert refers_to_files(content) in (True, False)
