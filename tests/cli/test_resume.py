from __future__ import annotations

import random
import select
import signal
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import Streetwarden, read_jsonl

KILLS = 20


def outputs(out: Path) -> dict[str, bytes]:
    """Everything that must not depend on how often a run was killed."""
    kept = ["observations.jsonl", "problems.geojson", "boxes.jsonl"]
    evidence = [str(it.relative_to(out)) for it in sorted((out / "evidence").rglob("*.jpg"))]
    return {name: (out / name).read_bytes() for name in [*kept, *evidence]}


@pytest.mark.slow
def test_twenty_kills_at_random_moments_lose_and_double_nothing(
    streetwarden: Streetwarden, tmp_path: Path, demo: Path
):
    arguments = ["scan", demo / "camera", demo / "stalls", demo / "garbage", "--boxes"]
    whole = streetwarden(*arguments, "--out", "whole")
    assert whole.code == 0, whole.err

    rng = random.Random(20261121)
    kills = 0
    while kills < KILLS:
        # Short lives first, so that a run dies in start-up, in a film, in evidence, at the end.
        if streetwarden.killed_after(
            rng.uniform(0.5, 6.0), *arguments, "--out", "killed", "--resume"
        ):
            kills += 1
        else:
            (tmp_path / "killed").rename(tmp_path / f"finished-{kills}")
    last = streetwarden(*arguments, "--out", "killed", "--resume")
    assert last.code == 0, last.err

    assert outputs(tmp_path / "killed") == outputs(tmp_path / "whole")
    for finished in tmp_path.glob("finished-*"):
        assert outputs(finished) == outputs(tmp_path / "whole")
    ids = Counter(it["id"] for it in read_jsonl(tmp_path / "killed" / "observations.jsonl"))
    assert set(ids.values()) == {1}


def test_an_interrupted_run_says_how_to_go_on_and_goes_on(
    streetwarden: Streetwarden, tmp_path: Path, demo: Path
):
    arguments = ["scan", demo / "camera", demo / "stalls", "--out", "out"]
    # What a shell starts in the background ignores interrupts, and so would its children.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        streetwarden.arguments(*arguments),
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    run = tmp_path / "out" / ".work" / "run.json"
    while not run.exists() and process.poll() is None:
        select.select([], [], [], 0.01)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)

    assert process.returncode == 130
    assert "--resume" in said
    assert streetwarden(*arguments, "--resume").code == 0


def test_a_run_with_other_settings_is_not_resumed(
    streetwarden: Streetwarden, tmp_path: Path, demo: Path
):
    picture = demo / "garbage" / "img003.avif"
    assert streetwarden("scan", picture, "--out", "out").code == 0

    ran = streetwarden("scan", picture, "--out", "out", "--resume", "--every", "5")

    assert ran.code == 2
    assert "every_s was 1.0, is 5.0" in ran.err


def test_resuming_a_finished_run_does_nothing_twice(
    streetwarden: Streetwarden, tmp_path: Path, demo: Path
):
    arguments = ["scan", demo / "garbage", "--boxes", "--out", "out"]
    assert streetwarden(*arguments).code == 0
    before = outputs(tmp_path / "out")

    ran = streetwarden(*arguments, "--resume")

    assert ran.code == 0
    assert "from the earlier run" in ran.out
    assert outputs(tmp_path / "out") == before


def test_an_unfinished_run_is_not_overwritten(
    streetwarden: Streetwarden, tmp_path: Path, demo: Path
):
    arguments = ["scan", demo / "camera", demo / "garbage", "--out", "out"]
    assert streetwarden(*arguments).code == 0
    (tmp_path / "out" / ".work" / "finished").unlink()

    ran = streetwarden(*arguments)

    assert ran.code == 2
    assert "--resume" in ran.err


def test_a_source_that_failed_is_tried_again_on_resume(
    streetwarden: Streetwarden, tmp_path: Path, demo: Path
):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.avif").write_bytes((demo / "garbage" / "img003.avif").read_bytes())
    (folder / "b.avif").write_bytes(b"not yet copied")
    assert streetwarden("scan", folder, "--out", "out").code == 1

    (folder / "b.avif").write_bytes((demo / "garbage" / "img000.avif").read_bytes())
    ran = streetwarden("scan", folder, "--out", "out", "--resume")

    assert ran.code == 0
    names = {it["source"]["name"] for it in read_jsonl(tmp_path / "out" / "observations.jsonl")}
    assert names == {"a.avif", "b.avif"}
