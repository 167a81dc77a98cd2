"""A queue at a red light and a car at the kerb, recorded: what our rule and two peers raise.

    python -m benchmarks.events.queue [--rates 1,5,30] [--out FILE]

Recorded output of a detector at a signalled junction, 86 s at 30 pictures a second, without track
ids; which vehicles queue and which stand at the kerb was told by eye. The whole picture is one
no-parking zone with a limit of 10 s. The queue (16 stays) must not be raised; a car at the kerb
that a lorry hides once must be raised exactly once. Run with and without a traffic-lane zone over
the approach lanes. The peers know no such zone.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.events.clips import DWELL_S, LEAST_FOOT_SHARE, MOTOR_VEHICLES, no_parking
from benchmarks.events.contest import OURS, STEP, TIMER
from benchmarks.events.matching import LEAST_IOU, Event, time_iou
from benchmarks.events.ours import raised
from benchmarks.events.peers import PeerRule, PixelStep, TimeInZone
from benchmarks.events.tracking import byte_track, tracked, tracker_version
from benchmarks.machine import describe_machine, write_result
from benchmarks.pictures import SHARED
from detector.geometry.boxes import iou_matrix
from detector.geometry.zone import Zone, ZoneKind
from detector.geometry.zones import Corners, zone_polygon
from detector.looks import Boxes, LookBoxes, Size
from detector.observation import BoxXyxy
from detector.taxonomy import TAXONOMY

DATA = SHARED / "data" / "signalled_road" / "opendatacam"
RESULTS = Path(__file__).parents[1] / "results" / "events" / "queue.json"
SIZE = Size(1920, 1080)
RECORDED_PER_S = 30
WHOLE: Corners = [(0, 0), (1920, 0), (1920, 1080), (0, 1080)]

KERB_CARS = {
    "kerb car A": (1249.0, 334.0, 1313.0, 390.0),
    "kerb car B": (1036.0, 300.0, 1086.0, 332.0),
}
"""A stands 74 s, hidden once by a lorry (10.1 to 14.5 s); B is detected only in pieces."""


@dataclass(frozen=True)
class Truth:
    """What stood in the queue, and the lanes that it stood in."""

    queue: tuple[Event, ...]
    lanes: Corners


def main(argv: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rates", default="1,5,30", help="looks a second, parts of 30")
    parser.add_argument("--out", type=Path)
    args = parser.parse_args(argv)
    if not DATA.is_dir():
        raise SystemExit(f"no recording at {DATA}: lay the shared material beside the checkout")
    truth, recorded = read_truth(), read_looks()
    rows = {}
    for rate in map(int, args.rates.split(",")):
        looks = recorded[:: RECORDED_PER_S // rate]
        rows[str(rate)] = contest(looks, truth, rate)
    Console(width=150).print(_table(rows))
    if args.out is not None:
        settings = {"dwell_s": DWELL_S, "queue_stays": len(truth.queue)}
        result = {"machine": describe_machine(), "peers": tracker_version(), **settings}
        write_result(args.out, {**result, "raised_by_looks_per_s_and_rule": rows})


def read_truth() -> Truth:
    """The queue's stays, and the polygon of its lanes."""
    told_by_eye = json.loads((DATA / "standing.json").read_text(encoding="utf-8"))
    lanes = next(zone["polygon"] for zone in told_by_eye["zones"] if zone["kind"] == "queue")
    return Truth(
        tuple(
            Event(it["start_s"], it["end_s"], _box(it["box"]))
            for it in told_by_eye["standing"]
            if it["where"] == "queue"
        ),
        tuple((float(x), float(y)) for x, y in lanes),
    )


def read_looks() -> list[LookBoxes]:
    """The recording, with the classes that we know."""
    with (DATA / "detections.jsonl").open(encoding="utf-8") as lines:
        return [_look(json.loads(line)) for line in lines]


def _look(line: dict[str, object]) -> LookBoxes:
    boxes, t_s = line["boxes"], line["t"]
    assert isinstance(boxes, list)
    assert isinstance(t_s, float | int)
    rows = [
        (x1, y1, x2, y2, number, confidence)
        for x1, y1, x2, y2, name, confidence in boxes
        if (number := TAXONOMY.class_id(name)) is not None
    ]
    return LookBoxes(float(t_s), None, SIZE, Boxes.of(rows))


def contest(
    looks: Sequence[LookBoxes], truth: Truth, looks_per_s: int
) -> dict[str, dict[str, object]]:
    """What each raises, told by what it lies on."""
    whole = no_parking("road", WHOLE, DWELL_S, LEAST_FOOT_SHARE)
    lane = traffic_lane(truth.lanes)
    rows = {}
    for who, zones in ((OURS, [whole]), (f"{OURS}, traffic lane", [whole, lane])):
        said = raised(looks, zones)
        rows[who] = told(said.events, truth) | {"shown_and_withdrawn": said.withdrawn}
    for who, events in peers(looks, whole, looks_per_s).items():
        rows[who] = told(events, truth) | {"shown_and_withdrawn": 0}
    return rows


def peers(looks: Sequence[LookBoxes], zone: Zone, looks_per_s: int) -> dict[str, list[Event]]:
    """What the peers raise on ByteTrack's ids."""
    tracker = byte_track(looks_per_s)
    rules: dict[str, PeerRule] = {
        TIMER: TimeInZone(zone.polygon, DWELL_S, MOTOR_VEHICLES),
        STEP: PixelStep(zone.polygon, DWELL_S, looks_per_s, MOTOR_VEHICLES),
    }
    for look in looks:
        # Only vehicles are tracked, as anyone would do.
        vehicles = replace(look, boxes=look.boxes.of_classes(MOTOR_VEHICLES))
        ids = tracked(tracker, vehicles.boxes)
        for rule in rules.values():
            rule.see(vehicles, ids)
    return {who: rule.events() for who, rule in rules.items()}


def traffic_lane(corners: Corners) -> Zone:
    """The zone in which vehicles may queue."""
    polygon = zone_polygon(corners)
    kind = ZoneKind.TRAFFIC_LANE
    return Zone("lanes", kind, polygon, 0.0, MOTOR_VEHICLES, None, LEAST_FOOT_SHARE)


def told(events: Sequence[Event], truth: Truth) -> dict[str, object]:
    """What was raised, by what it lies on; queue stays count once each however often raised."""
    sorts = Counter(_sort(event, truth) for event in events)
    raised = [any(_same(event, stay) for event in events) for stay in truth.queue]
    others = [event for event in events if _sort(event, truth) == "other"]
    return {
        "queue_stays_raised": sum(raised),
        "queue_observations": sorts["queue"],
        **{name: sorts[name] for name in KERB_CARS},
        "others": sorts["other"],
        "others_are": [_told(event) for event in others],
        "all": [_told(event) for event in events],
    }


def _sort(event: Event, truth: Truth) -> str:
    for name, box in KERB_CARS.items():
        if _overlap(event.box, box) >= LEAST_IOU:
            return name
    return "queue" if any(_same(event, stay) for stay in truth.queue) else "other"


def _same(event: Event, stay: Event) -> bool:
    return _overlap(event.box, stay.box) >= LEAST_IOU and time_iou(event, stay) > 0


def _overlap(a: BoxXyxy, b: BoxXyxy) -> float:
    return float(iou_matrix([a], [b])[0, 0])


def _told(event: Event) -> list[float]:
    return [round(value, 1) for value in (event.start_s, event.end_s, *event.box)]


def _table(rows: dict[str, dict[str, dict[str, object]]]) -> Table:
    table = Table(title="raised at a signalled junction, limit 10 s")
    names = ["queue_stays_raised", "queue_observations", *KERB_CARS, "others"]
    names.append("shown_and_withdrawn")
    for head in ("looks/s", "rule", *names):
        table.add_column(head.replace("_", " "))
    for rate, by_rule in rows.items():
        for who, row in by_rule.items():
            table.add_row(rate, who, *(str(row[name]) for name in names))
    return table


def _box(corners: Sequence[float]) -> BoxXyxy:
    x1, y1, x2, y2 = np.asarray(corners, dtype=np.float64).tolist()
    return (x1, y1, x2, y2)


if __name__ == "__main__":
    main()
