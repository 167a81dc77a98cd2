"""What a result needs beside its figures: the machine, the versions, the file."""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

PACKAGES = ("av", "numpy", "onnxruntime", "opencv-python", "openvino", "torch", "ultralytics")


def describe_machine() -> dict[str, object]:
    """The processor, its cores and the versions of what was measured with."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
        "measured_on": datetime.now(UTC).date().isoformat(),
    }


def write_result(path: Path, result: dict[str, object]) -> None:
    """Keep a result as data."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"kept in {path.name}")


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    named = next((line.partition(":")[2].strip() for line in lines if "model name" in line), "")
    return named or platform.processor()


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
