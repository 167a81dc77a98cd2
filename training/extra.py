"""What only the training environment has."""

from __future__ import annotations

from importlib.util import find_spec

from training.errors import DataError


def need(*packages: str) -> None:
    """DataError with the remedy where a package of the training environment is missing."""
    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        raise DataError(
            f"this needs {', '.join(missing)}, which the training environment has: run "
            "`make train-env` once, then `.venv-train/bin/streetwarden` instead of `streetwarden`"
        )
