from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "demo"
SHARED = ROOT.parent / "shared"


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


class Streetwarden:
    """The command as a user runs it: a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}

    def arguments(self, *arguments: object) -> list[str]:
        return [sys.executable, "-m", "detector.cli", *(str(it) for it in arguments)]

    def __call__(self, *arguments: object, timeout_s: float = 300) -> Ran:
        done = subprocess.run(
            self.arguments(*arguments),
            cwd=self.folder,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def killed_after(self, delay_s: float, *arguments: object) -> bool:
        """Run and kill without warning; False when it was done before."""
        process = subprocess.Popen(
            self.arguments(*arguments),
            cwd=self.folder,
            env=self.env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            process.wait(timeout=delay_s)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            return True
        return False


@pytest.fixture
def streetwarden(tmp_path: Path) -> Streetwarden:
    return Streetwarden(tmp_path)


@pytest.fixture(scope="session")
def demo() -> Path:
    """The real footage that the repository carries."""
    return DEMO


@pytest.fixture
def shared() -> Path:
    """The shared material beside the checkout; the test is skipped without it."""
    if not SHARED.is_dir():
        pytest.skip("the shared material is not beside this checkout")
    return SHARED


def read_jsonl(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
