"""Footage in which nothing parks, through `streetwarden scan --camera`: nothing may be raised.

    python -m benchmarks.events.negatives [--every S] [--out FILE]

The whole picture is one no-parking zone with a limit of 5 s. Free flow, motorways, dense traffic
and cameras that move must raise no parking; the two cars at the kerb of the signalled road, which
stand through the clip, must be found by the same command with the same settings. That clip's
queue stands for 5 s and more, too: what is raised there beside the kerb cars is told apart.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.events.matching import LEAST_IOU
from benchmarks.machine import describe_machine, write_result
from benchmarks.pictures import SHARED
from detector.geometry.boxes import iou_matrix
from detector.observation import Observation
from detector.taxonomy import Kind

VIDEO = SHARED / "video"
RESULTS = Path(__file__).parents[1] / "results" / "events" / "negatives.json"
FIXED = (
    "free_flow_topdown_opencv4nodejs.mp4",
    "freeway_free_flow_hc1.mp4",
    "motorway_free_flow_hc2.mp4",
    "dense_traffic_imageai_mini.mp4",
)
MOVING = ("moving/*.mp4", "gopro/*.mp4", "kerb_parking_china_ltb2k.mp4")
SIGNALLED = "signalled_road_opendatacam.mp4"
DWELL_S = 5.0
# The kerb cars are 21 and 18 pixels wide, in a picture of 640.
ENLARGE, INPUTS = 2, 12

CAMERA = f"""\
id: anywhere
name: the whole picture
timezone: Asia/Shanghai
looking: {{enlarge: {ENLARGE}, inputs: {INPUTS}}}
views:
  - name: usual
    zones:
      - name: everywhere
        kind: no_parking
        polygon: [[0, 0], [1, 0], [1, 1], [0, 1]]
        dwell_s: {DWELL_S}
        least_foot_share: 0.3
"""


@dataclass(frozen=True)
class Raised:
    """What one video raised: parking and other kinds; `distrusted` looks said nothing at all."""

    name: str
    sort: str
    looks: int
    distrusted: int
    parking: tuple[Observation, ...]
    others: tuple[Observation, ...]


def main(argv: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=float, default=0.2, help="seconds between looks")
    parser.add_argument("--out", type=Path)
    args = parser.parse_args(argv)
    if not VIDEO.is_dir():
        raise SystemExit(f"no videos at {VIDEO}: lay the shared material beside the checkout")
    sorts = dict(_videos())
    scan = scanned(list(sorts), args.every)
    raised = [_raised(path, sort, scan) for path, sort in sorts.items()]
    console = Console(width=150)
    console.print(_table(raised))
    signalled = next(it for it in raised if it.sort == "signalled")
    kerb = kerb_cars(signalled)
    console.print(f"kerb cars of the signalled road, observations of each: {kerb}")
    if args.out is not None:
        write_result(args.out, _result(raised, kerb, args.every))


def _videos() -> list[tuple[Path, str]]:
    moving = [path for pattern in MOVING for path in sorted(VIDEO.glob(pattern))]
    return [
        *((VIDEO / name, "fixed") for name in FIXED),
        *((path, "moving") for path in moving),
        (VIDEO / SIGNALLED, "signalled"),
    ]


@dataclass(frozen=True)
class Scanned:
    """What the command left: all observations, and the looks of each source by its file's name."""

    observations: tuple[Observation, ...]
    looks: dict[str, tuple[int, int]]


def scanned(videos: Sequence[Path], every_s: float) -> Scanned:
    """What the command finds in these videos; CalledProcessError where it fails."""
    with tempfile.TemporaryDirectory() as folder:
        camera, out = Path(folder) / "camera.yaml", Path(folder) / "out"
        camera.write_text(CAMERA, encoding="utf-8")
        options = ["--camera", str(camera), "--out", str(out), "--every", str(every_s), "--json"]
        command = [sys.executable, "-m", "detector.cli", "scan", *map(str, videos), *options]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        lines = (out / "observations.jsonl").read_text(encoding="utf-8").splitlines()
        summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    looks = {
        Path(it["name"]).name: (it["looks"], it["looks_not_trusted"]) for it in summary["sources"]
    }
    return Scanned(tuple(Observation.model_validate_json(line) for line in lines), looks)


def _raised(path: Path, sort: str, scan: Scanned) -> Raised:
    own = [it for it in scan.observations if Path(it.source.name).name == path.name]
    parking = [it for it in own if it.kind is Kind.ILLEGAL_PARKING]
    others = [it for it in own if it.kind is not Kind.ILLEGAL_PARKING]
    return Raised(path.stem, sort, *scan.looks[path.name], tuple(parking), tuple(others))


def kerb_cars(signalled: Raised) -> dict[str, int]:
    """How many observations each kerb car has."""
    beside = (VIDEO / SIGNALLED).with_suffix(".truth.json")
    truth = json.loads(beside.read_text(encoding="utf-8"))["standing_by_eye"]
    boxes = [it.box for it in signalled.parking]
    return {car["what"]: int((iou_matrix([car["box"]], boxes) >= LEAST_IOU).sum()) for car in truth}


def _table(raised: list[Raised]) -> Table:
    table = Table(title=f"raised where nothing parks, limit {DWELL_S:g} s")
    for head in ("video", "camera", "looks", "distrusted", "parking", "other kinds", "where"):
        table.add_column(head)
    for it in raised:
        where = "; ".join(_told(observation) for observation in it.parking)
        counts = (it.looks, it.distrusted, len(it.parking), len(it.others))
        table.add_row(it.name, it.sort, *map(str, counts), where)
    return table


def _told(observation: Observation) -> str:
    corners = ",".join(f"{value:.0f}" for value in observation.box)
    return f"{observation.start_s:.1f}-{observation.end_s:.1f} s {corners}"


def _result(raised: list[Raised], kerb: dict[str, int], every_s: float) -> dict[str, object]:
    return {
        "machine": describe_machine(),
        "dwell_s": DWELL_S,
        "seconds_between_looks": every_s,
        "enlarge": ENLARGE,
        "inputs_a_look": INPUTS,
        "videos": {
            it.name: {
                "camera": it.sort,
                "looks": it.looks,
                "looks_not_trusted": it.distrusted,
                "parking_raised": len(it.parking),
                "other_kinds_raised": sorted(str(other.kind) for other in it.others),
                "where": [_told(observation) for observation in it.parking],
            }
            for it in raised
        },
        "raised_in_all": sum(len(it.parking) for it in raised if it.sort != "signalled"),
        "kerb_cars_observations": kerb,
    }


if __name__ == "__main__":
    main()
