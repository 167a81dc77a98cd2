"""Killed at any write, a camera's watch loses no stay and tells none twice."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from detector.pipeline.watch.state import load_state
from tests.pipeline.watch.scenes import Stay, Street, drive, post_of, shared, told

# Two stays that overlap, one of them seen to arrive, and a third that goes on at the end.
STREET = Street((Stay(10, -10, 70), Stay(400, 8, 96), Stay(20, 100, 900)))
LOOKS = 90


class Killed(BaseException):
    """The process is gone: nothing catches this."""


@contextmanager
def kill_at(
    monkeypatch: pytest.MonkeyPatch, number: int, counts: Callable[[Path], bool]
) -> Iterator[list[Path]]:
    """Kill at the n-th sync or rename of a file that counts; yields those before it."""
    seen: list[Path] = []
    sync, rename = os.fsync, Path.replace

    def step(path: Path) -> None:
        if counts(path):
            seen.append(path)
            if len(seen) == number:
                raise Killed

    def killing_sync(file: int) -> None:
        step(Path(f"/proc/self/fd/{file}").readlink())
        sync(file)

    def killing_rename(self: Path, target: Path) -> Path:
        step(Path(target))
        return rename(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", killing_sync)
        patch.setattr(Path, "replace", killing_rename)
        yield seen


def live(out: Path) -> None:
    """Watch the street from where the state says that the last run was, to the end."""
    state = load_state(out / ".watch" / "cam")
    begin = 0
    if state is not None and state.last_s is not None:
        begin = round(state.last_s / STREET.every_s) + 1
    post = post_of(shared(out, dwell_s=20.0, update_s=10.0))
    drive(post, STREET, range(begin, LOOKS), start_s=begin * STREET.every_s)
    post.close()


def asserted(out: Path) -> list[dict[str, object]]:
    """What was told, without the pictures: those in memory die with the process."""
    return [it.model_dump(exclude={"evidence"}) for it in told(out)]


def tear(path: Path) -> None:
    """What was not synced may be on the disk in part."""
    content = path.read_bytes()
    start = content.rfind(b"\n", 0, len(content) - 1) + 1
    path.write_bytes(content[: start + (len(content) - start) // 2])


def check_kills(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counts: Callable[[Path], bool], step: int
) -> int:
    live(tmp_path / "whole")
    whole = asserted(tmp_path / "whole")
    assert {it["state"].value for it in whole} == {"ongoing", "ended"}
    number = 1
    while True:
        out = tmp_path / f"killed-{number}"
        try:
            with kill_at(monkeypatch, number, counts) as seen:
                live(out)
            break
        except Killed:
            if seen[-1].suffix == ".jsonl":
                tear(seen[-1])
        live(out)
        assert asserted(out) == whole, f"killed at write {number}, of {seen[-1]}"
        number += step
    return number


def test_killed_at_any_write_of_its_state_or_of_observations(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    points = check_kills(
        tmp_path, monkeypatch, lambda it: it.name == "state.json" or it.suffix == ".jsonl", step=1
    )

    assert points > 12


@pytest.mark.slow
def test_killed_at_any_write_of_any_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    points = check_kills(tmp_path, monkeypatch, lambda _: True, step=2)

    assert points > 100
