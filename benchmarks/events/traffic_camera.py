"""A real traffic camera with the released model: which stays are raised, and what else.

    python -m benchmarks.events.traffic_camera [--dwell S] [--list] [--plain] [--out FILE]

Pictures of one camera that the release never saw in training (the last 30 % by time). Truth are
stays of 60 s and more that were derived from labels and whose centre lies in a zone; buses may
stand at the bus stop. The zones ask for 60 s, as the truth does, and for 0.2 of the foot; nobody
looks for at most 300 s.

An observation is a stay when their boxes have an IoU of 0.5 and (loose) they share time, one to
one; strict asks also that it starts at most one picture and 10 s off and shares half of the time:
truth ends with its last supporting picture, so minutes off may be one picture off. `found` asks
for half of the stay's time in one observation that may hold several stays: the truth splits a
vehicle that was hidden, or not labelled, for a while.

An observation on no derived stay at all, wanted or not, is false, and told apart where the labels
name a vehicle on the spot in half of the pictures of its time: stays of two pictures or weak
likeness are not in the truth, but two buses that stop one after the other look like that, too.
Where the labels leave vehicles out, above all the row of cars parked at an angle beside the left
bike lane, nothing can be said. `--list` tells each miss with the looks that saw the vehicle;
`--plain` leaves the pictures' appearance out.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.events.camera_judging import (
    LEAST_STAY_S,
    Judged,
    figures,
    judge,
    labelled_share,
    on_one,
    unlabelled,
    within,
)
from benchmarks.events.junction import (
    DAY_HOURS,
    LEAST_FOOT_SHARE,
    Shot,
    stays_from,
    unseen_shots,
    zones,
)
from benchmarks.events.matching import Event, time_iou
from benchmarks.events.ours import GAP_S, raised
from benchmarks.events.seen import seen_by_model
from benchmarks.machine import describe_machine, write_result
from detector.geometry.boxes import iou_matrix
from detector.looks import LookBoxes
from detector.model import load_model

RESULTS = Path(__file__).parents[1] / "results" / "events" / "traffic_camera.json"
GOAL = 0.85


def main(argv: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dwell", type=float, default=LEAST_STAY_S, help="seconds, of all zones")
    parser.add_argument("--foot", type=float, default=LEAST_FOOT_SHARE, help="share of all zones")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--plain", action="store_true", help="without appearance")
    parser.add_argument("--out", type=Path)
    args = parser.parse_args(argv)
    shots = unseen_shots()
    model = load_model()
    looks = seen_by_model(model, shots, appearance=not args.plain)
    events = raised(looks, zones(args.dwell, args.foot)).events
    judged = judge(stays_from(shots[0].t_s), events, shots)
    rows = {
        "day": figures(judged, shots, by_day=True),
        "night": figures(judged, shots, by_day=False),
    }
    console = Console(width=150)
    console.print(_table(rows))
    if args.list:
        for line in told(judged, shots, [look.without_picture() for look in looks]):
            console.print(line, soft_wrap=True)
    if args.out is not None:
        settings = {
            "dwell_s": args.dwell,
            "least_foot_share": args.foot,
            "gap_s": GAP_S,
            "appearance": not args.plain,
        }
        result = {"machine": describe_machine(), "model": model.version, **settings}
        pictures = {"pictures": len(shots), "first": shots[0].path.stem, "goal_recall": GOAL}
        write_result(args.out, {**result, **pictures, "day_hours": DAY_HOURS, "figures": rows})


def told(judged: Judged, shots: Sequence[Shot], looks: Sequence[LookBoxes]) -> list[str]:
    """Each miss with the looks that saw a vehicle on its spot, and each false observation."""
    lines = []
    for row, stay in enumerate(judged.wanted):
        if row in judged.strict and row in judged.found:
            continue
        event = stay.event
        own = [look for look in looks if within(look.t_s, event)]
        saw = sum(on_one(event.box, look.boxes.xyxy) for look in own)
        near = [
            it
            for it in judged.events
            if iou_matrix([it.box], [event.box])[0, 0] >= 0.3 and time_iou(it, event) > 0
        ]
        sort = "found" if row in judged.found else "missed"
        sort += ", one to one" if row in judged.loose else ""
        lines.append(
            f"{sort}: {_when(event, shots)} {stay.class_name} in {', '.join(stay.zones)}, "
            f"model saw it in {saw} of {len(own)} pictures; observations near: "
            f"{[_when(it, shots) for it in near]}"
        )
    for number, event in enumerate(judged.events):
        if judged.on_stay[number] == 0:
            share = labelled_share(event, shots)
            area = ", where labels leave vehicles out" if unlabelled(event) else ""
            lines.append(
                f"off: {_when(event, shots)}, labelled in {share:.2f} of its pictures{area}"
            )
    return lines


def _when(event: Event, shots: Sequence[Shot]) -> str:
    at = next(shot.at for shot in shots if shot.t_s >= event.start_s - 0.01)
    corners = ",".join(f"{value:.0f}" for value in event.box)
    return f"{at:%d %H:%M:%S} +{event.length_s:.0f} s at {corners}"


def _table(rows: dict[str, dict[str, object]]) -> Table:
    table = Table(title="stays at a New York traffic camera")
    table.add_column("what")
    for when in rows:
        table.add_column(when, justify="right")
    for name in rows["day"]:
        table.add_row(name.replace("_", " "), *(str(row[name]) for row in rows.values()))
    return table


if __name__ == "__main__":
    main()
